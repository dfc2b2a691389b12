import MagicString from 'magic-string';
import {parseSync, Visitor, type Plugin} from 'vite';
import {UNUSED} from './unused.js';

/** Leaves out of the dependencies what no element needs; fails where that is no longer there. */
export function withoutUnused(): Plugin {
  const left = new Map(
    Object.entries(UNUSED).map(([file, cuts]) => [file, new Set(cuts.map(cut => [cut].flat()[0]!))]),
  );
  const seen = new Set<string>();
  return {
    name: 'without-unused',
    transform: {
      filter: {id: /\/node_modules\/(ky|superstruct|@?lit[^/]*)\//},
      handler(code, id) {
        const file = Object.keys(UNUSED).find(path => id.endsWith(path));
        if (!file) return undefined;
        seen.add(file);
        const text = new MagicString(code);
        let past = 0;
        const cut = (node: {type: string; start: number; end: number; alternate?: {start: number} | null}) => {
          const {start, alternate} = node;
          const found = start < past ? undefined : UNUSED[file]!.find(cut => code.startsWith([cut].flat()[0]!, start));
          if (!found) return;
          const [begins, instead = ''] = [found].flat();
          left.get(file)!.delete(begins!);
          // What is there otherwise stays; a key takes its comma with it.
          const end = node.type === 'Property' && code[node.end] === ',' ? node.end + 1 : node.end;
          past = (!instead && alternate?.start) || end;
          text.update(start, past, instead);
        };
        const kinds =
          'VariableDeclaration VariableDeclarator FunctionDeclaration ExportNamedDeclaration MethodDefinition PropertyDefinition '
            .concat('Property SwitchCase TemplateLiteral ConditionalExpression IfStatement ForOfStatement ')
            .concat('ExpressionStatement ReturnStatement ThrowStatement')
            .split(' ');
        new Visitor(Object.fromEntries(kinds.map(kind => [kind, cut]))).visit(parseSync(id, code).program);
        return {code: text.toString(), map: text.generateMap({hires: true})};
      },
    },
    buildEnd(failed) {
      // One element alone needs less of them than the script.
      const isWhole = [...this.getModuleIds()].some(id => id.endsWith('/src/embed.ts'));
      const gone = [...left].flatMap(([file, cuts]) =>
        isWhole || seen.has(file) ? [...cuts].map(cut => `${file}: ${cut}`) : [],
      );
      if (!failed && gone.length) this.error(`No longer there, so look again at what can go:\n${gone.join('\n')}`);
    },
  };
}
