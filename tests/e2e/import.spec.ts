import type { Page } from '@playwright/test';
import { expect, expectAccessible, settled, test } from './page-test.ts';
import { smallLog } from './small-log.ts';

// Each continues where the one before it stopped.
test.describe.configure({ mode: 'serial' });

const cases = 240;
const csv = smallLog({ cases });
const file = { name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) };
const rows = csv.trim().split('\n').length - 1;

test('a file is picked, its columns are suggested, changed and imported; bad rows are kept apart', async ({ page }) => {
  await page.goto('/data');
  await settled(page);
  await page.getByLabel('Files to import').setInputFiles(file);
  await expect(page.getByLabel('Name of the log')).toHaveValue('orders');
  await expect(page.getByText('No column was found for the case')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import this file' })).toBeDisabled();
  await column(page, 'Case needed').selectOption('order');
  await column(page, 'Time needed').selectOption('at');
  await column(page, 'Activity needed').selectOption('step');
  await expect(column(page, 'Activity needed')).toHaveValue('step');
  await expect(column(page, 'Person')).toHaveValue('person');
  await expect(column(page, 'Team')).toHaveValue('team');
  await expect(page.getByRole('group', { name: 'Sample values' })).toContainText('Receive order');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Import this file' }).click();
  const job = page.getByRole('region', { name: 'Import of orders' });
  await expect(job).toContainText('is loaded');
  await expect(job).toContainText(`3 quarantined`);
  await expect(page).toHaveURL(/\/data\?log=orders$/);
  await expect(job.getByRole('link', { name: '3 quarantined' })).toHaveAttribute('href', /#quarantine-title$/);

  await settled(page);
  await expect(page.getByRole('region', { name: /^Quarantine/ }).first()).toContainText('not a time');
  const loaded = page.getByRole('region', { name: /^What was loaded/ }).first();
  await expect(loaded).toContainText('orders.csv');
  await expect(loaded).toContainText(spaced(rows));
  await expectAccessible(page);

  await page.reload();
  await expect(page.getByRole('region', { name: 'Import of orders' })).toContainText('is loaded');
  await page.getByRole('link', { name: 'See what it shows' }).click();
  await expect(page).toHaveURL(/\/\?log=orders/);
  await settled(page);
  await expect(page.getByText(`all ${cases} cases`)).toBeVisible();
});

test('the same file dropped again is all duplicates', async ({ page }) => {
  await page.goto('/data');
  await settled(page);
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'orders.csv', { type: 'text/csv' }));
    return transfer;
  }, csv);
  await page.getByRole('group', { name: 'Import files' }).dispatchEvent('drop', { dataTransfer: data });
  await column(page, 'Case needed').selectOption('order');
  await column(page, 'Time needed').selectOption('at');
  await column(page, 'Activity needed').selectOption('step');
  await expect(page.getByText('Adds to this log')).toBeVisible();
  await expect(column(page, 'Team')).toHaveValue('team');
  await page.getByRole('button', { name: 'Import this file' }).click();
  await expect(page.getByRole('region', { name: 'Import of orders' }).first()).toContainText(
    /= 0 loaded .* duplicates/
  );
});

test('end activities make cases open or closed', async ({ page }) => {
  await page.goto('/data?log=orders');
  await settled(page);
  await page.getByRole('button', { name: 'Set the end activities' }).click();
  await page.getByRole('checkbox', { name: /^Receive payment/ }).check();
  await page.getByRole('checkbox', { name: /^Cancel order/ }).check();
  await page.getByRole('button', { name: 'Save 2 end activities' }).click();
  await expect(page.getByText('is closed when its last activity is')).toBeVisible();
  await page.goto('/?log=orders');
  await settled(page);
  await expect(page.getByText('Median age of open cases')).toBeVisible();
});

test('deleting asks for the name first', async ({ page }) => {
  await page.goto('/data');
  await settled(page);
  const deletion = page.getByRole('button', { name: /^Delete orders/ });
  await deletion.click();
  const dialog = page.getByRole('dialog', { name: 'Delete orders?' });
  await expect(dialog.getByRole('button', { name: 'Delete', exact: true })).toBeDisabled();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dialog).toBeHidden();
});

const column = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true });
const spaced = (count: number) => count.toLocaleString('en').replaceAll(',', '\u202f');
