// What a caller of the package hands in, as its types say.
import ts from 'typescript';

/**
 * The optional properties of everything that callers of the modules imported in `file` hand in (arguments, what their hooks return, and
 * properties of elements) whose types do not name `undefined`. With `exactOptionalPropertyTypes`, they refuse
 * `{name: user?.name}`.
 */
export function withoutUndefined(program: ts.Program, file: string): string[] {
  const isOurs = (name: string) => name.includes('/node_modules/greenroom/dist/');
  const checker = program.getTypeChecker();
  const found = new Set<string>();
  const seen = {in: new Set<ts.Type>(), out: new Set<ts.Type>()};

  /** `way`: whether callers hand it in or get it. */
  function walk(type: ts.Type, way: 'in' | 'out', path: string) {
    if (seen[way].has(type)) return;
    seen[way].add(type);
    const other = way === 'in' ? 'out' : 'in';
    if (type.isUnionOrIntersection()) for (const each of type.types) walk(each, way, path);
    for (const each of checker.getTypeArguments(type as ts.TypeReference)) walk(each, way, path);
    for (const kind of [ts.SignatureKind.Call, ts.SignatureKind.Construct]) {
      for (const signature of checker.getSignaturesOfType(type, kind)) {
        const {declaration} = signature;
        if (!declaration || !isOurs(declaration.getSourceFile().fileName)) continue;
        for (const parameter of signature.getParameters()) {
          walk(checker.getTypeOfSymbolAtLocation(parameter, declaration), other, `${path}(${parameter.name})`);
        }
        walk(signature.getReturnType(), way, `${path}()`);
      }
    }
    for (const property of type.getProperties()) step(property, way, path);
  }

  function step(property: ts.Symbol, way: 'in' | 'out', path: string) {
    const [declaration] = property.declarations ?? [];
    if (!declaration || !isOurs(declaration.getSourceFile().fileName)) return;
    const flags = ts.getCombinedModifierFlags(declaration);
    if (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) return;
    const here = `${path}.${property.name}`;
    // A page may set the properties of an element that it got.
    // A page may set the properties of an element that it got. Nobody sets what a class declares as readonly.
    const isMember = ts.isPropertyDeclaration(declaration);
    const isSet = isMember ? !(flags & (ts.ModifierFlags.Readonly | ts.ModifierFlags.Static)) : way === 'in';
    if (isSet && (isMember || ts.isPropertySignature(declaration)) && declaration.questionToken && declaration.type) {
      const type = checker.getTypeFromTypeNode(declaration.type);
      const wide = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Undefined;
      const parts = type.isUnion() ? type.types : [type];
      if (!parts.some(({flags}) => flags & wide)) found.add(here.slice(1));
    }
    walk(checker.getTypeOfSymbolAtLocation(property, declaration), way, here);
  }

  for (const statement of program.getSourceFiles().find(({fileName}) => fileName.endsWith(`/${file}`))!.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const module = checker.getSymbolAtLocation(statement.moduleSpecifier)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const [declaration] = symbol.declarations ?? [];
      if (declaration && symbol.flags & ts.SymbolFlags.Value) {
        walk(checker.getTypeOfSymbolAtLocation(symbol, declaration), 'out', `.${exported.name}`);
      }
    }
  }
  return [...found];
}
