import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import MagicString from 'magic-string';
import {defineConfig, minify, parseSync, Visitor, type Plugin} from 'vite';

const TREESHAKE = {
  propertyReadSideEffects: false,
  unknownGlobalSideEffects: false,
} as const;

// What the script brings later lies in a folder of its version, so that no cache can bring what does not fit it.
const {version} = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {version: string};
const LATER = `greenroom-${version}`;

// The script-tag bundle. The modules beside it in dist are tsc's own output, one file for each of src.
export default defineConfig({
  plugins: [lean(), classic(), minified(), ascii(), asModule(), notices(), integrity()],
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {entry: 'src/embed.ts', formats: ['es'], fileName: () => 'greenroom.min.js'},
    rolldownOptions: {
      preserveEntrySignatures: 'allow-extension',
      output: {
        minify: false,
        minifyInternalExports: true,
        comments: false,
        generatedCode: {symbols: false},
        chunkFileNames: ({facadeModuleId, name}) => {
          const [, path = name] = /\/src\/(.*)\.ts$/.exec(facadeModuleId ?? '') ?? [];
          return `${LATER}/${path}.js`;
        },
      },
      treeshake: TREESHAKE,
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

/** What the bundler would do itself, but as the very last. */
function minified(): Plugin {
  return {
    name: 'minified',
    async renderChunk(code, {isEntry, fileName}) {
      const {errors, ...less} = await minify(fileName, code, {
        module: !isEntry,
        compress: {target: 'es2022', treeshake: TREESHAKE},
        codegen: {legalComments: 'none'},
        sourcemap: true,
      });
      if (errors.length) this.error(errors[0]!.message);
      return less;
    },
  };
}

/** Writes the script in ASCII: unlike a module, a classic script is read in the encoding of its page, whatever that is. */
function ascii(): Plugin {
  return {
    name: 'ascii',
    renderChunk(code, {isEntry}) {
      if (!isEntry) return undefined;
      const text = new MagicString(code);
      for (const {0: character, index} of code.matchAll(/[\u0080-\uffff]/g)) {
        text.update(index, index + 1, `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
export function lean(): Plugin {
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
              return `${name}: ${call.callee.name === 'state' ? '{attribute: false}' : given}`;
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
