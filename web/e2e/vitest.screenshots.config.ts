import { defineConfig } from 'vitest/config';

// Takes the pictures of the README (make screenshots).
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['screenshots.ts'],
    globalSetup: ['./service.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
