// Adds up reports of vitest's JSON reporter and prints `N passed, M failed` as its last line. Exits 1 unless all is well.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed += report.numPassedTests;
  // A file that does not even load fails without a single failed test in it.
  failed += Math.max(report.numFailedTests, report.success ? 0 : 1);
  skipped += report.numPendingTests + report.numTodoTests;
}
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
