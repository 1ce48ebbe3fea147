import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant } from '#models/units/instant.ts';
import { expect, expectAccessible, settled } from '../page-test.ts';
import { test } from './sample-test.ts';

// One visit from the first start to the store's owner's own data.
test.describe.configure({ mode: 'serial' });

const truth = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../sample-logs/exports/truth.json'), 'utf8')
) as {
  truths: { acrossSystems: string[] };
  dirt: { outage: { from: string } };
};
const systems = ['Northforce', 'Planbase', 'Ledgerline', 'Signoff', 'Buydesk', 'Aftercare'];
const toured = () => localStorage.setItem('throughline-tour', 'done');

test('a server that was never used loads the sample firm, says how far it is, and the page comes alive', async ({
  page
}) => {
  test.setTimeout(300_000);
  await page.goto('/');
  await expect(page.getByText('A sample firm is being loaded')).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Loaded so far' })).toBeVisible();
  await expect(page.getByText(/\d+ of 23 files/)).toBeVisible({ timeout: 60_000 });
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await expect(page.getByRole('heading', { name: 'Three things to fix' })).toBeVisible({ timeout: 240_000 });
  expect(await page.evaluate(() => 'sameDocument' in window), 'without a reload').toBe(true);
});

test('the tour leads in three clicks from the overview over the map to a project across all systems', async ({
  page
}) => {
  await page.goto('/');
  await settled(page);
  const tour = page.getByRole('dialog', { name: 'Where the time goes' });
  await expect(tour).toContainText('Tour, 1 of 3');
  await page.getByRole('button', { name: /^Next/ }).click();
  await expect(page).toHaveURL(/\/process/);
  await expect(page.locator('svg [data-node]').first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole('dialog', { name: 'What really happens' })).toContainText('Tour, 2 of 3');
  await settled(page);
  await page.getByRole('button', { name: /^Next/ }).press('Enter');
  await expect(page).toHaveURL(/\/cases\/PRJ-/);
  await settled(page);
  const timeline = page.getByRole('group', { name: 'Timeline, lanes by system' });
  for (const system of systems) await expect(timeline.getByText(system, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('dialog', { name: 'One case across all systems' })).toHaveCount(0);
  await page.goto('/');
  await settled(page);
  await expect(page.getByText('Tour, 1 of 3'), 'once for good').toHaveCount(0);
});

test('the tour is skipped by key, and can be taken again from the help', async ({ page }) => {
  test.slow();
  await page.goto('/');
  await settled(page);
  await page.getByRole('button', { name: /^Next/ }).focus();
  await page.keyboard.press('Escape');
  await expect(page.getByText('Tour, 1 of 3')).toHaveCount(0);
  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'Take the tour of the sample data' }).click();
  await expect(page.getByText('Tour, 1 of 3')).toBeVisible();
  await expectAccessible(page);
});

test('from a number on the overview to a project, its timeline over six systems and the record of an event', async ({
  page
}) => {
  test.slow();
  await page.addInitScript(toured);
  await page.goto('/');
  await settled(page);
  await page
    .locator('li', { hasText: /^Projects under way/ })
    .getByRole('link')
    .first()
    .click();
  await expect(page).toHaveURL(/\/cases\?.*f=status\.open/);
  await settled(page);
  await page.getByRole('button', { name: /^Remove filter/ }).click();
  await settled(page);
  for (const head of ['Name', 'Region', 'Service line', 'Budget'])
    await expect(page.getByRole('columnheader', { name: head, exact: true })).toBeVisible();
  const [project = ''] = truth.truths.acrossSystems;
  await page.getByRole('searchbox').fill(project);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: project, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`What happened in ${project}?`);
  await settled(page);
  const timeline = page.getByRole('group', { name: 'Timeline, lanes by system' });
  for (const system of systems) await expect(timeline.getByText(system, { exact: true })).toBeVisible();
  await expect(timeline.getByText('not known', { exact: true })).toHaveCount(0);
  await timeline.getByRole('button', { name: /^Opportunity created/ }).click();
  const card = page.getByRole('dialog', { name: 'Opportunity created' });
  await expect(card).toContainText('crm/opportunities.csv.gz, row');
  await expect(card).toContainText('opportunities:006');
  await expect(card).toContainText(/\(E\d{4}\)/);
  await card.getByRole('button', { name: 'Close' }).click();
  await expectAccessible(page);
});

test('every page says that the data is sample data', async ({ page }) => {
  await page.addInitScript(toured);
  for (const path of ['/', '/process', '/variants', '/cases?view=opportunity', '/cases/PRJ-1004', '/data']) {
    await page.goto(path);
    await settled(page);
    const banner = page.getByRole('complementary', { name: 'Sample data' });
    await expect(banner.getByRole('link', { name: 'connect your systems' })).toHaveAttribute('href', '/data');
  }
});

// What these pages hold that no other log has: columns of a case list, sources, findings and codes.
for (const path of ['/cases', '/data']) {
  test(`${path} is accessible with the sample firm`, async ({ page }) => {
    test.slow();
    await page.addInitScript(toured);
    await page.goto(path);
    await settled(page);
    await expectAccessible(page);
  });
}

test('Data: seven sources whose rows add up, what is odd in words, fixed now', async ({ page }) => {
  await page.addInitScript(toured);
  await page.goto('/data');
  await settled(page);
  const sources = page.getByRole('region', { name: /^What was loaded into/ });
  for (const system of [...systems, 'Peopledesk'])
    await expect(sources.getByRole('rowheader', { name: new RegExp(system) })).toBeVisible();
  for (const row of await sources.getByRole('row').all()) {
    const [rowsIn, loaded, quarantined, duplicates] = (await row.locator('td.number').allInnerTexts()).map((text) =>
      Number(text.replaceAll(/\s/g, ''))
    );
    if (rowsIn === undefined) continue;
    expect(rowsIn).toBe((loaded ?? 0) + (quarantined ?? 0) + (duplicates ?? 0));
  }
  const odd = page.getByRole('region', { name: /^What is odd about it/ });
  await expect(odd).toContainText('The clock of Ledgerline is at least 7 minutes fast');
  await expect(odd).toContainText(
    `Planbase recorded nothing from ${formatInstant(truth.dirt.outage.from, { precision: 'day' })}`
  );
  await expect(odd).toContainText('were recorded more than 7 days after they happened');
  await expect(odd).toContainText('name codes that contradict each other');
  await expect(page.getByRole('region', { name: /^Logs/ })).toContainText('30 Jun 2026, fixed');
  await expect(page.getByRole('region', { name: /^Quarantine/ })).toContainText('of 40');
});

test('a code that matches nothing is settled by a person, found again and taken back', async ({ page }) => {
  await page.addInitScript(toured);
  await page.goto('/data');
  await settled(page);
  const codes = page.getByRole('region', { name: /^Codes between systems/ });
  const before = Number((await codes.getByRole('link', { name: /match nothing/ }).innerText()).split(' ')[0]);
  expect(before).toBeGreaterThan(0);
  const choice = codes.getByRole('button', { name: /^PRJ-.* is meant by / }).first();
  const [, project, record] =
    /^(PRJ-\d+).* is meant by (.*)$/.exec((await choice.innerText()).replaceAll(/\s+/g, ' ')) ?? [];
  await choice.click();
  await expect(codes.getByRole('alert')).toContainText('Say who decides first');
  await page.keyboard.type('Ada');
  await choice.click();
  await expect(codes.getByRole('status').filter({ hasText: `${record} means ${project}` })).toBeVisible();
  await expect(codes.getByRole('link', { name: `${before - 1} match nothing` })).toBeVisible();
  await codes.getByRole('link', { name: '1 are settled by a person' }).click();
  await expect(codes.getByRole('listitem').first()).toContainText('says Ada');
  await codes.getByRole('button', { name: `Undo what was settled of ${record}` }).click();
  await expect(codes.getByRole('link', { name: `${before} match nothing` })).toBeVisible();
});

test('starting with own data asks once, and leaves an empty store that stays empty', async ({ page }) => {
  await page.addInitScript(toured);
  await page.goto('/variants');
  await settled(page);
  await page.getByRole('button', { name: 'Start with your own data' }).click();
  const dialog = page.getByRole('dialog', { name: 'Take the sample data away?' });
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Start with your own data' }).click();
  await dialog.getByRole('button', { name: 'Empty and begin' }).click();
  await expect(page).toHaveURL(/\/data$/);
  await expect(page.getByText('Nothing is loaded yet')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Sample data' })).toHaveCount(0);
  await page.goto('/');
  await settled(page);
  await expect(page.getByText('The store is empty')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Look at a simulated firm' })).toBeVisible();
  await expectAccessible(page);
});
