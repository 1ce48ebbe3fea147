import { expect, settled, test } from '../page-test.ts';

test('a number on the overview opens the cases behind it, and one of them opens its events', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  const number = page.locator('li', { hasText: 'Cases with rework' }).getByRole('link');
  await number.click();
  await expect(page).toHaveURL(/\/cases\?.*f=rework\.loop_back/);
  await settled(page);
  await expect(page.getByText('Comes back')).toBeVisible();
  const first = page.getByRole('link', { name: /^O-/ }).first();
  const id = await first.textContent();
  await first.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`What happened in ${id}?`);
  await settled(page);
  await page.getByRole('button', { name: 'Check order' }).first().click();
  await expect(page.getByText('ingested')).toBeVisible();
  await expect(page.getByText('orders.csv').first()).toBeVisible();
  await page.getByRole('link', { name: 'All cases of this filter' }).click();
  await expect(page).toHaveURL(/f=rework\.loop_back/);
});

test('a filter is added, kept from page to page, taken back and forth, and removed', async ({ page }) => {
  await page.goto('/variants?log=orders');
  await settled(page);
  await page.getByRole('button', { name: '+ Filter' }).click();
  await page.getByRole('button', { name: 'Activity', exact: true }).click();
  await page.getByRole('checkbox', { name: /^Cancel order/ }).check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/f=activity\.any\.Cancel/);
  const chip = page.getByRole('button', { name: 'Passes Cancel order', exact: true });
  await expect(chip).toBeVisible();
  await expect(page.getByText(/^\d+ of 240 cases/)).toBeVisible();

  for (const name of ['Process', 'Cases', 'Overview']) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
    await expect(page).toHaveURL(/f=activity\.any\.Cancel/);
    await settled(page);
    await expect(chip).toBeVisible();
  }
  await page.goBack();
  await expect(page).toHaveURL(/\/cases/);
  await page.goForward();
  await expect(page).toHaveURL(/\/\?/);
  await settled(page);
  await page.getByRole('button', { name: 'Remove filter: Passes Cancel order' }).click();
  await expect(page.getByText('all 240 cases')).toBeVisible();
  await page.goBack();
  await expect(chip).toBeVisible();
});

test('the chip of a filter opens it for change', async ({ page }) => {
  await page.goto('/cases?f=duration.from.30d');
  await settled(page);
  await page.getByRole('button', { name: 'Takes from 30 d', exact: true }).click();
  await page.getByRole('spinbutton', { name: 'At least' }).fill('20');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/f=duration\.from\.20d/);
});

test('the map: a node opens its panel, the panel filters, the sliders and the switch stand in the address', async ({
  page
}) => {
  await page.goto('/process');
  await settled(page);
  await page.getByRole('button', { name: /^Plan delivery: / }).click();
  const panel = page.getByRole('complementary', { name: 'What is selected on the map' });
  await expect(panel).toContainText('Executions');
  await panel.getByRole('link', { name: 'never pass through it' }).click();
  await expect(page).toHaveURL(/f=activity\.none\.Plan/);
  await expect(page.getByRole('button', { name: /^Plan delivery: / })).toHaveCount(0);
  await page.goBack();
  await page.getByLabel('Show').selectOption('p90');
  await expect(page).toHaveURL(/show=p90/);
  await page.getByLabel('Paths').fill('0');
  await expect(page).toHaveURL(/paths=0/);
  await settled(page);
  const node = page.locator('[data-node="0"]');
  await node.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-node="1"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel).toBeVisible();
  await page.keyboard.press('Tab');
  await panel.getByRole('button', { name: 'Close the panel' }).focus();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(page.locator('[data-node="1"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /^Open the \d+ cases/ }).click();
  await expect(page).toHaveURL(/\/cases\?/);
});

test('a variant expands, and "only" filters by it', async ({ page }) => {
  await page.goto('/variants');
  await settled(page);
  const row = page.getByRole('button', { name: /^Variant 1,/ });
  await row.click();
  await expect(row).toHaveAttribute('aria-expanded', 'true');
  await row.press('ArrowDown');
  await expect(page.getByRole('button', { name: /^Variant 2,/ })).toBeFocused();
  await page.getByRole('link', { name: 'only variant 1', exact: true }).click();
  await expect(page).toHaveURL(/f=variant\.is\.[0-9a-f]{16}/);
  await settled(page);
  await expect(page.getByText('way in')).toBeVisible();
});

test('cases: another order starts at the top, going back finds the list where it was', async ({ page }) => {
  await page.goto('/cases');
  await settled(page);
  const list = page.getByRole('region', { name: /^Case list/ });
  const scrolled = () => list.evaluate((node) => node.scrollTop);
  await list.evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await expect(page.getByRole('link', { name: 'O-0001', exact: true })).toBeVisible();
  const [before, row] = [await scrolled(), page.getByRole('link', { name: 'O-0001', exact: true })];
  await row.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What happened in O-0001?');
  await page.goBack();
  await expect(row).toBeVisible();
  expect(await scrolled()).toBe(before);
  await page.getByRole('link', { name: 'Case', exact: true }).click();
  await expect(page).toHaveURL(/sort=case_id/);
  await settled(page);
  await expect.poll(scrolled).toBe(0);
  await expect(page.getByRole('link', { name: 'O-0240', exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  const picker = page.getByRole('dialog', { name: 'Columns of the case list' });
  await expect(picker).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(picker).toBeHidden();
});

test.describe('a server that is away', () => {
  test.use({ expectedErrors: /Failed to (load resource|fetch)/ });
  test('is named, and asked again', async ({ page }) => {
    await page.goto('/');
    await settled(page);
    await page.route('**/api/**', (route) => route.abort());
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Variants' }).click();
    await expect(page.getByRole('alert')).toContainText('Is Throughline still running?');
    await page.unroute('**/api/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await settled(page);
    await expect(page.getByText('different ways')).toBeVisible();
  });
});

test('a filter that fits nothing is named as the reason, with a way out of it', async ({ page }) => {
  await page.goto('/?f=duration.from.9999d');
  await settled(page);
  await expect(page.getByText('No case fits these filters')).toBeVisible();
  await expect(page.getByRole('heading', { name: /^Handoffs/ })).toHaveCount(0);
  await page.getByRole('link', { name: 'Show all cases' }).click();
  await expect(page.getByRole('heading', { name: /^Handoffs/ })).toBeVisible();
});

test('cases: / searches, heads sort, the list scrolls to its end, the export holds every case', async ({ page }) => {
  await page.goto('/cases');
  await settled(page);
  await page.getByRole('link', { name: 'Case', exact: true }).click();
  await expect(page).toHaveURL(/sort=case_id/);
  await settled(page);
  const list = page.getByRole('region', { name: /^Case list/ });
  await list.evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await expect(page.getByRole('link', { name: 'O-0001', exact: true })).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click()
  ]);
  const stream = await download.createReadStream();
  let text = '';
  for await (const chunk of stream) text += chunk;
  expect(text.trim().split('\r\n')).toHaveLength(241);
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('O-0042');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Case contains')).toBeVisible();
  await expect(page.getByRole('link', { name: /^O-/ })).toHaveCount(1);
});
