import MagicString from 'magic-string';
import {defineConfig, parseSync, Visitor, type Plugin} from 'vite';

// What builds a struct does nothing else, so a struct that no element uses may go.
const PURE = 'boolean define lenient matching nonempty object oneOf optional partial reading string type union';

// The script-tag bundle. The modules beside it in dist are tsc's own output, one file for each of src.
export default defineConfig({
  plugins: [lean(), withoutStreams()],
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {entry: 'src/index.ts', name: 'Greenroom', formats: ['iife'], fileName: () => 'greenroom.min.js'},
    rolldownOptions: {
      output: {generatedCode: {symbols: false}},
      treeshake: {
        manualPureFunctions: PURE.split(' '),
      },
    },
  },
});

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
