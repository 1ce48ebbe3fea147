import { expect, expectAccessible, settled, test } from './page-test.ts';

const pages = ['/', '/process', '/variants', '/cases'];

for (const path of pages) {
  test(`${path} on an empty store says what it will show and leads to the import`, async ({ page }) => {
    const response = await page.goto(path);
    expect(response?.status()).toBe(200);
    await settled(page);
    await expect(page.getByText('The store is empty')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Import a file' }).click();
    await expect(page).toHaveURL(/\/data$/);
  });
}

test('/data on an empty store says what a file needs', async ({ page }) => {
  await page.goto('/data');
  await settled(page);
  await expect(page.getByText('Nothing is loaded yet')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
  await expectAccessible(page);
});

test.describe('an address that is not there', () => {
  test.use({ expectedErrors: /404/ });
  test('answers 404 with a way on', async ({ page }) => {
    const response = await page.goto('/no-such-page');
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
    await expectAccessible(page);
  });
});

test('the answer carries the security headers and a strict policy', async ({ request, baseURL }) => {
  const response = await request.get(`${baseURL}/`);
  const headers = response.headers();
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('same-origin');
  expect(headers['permissions-policy']).toContain('camera=()');
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['content-security-policy']).not.toContain("'unsafe-eval'");
});

test('keys: ? helps, g then a letter goes', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await expect(page).toHaveURL(/\/variants$/);
});
