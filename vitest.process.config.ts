import { defineConfig } from 'vitest/config';

/** Tests that start the built `./safekeeper` as real processes. Slow, so `make process-test` alone runs them, after a build. */
export default defineConfig({
  test: {
    include: ['{server,tools}/**/*.process.test.ts'],
    pool: 'forks',
    // Each file starts several processes and listens on ports: one file at a time leaves them the two cores.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
