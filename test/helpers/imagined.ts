import ts from 'typescript';

const STRICT: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2022,
  types: [],
};

/** What TypeScript says of files that are only imagined, by their names. An imagined file hides one on disk. */
export function complaints(files: Record<string, string>, options: ts.CompilerOptions = {}): string[] {
  const all = {...STRICT, ...options};
  const disk = ts.createCompilerHost(all);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: file => file in files || disk.fileExists(file),
    readFile: file => files[file] ?? disk.readFile(file),
    getSourceFile: (file, version, ...rest) =>
      file in files
        ? ts.createSourceFile(file, files[file]!, version, true)
        : disk.getSourceFile(file, version, ...rest),
  };
  const program = ts.createProgram(Object.keys(files), all, host);
  return ts.getPreEmitDiagnostics(program).map(({messageText}) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
