import MagicString from 'magic-string';
import {parseSync, Visitor, type Plugin} from 'vite';

/** The file that pages load by a script tag. */
export const SCRIPT = 'greenroom.min.js';

/**
 * Turns the script's chunk into a classic script, which a page can load from another host without CORS.
 *
 * - What the script exports becomes the global `Greenroom`.
 * - Chunks that are loaded on demand stay modules. What they import from the script is in `Greenroom[version]`.
 * - Chunks are looked for beside the script. A page that moves or joins scripts names their folder by `data-base` on the
 *   script, `Greenroom.base` or `<meta name="greenroom-base">`.
 * - If the script is on the page twice, the first one wins. The console warns if the versions differ.
 */
export function classicScript(version: string): Plugin {
  const key = JSON.stringify(version);
  return {
    name: 'classic-script',
    renderChunk(code, {fileName, facadeModuleId}) {
      const isScript = fileName === SCRIPT;
      const entry = isScript ? this.getModuleInfo(facadeModuleId!)! : undefined;
      const modules = [entry?.id, ...(entry?.importedIds ?? [])].flatMap(id => (id ? [this.getModuleInfo(id)!] : []));
      const publicNames = modules.flatMap(({exports}) => exports ?? []);
      const text = new MagicString(code);
      new Visitor({
        ImportDeclaration({start, end, specifiers, source}) {
          if (!source.value.endsWith(`/${SCRIPT}`)) return;
          const names = specifiers.map(({start, end}) => code.slice(start, end).replace(' as ', ': '));
          text.update(start, end, `const {${names.join(', ')}} = Greenroom[${key}];`);
        },
        ImportExpression({source}) {
          if (!isScript) return;
          // A relative import in a classic script starts at the page, not at the script.
          text.update(source.start, source.end, `base() + ${code.slice(source.start, source.end).replace('./', '')}`);
        },
        ExportNamedDeclaration({start, end, specifiers}) {
          if (!isScript) return;
          const exported = specifiers.map(({local, exported}) => ({
            name: code.slice(exported.start, exported.end),
            value: code.slice(local.start, local.end),
          }));
          const list = (some: typeof exported) => some.map(({name, value}) => `${name}: ${value}`).join(', ');
          const forPages = list(exported.filter(({name}) => publicNames.includes(name)));
          const forChunks = list(exported.filter(({name}) => !publicNames.includes(name)));
          const global = `(globalThis.Greenroom = {base: first?.base, ${forPages}})`;
          text.update(start, end, `${global}[${key}] = {...Greenroom, ${forChunks}};`);
        },
      }).visit(parseSync(fileName, code).program);
      if (isScript) {
        text.prepend(`(first => {
          if (!globalThis.document) return;
          const other = first?.version;
          if (first?.[other]) {
            first[${key}] ??= (console.warn(\`Greenroom ${version} is not used: \${other} was here first.\`), first);
            return;
          }
          const script = document.currentScript ?? document.querySelector('script[data-base]');
          // Read at once: it follows the page's \`<base>\`, which a router may change.
          const own = script?.src || './';
          const base = () => {
            const meta = document.querySelector('meta[name=greenroom-base]');
            const href = script?.dataset.base || globalThis.Greenroom?.base || meta?.content;
            // An anchor resolves an address by the page, as authors expect, and never throws.
            return href
              ? Object.assign(document.createElement('a'), {href}).href.replace(/\\/?$/, '/')
              : own.replace(/[^/]*(\\?.*)?$/, '');
          };\n`);
        text.append('\n})(globalThis.Greenroom);');
      }
      return {code: text.toString(), map: text.generateMap({hires: true})};
    },
    generateBundle() {
      // The script exports nothing. Its types are those of the global.
      this.emitFile({type: 'asset', fileName: 'greenroom.min.d.ts', source: "import './embed.js';\n"});
    },
  };
}

/** Escapes all but ASCII in the script: a browser reads a classic script in the encoding of its page. */
export function asciiScript(): Plugin {
  return {
    name: 'ascii-script',
    renderChunk(code, {fileName}) {
      if (fileName !== SCRIPT) return undefined;
      const text = new MagicString(code);
      for (const {0: character, index} of code.matchAll(/[\u0080-\uffff]/g)) {
        text.update(index, index + 1, `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
      }
      return {code: text.toString(), map: text.generateMap({hires: true})};
    },
  };
}
