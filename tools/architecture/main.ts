import { resolve } from 'node:path';
import { checkImports } from './check_imports.ts';
import { checkPurity } from './check_purity.ts';

/** `tsx tools/architecture/main.ts [root]`: prints every violation and exits 1 when there is one. */
async function main(): Promise<number> {
  const root = resolve(process.argv[2] ?? '.');
  const imports = await checkImports(root);
  const purity = checkPurity(root);
  const violations = [...imports.violations, ...purity.violations];
  for (const violation of violations) console.error(violation);
  const counts = `imports of ${imports.modulesChecked} modules, purity of ${purity.filesChecked}`;
  if (violations.length > 0) {
    console.error(`architecture: ${violations.length} violations (${counts}). The rules: tools/architecture/rooms.ts`);
    return 1;
  }
  console.log(`architecture: no violations (${counts})`);
  return 0;
}

process.exitCode = await main();
