import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
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
  // Browsers without adopted style sheets, polyfills, SVG, MathML, decorators of tomorrow, objects in attributes.
  '@lit/reactive-element/css-tag.js': [
    ['e=t.ShadowRoot&&', 'e=!0'],
    ['if(this._$cssResult$=!0,o!==s)throw', 'this._$cssResult$=!0;'],
    'throw Error("Value passed to',
  ],
  '@lit/reactive-element/reactive-element.js': [
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
  plugins: [lean(), withoutUnused(), classic(), integrity()],
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {entry: 'src/index.ts', formats: ['es'], fileName: () => 'greenroom.min.js'},
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
 */
function classic(): Plugin {
  return {
    name: 'classic',
    renderChunk(code, {isEntry, fileName, facadeModuleId}) {
      const open = (isEntry && this.getModuleInfo(facadeModuleId!)?.exports) || [];
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
          const forAll = objectOf(told.filter(({name}) => open.includes(name)));
          text.update(start, end, `(globalThis.Greenroom ??= ${forAll})[${own}] ??= ${objectOf(told)};`);
        },
      }).visit(parseSync(fileName, code).program);
      if (isEntry) {
        text.prepend("(() => {\nconst base = (document.currentScript?.src || '').replace(/[^/]*(\\?.*)?$/, '');\n");
        text.append('\n})();');
      }
      return {code: text.toString(), map: text.generateMap({hires: true})};
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

/**
 * Writes down what each file is, for `<script integrity>` and, of what the script brings later, for the `integrity` of an
 * import map.
 */
function integrity(): Plugin {
  return {
    name: 'integrity',
    async writeBundle({dir}, bundle) {
      const paths = Object.keys(bundle).filter(path => path.endsWith('.js'));
      const hash = async (path: string) =>
        createHash('sha384')
          .update(await readFile(join(dir!, path)))
          .digest('base64');
      const all = await Promise.all(paths.map(async path => [path, `sha384-${await hash(path)}`] as const));
      await writeFile(join(dir!, 'greenroom.integrity.json'), JSON.stringify(Object.fromEntries(all), null, 2));
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
