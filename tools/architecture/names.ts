import ts from 'typescript';

/**
 * Where a name used as a variable or a type comes from:
 * - `own`: this project's code (defined or imported);
 * - `declared`: a `declare` without a definition;
 * - `library`: the language's library, and there at run time; `library type`: there for the compiler only;
 * - `unknown`: nowhere the compiler can see, so from the host;
 * - `not a use`: a property, a label, or the place where a name is introduced.
 */
export type Origin = 'own' | 'declared' | 'library' | 'library type' | 'unknown' | 'not a use';

export function valueOrigin(name: ts.Identifier, program: ts.Program): Origin {
  if (isMemberOrLabel(name) || isNameOfDeclaration(name)) return 'not a use';
  const symbol = symbolOf(name, program);
  // `globalThis`, `undefined` and `arguments` have symbols without declarations.
  if (symbol?.declarations === undefined || symbol.declarations.length === 0) return 'unknown';
  if (symbol.declarations.some((declaration) => isFromLibrary(declaration, program))) {
    return (symbol.flags & ts.SymbolFlags.Value) === 0 ? 'library type' : 'library';
  }
  return symbol.declarations.every(isAmbientValue) ? 'declared' : 'own';
}

/** The member a name takes out of an object (`object.member`, `const { member } = object`); null when it does something else. */
export function memberNamed(
  name: ts.Identifier,
  program: ts.Program,
): { readonly name: string; readonly fromLibrary: boolean } | null {
  const checker = program.getTypeChecker();
  const parent = name.parent;
  let symbol: ts.Symbol | undefined;
  if (ts.isPropertyAccessExpression(parent) && parent.name === name) {
    symbol = checker.getSymbolAtLocation(name);
  } else if (ts.isBindingElement(parent) && (parent.propertyName ?? parent.name) === name) {
    symbol = checker.getTypeAtLocation(parent.parent).getProperty(name.text);
  } else {
    return null;
  }
  const declarations = symbol?.declarations ?? [];
  return {
    name: name.text,
    fromLibrary: declarations.length === 0 || declarations.some((declaration) => isFromLibrary(declaration, program)),
  };
}

/** Whether the name stands in a type, which leaves nothing behind at run time. The class in `extends` is not one. */
export function isInTypePosition(name: ts.Node): boolean {
  for (let node = name; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isExpressionWithTypeArguments(node) && ts.isHeritageClause(node.parent)) {
      const clause = node.parent;
      return clause.token === ts.SyntaxKind.ImplementsKeyword || ts.isInterfaceDeclaration(clause.parent);
    }
    if (ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return true;
    if (ts.isStatement(node)) return false;
  }
  return false;
}

function symbolOf(name: ts.Identifier, program: ts.Program): ts.Symbol | undefined {
  const checker = program.getTypeChecker();
  if (ts.isShorthandPropertyAssignment(name.parent)) return checker.getShorthandAssignmentValueSymbol(name.parent);
  return checker.getSymbolAtLocation(name);
}

function isFromLibrary(declaration: ts.Declaration, program: ts.Program): boolean {
  return program.isSourceFileDefaultLibrary(declaration.getSourceFile());
}

/** `declare const x`, `declare function f()`, `declare global { var x }`: promises that something outside defines it. */
function isAmbientValue(declaration: ts.Declaration): boolean {
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) return false;
  for (let node: ts.Node = declaration; !ts.isSourceFile(node); node = node.parent) {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(isDeclareKeyword) === true) return true;
  }
  return false;
}

function isDeclareKeyword(modifier: ts.Modifier): boolean {
  return modifier.kind === ts.SyntaxKind.DeclareKeyword;
}

function isMemberOrLabel(name: ts.Identifier): boolean {
  const parent = name.parent;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === name) ||
    (ts.isQualifiedName(parent) && parent.right === name) ||
    (ts.isBindingElement(parent) && parent.propertyName === name) ||
    ts.isMetaProperty(parent) ||
    (ts.isTypeReferenceNode(parent) && ts.isConstTypeReference(parent)) ||
    ts.isNamedTupleMember(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isNamespaceExport(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent)
  );
}

/** Introduces a name or a property. A shorthand property `{ name }` introduces one and uses another, so it counts as a use. */
function isNameOfDeclaration(name: ts.Identifier): boolean {
  const parent = name.parent;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return 'name' in parent && parent.name === name;
}
