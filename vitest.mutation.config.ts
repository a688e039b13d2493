import { configDefaults, defineConfig } from 'vitest/config';

/** The tests that judge a mutant of the engine: its own, and the scenarios that once failed. */
export default defineConfig({
  test: {
    include: ['engine/**/*.test.ts', 'scenarios/regressions.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**'],
    // An instrumented engine is several times slower.
    testTimeout: 60_000,
  },
});
