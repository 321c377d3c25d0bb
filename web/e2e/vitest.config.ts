import { defineConfig } from 'vitest/config';

// End-to-end tests: the real binary, a real PostGIS, a real Chromium. They share
// one service (started in service.ts) and therefore run one after the other.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.e2e.ts'],
    globalSetup: ['./service.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    retry: 0,
  },
});
