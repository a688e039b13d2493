import { configDefaults, defineConfig } from 'vitest/config';

/** The tests that judge a mutant of the engine: its own. Scenarios would take many times as long; `make planted` judges by those. */
export default defineConfig({
  test: {
    include: ['engine/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**'],
    // An instrumented engine is several times slower.
    testTimeout: 60_000,
  },
});
