import { fileURLToPath } from 'node:url';

/** What `make mutation` does: breaks the engine's decisions in every small way, and looks which of them no test notices. */
export default {
  mutate: ['engine/{admission,replica}/**/*.ts', '!**/*.test.ts'],
  testRunner: 'vitest',
  plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner'))],
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 20_000,
  // Sentences for people, and invariants that nothing reaches, are not what tests are for.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['clear-text', 'progress', 'json', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  jsonReporter: { fileName: 'reports/out/mutation.json' },
  htmlReporter: { fileName: 'reports/out/mutation.html' },
  tempDirName: 'reports/out/stryker',
  ignorePatterns: ['dist', 'bench', 'docs', 'tools/mutation/node_modules'],
  thresholds: { high: 90, low: 80, break: null },
};
