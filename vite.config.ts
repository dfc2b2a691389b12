import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import MagicString from 'magic-string';
import {defineConfig, parseSync, Visitor, type Plugin} from 'vite';

// What builds a struct does nothing else, so a struct that no element uses may go.
const PURE = 'boolean define lenient matching nonempty object oneOf optional partial reading sparse string type union';

/**
 * What is in a dependency for others: statements, methods and keys that begin so are left out, or have a stand-in.
 * `http/client.ts` says what is asked of ky and of superstruct; no bundler can tell that the rest never runs.
 */
const UNUSED: Record<string, (string | [begins: string, instead: string])[]> = {
  // Hooks, progress, search parameters, a prefix, deadlines, shortcuts for bodies, thrown statuses and their retries.
  'ky/distribution/core/Ky.js': [
    "if (typeof ky.#options.timeout === 'number'",
    'for (const hook of ky.#options.hooks.afterResponse)',
    'await Promise.resolve();',
    'ky.#decorateResponse(response);',
    '#decorateResponse(response) {',
    'if (!response.ok && (typeof',
    'if (ky.#options.onDownloadProgress)',
    'for (const [type, mimeType] of Object.entries(responseTypes))',
    'hooks: mergeHooks({',
    "prefixUrl: String(options.prefixUrl || '')",
    'throwHttpErrors: options',
    'timeout: options',
    'context: options',
    "if (typeof this.#input !== 'string' && !(",
    'if (this.#options.prefixUrl &&',
    'if (supportsRequestStreams)',
    'if (this.#input instanceof globalThis.Request',
    'const userProvidedContentType =',
    'if (hasSearchParameters(',
    'if (this.#options.onUploadProgress)',
    ['#calculateDelay() {', '#calculateDelay() { return this.#options.retry.delay(this.#retryCount); }'],
    'const errorObject =',
    'if (errorObject instanceof ForceRetryError)',
    'if (this.#options.retry.shouldRetry !== undefined)',
    'if (isTimeoutError(error) &&',
    'if (isHTTPError(error))',
    'if (error instanceof ForceRetryError && error.customRequest)',
    'for (const hook of this.#options.hooks.beforeRetry)',
    'if (this.#abortController?.signal.aborted)',
    ['if (supportsAbortController && supportsAbortSignal)', 'this.#userProvidedAbortSignal = this.#options.signal;'],
    '#abortController;',
    ['this.#options.body = this.#options.stringifyJson', 'this.#options.body = JSON.stringify(this.#options.json);'],
    [
      "this.#options.headers.set('content-type', this",
      "this.#options.headers.set('content-type', 'application/json');",
    ],
    ['const ms = Math.min(', 'const ms = await this.#calculateRetryDelay(error);'],
    'if (this.#retryCount < 1)',
    ['const result = ky.#retry(function_)', 'const result = ky.#retry(function_);'],
    '#cancelBody(body) {',
    'for (const hook of this.#options.hooks.beforeRequest)',
    'const nonRequestOptions =',
    ['if (this.#options.timeout === false)', 'return this.#options.fetch(this.#originalRequest);'],
    'return timeout(',
    '#getNormalizedOptions() {',
    '#assignRequest(request) {',
    '#wrapRequestWithUploadProgress(request, originalBody) {',
    '#cancelResponseBody(response) {',
    'static #normalizeSearchParams(',
    '#cachedNormalizedOptions;',
  ],
  'ky/distribution/core/constants.js': [
    ['export const supportsRequestStreams =', 'export const supportsRequestStreams = false;'],
    ['export const usualFormBoundarySize =', 'export const usualFormBoundarySize = 0;'],
  ],
  'ky/distribution/index.js': ['for (const method of requestMethods)', 'ky.extend =', 'ky.stop =', 'ky.retry ='],
  'ky/distribution/utils/merge.js': [
    'for (const source of sources)',
    ['export const mergeHeaders =', 'export const mergeHeaders = (_, headers) => new Headers(headers);'],
    [
      'export const deepMerge =',
      'export const deepMerge = (_, a, b) => ({...a, ...b, headers: {...a?.headers, ...b?.headers}});',
    ],
  ],
  'ky/distribution/utils/normalize.js': [
    ['export const normalizeRequestMethod =', 'export const normalizeRequestMethod = input => input.toUpperCase();'],
    [
      'export const normalizeRetryOptions =',
      'export const normalizeRetryOptions = retry => ({...defaultRetryOptions, ...retry});',
    ],
    'methods: retryMethods',
    'statusCodes: retryStatusCodes',
    'afterStatusCodes: retryAfterStatusCodes',
    'maxRetryAfter: Number',
    'backoffLimit: Number',
    'jitter: undefined',
    'retryOnTimeout: false',
  ],
  // Browsers without adopted style sheets, polyfills, SVG, MathML, decorators of tomorrow, objects in attributes; and
  // accessors of one's own, defaults that are reflected, options of listeners, bindings in place of an attribute.
  '@lit/reactive-element/css-tag.js': [
    ['e=t.ShadowRoot&&', 'e=!0'],
    ['if(this._$cssResult$=!0,o!==s)throw', 'this._$cssResult$=!0;'],
    'throw Error("Value passed to',
    'if("number"==typeof t)',
    'toString(){',
  ],
  '@lit/reactive-element/reactive-element.js': [
    ['{is:i,defineProperty:e', '{is:i,defineProperty:e,getPrototypeOf:n}=Object'],
    [
      'static createProperty(t,s=b){',
      `static createProperty(t,s){
        s.state&&(s.attribute=!1);
        this._$Ei();
        this.elementProperties.set(t,s);
        e(this.prototype,t,this.getPropertyDescriptor(t,Symbol(),s));
      }`,
    ],
    [
      'static getPropertyDescriptor(t,s,i){',
      `static getPropertyDescriptor(t,s,i){return{
        get(){return this[s]},
        set(e){const h=this[s];this[s]=e;this.requestUpdate(t,h,i)},
        configurable:!0,
        enumerable:!0,
      }}`,
    ],
    ['t.finalize(),void 0!==t.l', 't.finalize();this.elementProperties=new Map(t.elementProperties);'],
    ['const t=this.properties,s=', 'const t=this.properties,s=Object.keys(t);'],
    ['static finalizeStyles(s){', 'static finalizeStyles(s){return s.flat(1/0)}'],
    ['static _$Eu(t,s){', 'static _$Eu(t,{attribute:s}){return!1===s?void 0:s??t.toLowerCase()}'],
    [
      '_$Ev(){',
      '_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t);this._$AL=new Map;this._$E_();this.requestUpdate()}',
    ],
    'const r=h.fromAttribute(s,t.type);',
    ['this[e]=r??', 'this[e]=h.fromAttribute(s,t.type),this._$Em=null;'],
    [
      'if(void 0!==t){const r=this.constructor;',
      'if(void 0!==t){if(i??=this.constructor.getPropertyOptions(t),!f(this[t],s))return;this.C(t,s,i)}',
    ],
    [
      'C(t,s,{useDefault:i',
      `C(t,s,{reflect:e}){
        this._$AL.has(t)||this._$AL.set(t,this.hasUpdated?s:void 0);
        !0===e&&this._$Em!==t&&(this._$Eq??=new Set).add(t);
      }`,
    ],
    'const t=this.constructor.elementProperties;if(t.size>0)',
    'if(t.size>0)for',
    'case Object:',
    'case Array:',
    'Symbol.metadata??=',
    'static addInitializer(t){',
    'const t=this[Symbol.metadata];',
    'if(null!==t){const s=litPropertyMetadata',
    ['p=a.reactiveElementPolyfillSupport', 'p=0'],
    [
      'y.elementStyles=[],',
      'y.elementStyles=[],y.shadowRootOptions={mode:"open"},y.elementProperties=new Map,y.finalized=new Map;',
    ],
  ],
  'lit-html/lit-html.js': [
    ['l=2===i?"<svg>"', 'l=""'],
    ['2===i?"</svg>"', '""'],
    ['if(this.el=S.createElement(f,e)', 'this.el=S.createElement(f,e),P.currentNode=this.el.content;'],
    ['if(r.data===n)', 'if(r.data===n)d.push({type:2,index:l});'],
    ['e=s?s.createPolicy(', 'e=s?s.createPolicy("greenroom",{createHTML:t=>t}):void 0'],
    'if(!u(t)||!t.hasOwnProperty("raw"))throw',
    ['t.startsWith(o)&&(d.push({type:6', ';'],
    ['1===r.type?i=new r.ctor', 'i=new r.ctor(h,r.name,r.strings,this,t)'],
    'get startNode(){',
    'get endNode(){',
    'get tagName(){',
    ['e="number"==typeof s?', 'e=this._$AC(t)'],
    ['e=t===A&&s!==A||', 'e=t===A&&s!==A'],
    ['handleEvent(t){', 'handleEvent(t){this._$AH.call(this.options.host,t)}'],
    ['j={M:h,P:o', 'j={I:k}'],
    ['B=t.litHtmlPolyfillSupport', 'B=0'],
    'B?.(S,k)',
  ],
  'lit-element/lit-element.js': [
    ['i._$litElement$=!0,', 'i._$litElement$=!0,i.finalized=!0;'],
    'const o=s.litElementPolyfillSupport;',
    'o?.({LitElement:i})',
    '(s.litElementVersions??=[])',
  ],
  // Methods of structs, maps and sets, and sentences that are never shown.
  'superstruct/dist/index.mjs': [
    'assert(value, message) {',
    'create(value, message) {',
    'mask(value, message) {',
    'validate(value, options = {}) {',
    'if (value instanceof Map)',
    'if (value instanceof Set)',
    ['const msg =', "const msg = '';"],
    'if (explanation != null)',
    'failure.explanation = options.message;',
    'this.failures = ',
    ['`Expected ', "''"],
  ],
};

// What the script brings later lies in a folder of its version, so that no cache can bring what does not fit it.
const {version} = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {version: string};
const LATER = `greenroom-${version}`;

// The script-tag bundle. The modules beside it in dist are tsc's own output, one file for each of src.
export default defineConfig({
  plugins: [lean(), withoutUnused(), classic(), asModule(), notices(), integrity()],
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {entry: 'src/embed.ts', formats: ['es'], fileName: () => 'greenroom.min.js'},
    rolldownOptions: {
      preserveEntrySignatures: 'allow-extension',
      output: {
        minify: true,
        generatedCode: {symbols: false},
        chunkFileNames: ({facadeModuleId, name}) => {
          const [, path = name] = /\/src\/(.*)\.ts$/.exec(facadeModuleId ?? '') ?? [];
          return `${LATER}/${path}.js`;
        },
      },
      treeshake: {
        propertyReadSideEffects: false,
        unknownGlobalSideEffects: false,
        manualPureFunctions: PURE.split(' '),
      },
    },
  },
});

/**
 * Makes a classic script of the first chunk, since one may be had from another host without CORS and with `integrity`:
 * what it exports becomes the global `Greenroom`, with a share for its other chunks, and those are modules beside it.
 * A second script on a page leaves all to the first, and says so if that is another version.
 */
function classic(): Plugin {
  return {
    name: 'classic',
    renderChunk(code, {isEntry, fileName, facadeModuleId}) {
      const entry = isEntry ? this.getModuleInfo(facadeModuleId!)! : undefined;
      const modules = [entry?.id, ...(entry?.importedIds ?? [])].flatMap(id => (id ? [this.getModuleInfo(id)!] : []));
      const open = modules.flatMap(({exports}) => exports ?? []);
      const text = new MagicString(code);
      const own = JSON.stringify(version);
      new Visitor({
        ImportDeclaration({start, end, specifiers, source}) {
          if (!source.value.endsWith('/greenroom.min.js')) return;
          const names = specifiers.map(({start, end}) => code.slice(start, end).replace(' as ', ': '));
          text.update(start, end, `const {${names.join(', ')}} = Greenroom[${own}];`);
        },
        ImportExpression({source}) {
          if (!isEntry) return;
          // Relative to the script and not to the page; a script from elsewhere does not know by itself where it is.
          text.update(source.start, source.end, `base + ${code.slice(source.start, source.end).replace('./', '')}`);
        },
        ExportNamedDeclaration({start, end, specifiers}) {
          if (!isEntry) return;
          const told = specifiers.map(({local, exported}) => ({
            name: code.slice(exported.start, exported.end),
            value: code.slice(local.start, local.end),
          }));
          const objectOf = (some: typeof told) => `{${some.map(({name, value}) => `${name}: ${value}`).join(', ')}}`;
          const [forAll, rest] = [true, false].map(is => told.filter(({name}) => open.includes(name) === is));
          const share = `{...Greenroom, ${objectOf(rest!).slice(1)}`;
          text.update(start, end, `(globalThis.Greenroom = ${objectOf(forAll!)})[${own}] = ${share};`);
        },
      }).visit(parseSync(fileName, code).program);
      if (isEntry) {
        text.prepend(`(first => {
          if (!globalThis.document) return;
          const other = first?.version;
          if (first?.[other]) {
            first[${own}] ??= (console.warn(\`Greenroom ${version} is not used: \${other} was here first.\`), first);
            return;
          }
          const base = (document.currentScript?.src ?? './').replace(/[^/]*(\\?.*)?$/, '');\n`);
        text.append('\n})(globalThis.Greenroom);');
      }
      return {code: text.toString(), map: text.generateMap({hires: true})};
    },
  };
}

/**
 * Makes the module of the same script, to import from: the very same code, so that the two may be on one page, and what
 * is brought later fits both.
 */
function asModule(): Plugin {
  return {
    name: 'as-module',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const script = bundle['greenroom.min.js'];
        const map = bundle['greenroom.min.js.map'];
        if (script?.type !== 'chunk' || map?.type !== 'asset') return;
        const names = script.exports.filter(name => name.length > 2).join(', ');
        const source = script.code.replace(
          /(?=\/\/# sourceMappingURL)(.*)\.js\.map/,
          `export const {${names}} = globalThis.Greenroom?.${JSON.stringify([version])} ?? {};\n$1.mjs.map`,
        );
        this.emitFile({type: 'asset', fileName: 'greenroom.min.mjs', source});
        this.emitFile({type: 'asset', fileName: 'greenroom.min.mjs.map', source: map.source});
      },
    },
  };
}

/**
 * Takes out what minifiers leave in: white space in templates, and Lit's decorators, written as the static `properties`
 * they stand for, which is 0.8 KB less (brotli).
 */
function lean(): Plugin {
  return {
    name: 'lean',
    enforce: 'pre',
    transform: {
      filter: {id: /\/src\/((define|elements|styles)\/.*|index)\.ts$/},
      handler(code, id) {
        const text = new MagicString(code);
        new Visitor({
          ClassBody({start, body}) {
            const properties = body.flatMap(member => {
              if (member.type !== 'PropertyDefinition' || !member.decorators.length) return [];
              const call = member.decorators[0]!.expression;
              if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier') return [];
              text.remove(member.start, member.key.start);
              const [options] = call.arguments;
              const given = options ? code.slice(options.start, options.end) : '{}';
              const name = code.slice(member.key.start, member.key.end);
              return `${name}: ${call.callee.name === 'state' ? '{state: true}' : given}`;
            });
            if (properties.length) text.appendLeft(start + 1, `static properties = {${properties.join(', ')}};`);
          },
          TaggedTemplateExpression({tag, quasi}) {
            const isCss = code.slice(tag.start, tag.end) === 'css';
            for (const {start, end} of quasi.quasis) {
              const part = code.slice(start, end);
              const less = isCss ? collapse(part) : part.replace(/\n\s+/g, ' ');
              if (less !== part) text.update(start, end, less);
            }
          },
        }).visit(parseSync(id, code).program);
        // Registering is what a module is there for, also where nobody imports its name; package.json knows dist.
        return {code: text.toString(), map: text.generateMap({hires: true}), moduleSideEffects: true};
      },
    },
  };
}

function withoutUnused(): Plugin {
  const left = new Set(Object.values(UNUSED).flatMap(cuts => cuts.map(cut => [cut].flat()[0])));
  return {
    name: 'without-unused',
    transform: {
      filter: {id: /\/node_modules\/(ky|superstruct|@?lit[^/]*)\//},
      handler(code, id) {
        const file = Object.keys(UNUSED).find(path => id.endsWith(path));
        if (!file) return undefined;
        const text = new MagicString(code);
        let past = 0;
        const cut = (node: {type: string; start: number; end: number; alternate?: {start: number} | null}) => {
          const {start, alternate} = node;
          const found = start < past ? undefined : UNUSED[file]!.find(cut => code.startsWith([cut].flat()[0]!, start));
          if (!found) return;
          const [begins, instead = ''] = [found].flat();
          left.delete(begins);
          // What is there otherwise stays; a key takes its comma with it.
          const end = node.type === 'Property' && code[node.end] === ',' ? node.end + 1 : node.end;
          past = (!instead && alternate?.start) || end;
          text.update(start, past, instead);
        };
        const kinds =
          'VariableDeclaration VariableDeclarator ExportNamedDeclaration MethodDefinition PropertyDefinition '
            .concat('Property SwitchCase TemplateLiteral ConditionalExpression IfStatement ForOfStatement ')
            .concat('ExpressionStatement ReturnStatement ThrowStatement')
            .split(' ');
        new Visitor(Object.fromEntries(kinds.map(kind => [kind, cut]))).visit(parseSync(id, code).program);
        return {code: text.toString(), map: text.generateMap({hires: true})};
      },
    },
    buildEnd(failed) {
      if (!failed && left.size) this.error(`No longer there, so look again at what can go:\n${[...left].join('\n')}`);
    },
  };
}

/** Whose work is inside, and under which licence, since each asks to be named with it. */
function notices(): Plugin {
  return {
    name: 'notices',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).flatMap(each => (each.type === 'chunk' ? each.moduleIds : []));
      const folders = new Set(chunks.flatMap(id => /.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
      const texts = [...folders].sort().map(folder => {
        const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
        const file = readdirSync(folder).find(name => /^licen[cs]e/i.test(name));
        if (!file) this.error(`${name} has no licence to hand on.`);
        return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
      });
      this.emitFile({
        type: 'asset',
        fileName: 'third-party-notices.txt',
        source: texts.join(`\n${'-'.repeat(80)}\n\n`),
      });
    },
  };
}

type Package = Record<'name' | 'version' | 'license', string>;

/**
 * Writes down what each file is, for `<script integrity>` and, of what the script brings later, for the `integrity` of an
 * import map; and into the lines of the README that people copy.
 */
function integrity(): Plugin {
  const hashes: Record<string, string> = {};
  return {
    name: 'integrity',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.m?js$/.test(file.fileName)) continue;
          const hash = createHash('sha384').update(file.type === 'chunk' ? file.code : file.source);
          hashes[file.fileName] = `sha384-${hash.digest('base64')}`;
        }
        const source = JSON.stringify(hashes, null, 2);
        this.emitFile({type: 'asset', fileName: 'greenroom.integrity.json', source});
      },
    },
    async writeBundle({dir}) {
      if (dir !== fileURLToPath(new URL('dist', import.meta.url))) return;
      const readme = new URL('README.md', import.meta.url);
      const text = await readFile(readme, 'utf8');
      const told = text.replace(/(greenroom@)[^/]*(\/dist\/([\w.]+)"[^>]*integrity=")[^"]*/g, (_, at, on, file) =>
        [at, version, on, hashes[file as string]].join(''),
      );
      if (told !== text) await writeFile(readme, told);
    },
  };
}

const collapse = (sheet: string) =>
  sheet
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/;\}/g, '}')
    .replace(/(\w): /g, '$1:');
