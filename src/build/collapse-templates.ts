import MagicString from 'magic-string';
import {parseSync, Visitor, type Plugin} from 'vite';

/**
 * Shortens the white space in the templates and style sheets of the elements, and drops CSS comments. Minifiers leave both
 * alone. It saves 796 of 25,700 bytes (brotli) of the script with picker and button.
 */
export function collapseTemplates(): Plugin {
  return {
    name: 'collapse-templates',
    enforce: 'pre',
    transform: {
      filter: {id: /\/src\/(elements|stage|styles)\/.*\.ts$/},
      handler(code, id) {
        const text = new MagicString(code);
        new Visitor({
          TaggedTemplateExpression({tag, quasi}) {
            const collapse = COLLAPSE[code.slice(tag.start, tag.end)];
            if (!collapse) return;
            for (const {start, end} of quasi.quasis) {
              const part = code.slice(start, end);
              const shorter = collapse(part);
              if (shorter !== part) text.update(start, end, shorter);
            }
          },
        }).visit(parseSync(id, code).program);
        return {code: text.toString(), map: text.generateMap({hires: true})};
      },
    },
  };
}

/** What shortens a template, by its tag. */
const COLLAPSE: Record<string, (text: string) => string> = {
  // An end of line and its indentation become one space, which a browser shows the same. Plain values need no quotes.
  html: text => text.replace(/\n\s+/g, ' ').replace(/="([\w-]+)"(?=[ >])/g, '=$1'),
  css: text =>
    text
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/\s+/g, ' ')
      .replace(/ ?([{};,>]) ?/g, '$1')
      .replace(/;\}/g, '}')
      .replace(/(\w): /g, '$1:')
      .replace(/='([a-z-]+)'\]/g, '=$1]')
      .replace(/\b0\.(?=\d)/g, '.'),
};
