import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { findBrowser } from '#cli/prepare.mjs';

interface Options {
  /** Console errors that a test means to cause. */
  expectedErrors: RegExp | null;
}

/** A page that fails its test on a console error, an exception or a CSP report. */
export const test = base.extend<Options>({
  expectedErrors: [null, { option: true }],
  // eslint-disable-next-line no-empty-pattern
  baseURL: async ({}, use) => {
    await use(process.env.THROUGHLINE_URL);
  },
  page: async ({ page, expectedErrors }, use) => {
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        // eslint-disable-next-line no-console -- in the page: the listener above collects it
        console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`);
      });
    });
    await use(page);
    expect(errors.filter((error) => !expectedErrors?.test(error))).toEqual([]);
  }
});

test.beforeAll(() => {
  const missing = findBrowser() === undefined;
  if (missing) {
    process.stderr.write(
      '\n*** BROWSER TESTS SKIPPED: no Chromium found. Set CHROMIUM_PATH or run `npx playwright install chromium`. ***\n\n'
    );
  }
  test.skip(missing, 'no Chromium found: set CHROMIUM_PATH');
});

export { expect };

/** A loaded page: its title is there, nothing is busy and no skeleton is left. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('main[data-alive]')).toBeAttached();
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.locator('.skeleton')).toHaveCount(0);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

/** axe, in both themes, on a desk and in a hand. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const { width, height } of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 }
  ]) {
    await page.setViewportSize({ width, height });
    for (const theme of ['Light', 'Dark'] as const) {
      await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: theme }).click();
      await settled(page);
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
      expect(found, `axe at ${width} px, ${theme}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `the page scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
