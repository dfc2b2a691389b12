import {readFileSync} from 'node:fs';
import MagicString from 'magic-string';
import {defineConfig, parseSync, Visitor, type Plugin} from 'vite';

// What builds a struct does nothing else, so a struct that no element uses may go.
const PURE = 'boolean define lenient matching nonempty object oneOf optional partial reading string type union';

// What the script brings later lies in a folder of its version, so that no cache can bring what does not fit it.
const {version} = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {version: string};
const LATER = `greenroom-${version}`;

// The script-tag bundle. The modules beside it in dist are tsc's own output, one file for each of src.
export default defineConfig({
  plugins: [lean(), withoutStreams(), classic()],
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
      const open = this.getModuleInfo(facadeModuleId!)!.exports;
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
          const objectOf = (isOpen: boolean) => {
            const some = told.filter(({name}) => open.includes(name) === isOpen);
            return `{${some.map(({name, value}) => `${name}: ${value}`).join(', ')}}`;
          };
          text.update(start, end, `(globalThis.Greenroom ??= ${objectOf(true)})[${own}] ??= ${objectOf(false)};`);
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
      filter: {id: /\/src\/(elements|styles)\/.*\.ts$/},
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
        return {code: text.toString(), map: text.generateMap({hires: true})};
      },
    },
  };
}

/**
 * ky can stream request bodies and report the progress of transfers. Nothing here asks for it, and no bundler can tell:
 * 500 bytes (brotli).
 */
function withoutStreams(): Plugin {
  const found = new Set<string>();
  return {
    name: 'without-streams',
    load: {
      filter: {id: /\/ky\/distribution\/utils\/body\.js$/},
      handler(id) {
        found.add(id);
        return 'export const streamRequest = request => request, streamResponse = response => response;';
      },
    },
    transform: {
      filter: {id: /\/ky\/distribution\/core\/constants\.js$/},
      handler(code, id) {
        const [probe] = /(?<=supportsRequestStreams = )\(\(\) => \{.*?\}\)\(\)/s.exec(code) ?? [];
        if (!probe) return undefined;
        found.add(id);
        const text = new MagicString(code).replace(probe, 'false');
        return {code: text.toString(), map: text.generateMap({hires: true})};
      },
    },
    buildEnd() {
      if (found.size !== 2) this.error('ky has moved what streams; this plugin is to follow or to go.');
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
