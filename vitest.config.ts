import { configDefaults, defineConfig } from 'vitest/config';

/** Everything but the process tests, which need the built executable: see vitest.process.config.ts. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**', '**/*.process.test.ts', 'reports/out/**'],
    // Vitest leaves one core idle unless told otherwise; threads start faster than processes.
    pool: 'threads',
    maxWorkers: '100%',
  },
});
