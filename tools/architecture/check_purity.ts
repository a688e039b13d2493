import { join } from 'node:path';
import ts from 'typescript';
import { impurityAt } from './impurity.ts';
import { isTestFile, sourceFiles } from './source_files.ts';

export interface PurityReport {
  readonly violations: readonly string[];
  readonly filesChecked: number;
}

/** The language alone, as tsconfig.pure.json has it: what comes from Node or a browser stays an unknown name. */
const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  types: [],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
};

/**
 * Reads the non-test files of engine/ and sim/ below `root` and reports every use of something that could differ between two runs
 * or two machines. TypeScript's own symbols tell a global from a local variable of the same name.
 */
export function checkPurity(root: string): PurityReport {
  const paths = sourceFiles(root).filter((path) => /^(engine|sim)\//.test(path) && !isTestFile(path));
  const program = ts.createProgram({ rootNames: paths.map((path) => join(root, path)), options: COMPILER_OPTIONS });
  // Creating the checker also sets every node's `parent`.
  program.getTypeChecker();
  return { violations: paths.flatMap((path) => violationsIn(root, path, program)), filesChecked: paths.length };
}

function violationsIn(root: string, path: string, program: ts.Program): readonly string[] {
  const file = program.getSourceFile(join(root, path));
  if (file === undefined) return [`${path}: TypeScript could not read it`];
  const room = path.startsWith('engine/') ? 'engine' : 'sim';
  const violations: string[] = [];
  const visit = (node: ts.Node): void => {
    const impurity = impurityAt(node, room, program);
    if (impurity !== null) {
      const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
      violations.push(`${path}:${line + 1}:${character + 1}: ${impurity}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return violations;
}
