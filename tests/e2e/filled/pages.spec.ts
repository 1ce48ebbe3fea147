import { expect, expectAccessible, settled, test } from '../page-test.ts';

const pages = [
  { path: '/', shows: 'Three things to look at' },
  { path: '/process', shows: 'Every path on the map' },
  { path: '/variants', shows: 'different ways' },
  { path: '/cases', shows: 'O-0001' },
  { path: '/cases/O-0001', shows: 'Timeline' },
  { path: '/data', shows: 'What was loaded into orders' }
];

for (const { path, shows } of pages) {
  test(`${path} loads, is accessible in both themes, on a desk and in a hand`, async ({ page }) => {
    await page.goto(path === '/cases' ? '/cases?sort=case_id&order=asc' : path);
    await settled(page);
    await expect(page.getByText(shows).first()).toBeVisible();
    if (path === '/process') await expect(page.locator('svg [data-node]').first()).toBeVisible();
    await expectAccessible(page);
  });
}

test('the theme is kept over a reload, without a flash', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const answer = await page.reload();
  expect(await answer?.text()).toContain('data-theme="dark"');
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
});

test.describe('mistakes in the address', () => {
  test.use({ expectedErrors: /40[04]/ });
  test('a filter that cannot be read says how to write it', async ({ page }) => {
    await page.goto('/cases?f=nonsense');
    await expect(page.getByText('To mend it')).toBeVisible();
    await page.getByRole('link', { name: 'This page without filters' }).click();
    await settled(page);
    await expect(page.getByRole('link', { name: /^O-/ }).first()).toBeVisible();
  });
  test('a log that is not there offers those that are', async ({ page }) => {
    await page.goto('/process?log=nowhere');
    await expect(page.getByRole('alert')).toContainText('nowhere');
    await expect(page.getByRole('link', { name: 'orders' })).toBeVisible();
  });
  test('a case that is not there says so', async ({ page }) => {
    await page.goto('/cases/no-such-case');
    await expect(page.getByRole('alert')).toContainText('no-such-case');
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  });
});
