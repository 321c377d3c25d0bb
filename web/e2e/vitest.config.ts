import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files run by name, so that what one leaves in the shared database is the same every time. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId));
  }
}

// End-to-end tests: the real binary, a real PostGIS, a real Chromium. They share
// one service (started in service.ts) and therefore run one after the other.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.e2e.ts'],
    globalSetup: ['./service.ts'],
    fileParallelism: false,
    sequence: { sequencer: ByName },
    // How long a thing may take to come is no assertion of any test: what has to be quick is measured.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000, interval: 50 } },
    // In CI a test may fail once on a crowded machine; the report says which one was tried twice.
    retry: process.env.CI ? 1 : 0,
  },
});
