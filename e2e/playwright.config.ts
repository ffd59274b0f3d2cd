import { defineConfig } from 'playwright/test';

// Set once, in the process that reads this first; the workers inherit it.
if (process.env['LINESIDE_FAULT_SEED'] === undefined) {
  process.env['LINESIDE_FAULT_SEED'] = String(Math.floor(Math.random() * 1_000_000));
  process.stdout.write(`seed of the faults: ${process.env['LINESIDE_FAULT_SEED']}\n`);
}

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  // Each test opens a window and a whole plant: one at a time on a small machine.
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  outputDir: '../test-results',
  reporter: [['list']],
  projects: [
    { name: 'line', testIgnore: 'faults/**' },
    {
      name: 'faults',
      testMatch: 'faults/*.spec.ts',
      // `npm run faults` tries them all, `npm test` the fast ones.
      ...(process.env['LINESIDE_FAULTS'] === 'all' ? {} : { grep: /@fast/ }),
    },
  ],
});
