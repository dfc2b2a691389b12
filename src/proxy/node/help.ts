/** Characters in a line of help. */
const WIDTH = 118;

/** The variables of a command and what each means, as its help lists them. The meanings begin after `indent` characters. */
export const listed = (variables: Readonly<Record<string, string>>, indent = 20): string =>
  Object.entries(variables)
    .map(([variable, meaning]) => `  ${variable.padEnd(indent - 3)} ${wrapped(meaning, indent)}`)
    .join('\n');

/** A text in lines. All but the first begin with `indent` spaces. */
export function wrapped(text: string, indent = 20): string {
  const lines = text.match(new RegExp(`.{1,${WIDTH - indent}}(?:\\s|$)`, 'g')) ?? [];
  return lines.map(line => line.trim()).join(`\n${' '.repeat(indent)}`);
}
