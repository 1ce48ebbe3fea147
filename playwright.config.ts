import { defineConfig } from '@playwright/test';
import { findBrowser } from '#cli/prepare.mjs';

const executablePath = findBrowser();

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/e2e/server.ts',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  // .ci/run sums the counts and refuses a skipped test.
  reporter: [['list'], ['json', { outputFile: '.reports/playwright.json' }]],
  use: {
    actionTimeout: 15_000,
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    ...(executablePath && {
      launchOptions: { executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] }
    })
  },
  // In this order: the store is empty, a file is imported through the page, everything is looked at.
  projects: [
    { name: 'empty', testMatch: 'empty.spec.ts' },
    { name: 'import', testMatch: 'import.spec.ts', dependencies: ['empty'] },
    { name: 'filled', testMatch: 'filled/*.spec.ts', dependencies: ['import'] },
    { name: 'objects', testMatch: 'objects/*.spec.ts', dependencies: ['filled'] },
    // On servers of their own.
    { name: 'sample', testMatch: 'sample/*.spec.ts' },
    { name: 'lifecycle', testMatch: 'lifecycle/*.spec.ts' }
  ]
});
