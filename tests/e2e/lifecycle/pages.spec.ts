import { expect, expectAccessible, settled } from '../page-test.ts';
import { firm, json, test } from './firm-test.ts';

test.slow();

const pages = [
  { path: '/', shows: 'Three things to fix' },
  { path: '/handoffs?by=region', shows: 'From hand to hand' },
  { path: '/deal-to-cash?part=milestone_to_invoice', shows: 'One by one' },
  { path: '/stalled', shows: 'What blocks it, and what fits' },
  { path: '/exceptions', shows: 'Every exception' },
  { path: '/sla?policy=deal_to_erp', shows: 'What if it were' }
];

for (const { path, shows } of pages) {
  test(`${path} loads, is accessible in both themes, on a desk and in a hand`, async ({ page }) => {
    await page.goto(path);
    await settled(page);
    await expect(page.getByText(shows).first()).toBeVisible();
    await expectAccessible(page);
  });
}

test('a bar of deal to cash opens the projects that it is of, and one of them its case', async ({ page, server }) => {
  await page.goto('/');
  await settled(page);
  const bar = page
    .getByRole('list', { name: 'Stages and handoffs from deal won to first payment' })
    .getByRole('link', { name: /^Milestone to invoice/ });
  const n = Number(/; ([\d\s]+) projects/.exec((await bar.getAttribute('aria-label')) ?? '')?.[1]?.replace(/\s/g, ''));
  await bar.click();
  await expect(page).toHaveURL(/\/deal-to-cash\?.*part=milestone_to_invoice/);
  await settled(page);
  const { total } = await json<{ total: number }>(
    `${server.url}${firm}/deal-to-cash/projects?part=milestone_to_invoice&from=2025-06-30T16:00:00Z&to=2026-06-30T16:00:00Z`
  );
  expect(total, 'the bar counts the projects that it opens').toBe(n);
  const first = page.getByRole('group', { name: 'Projects from deal to cash' }).getByRole('link').first();
  const project = (await first.textContent()) ?? '';
  await first.click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(project);
});

test('a figure of the scorecard opens as many handoffs', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^Milestone to invoice/ }) });
  const n = (await row.getByRole('link').nth(1).textContent())?.trim() ?? '';
  await row.getByRole('link').nth(1).click();
  await settled(page);
  await expect(page.getByRole('heading', { name: /one by one/ })).toContainText(`${n.replace(/\s/g, '')} rows`);
});

test('what was sent back shows its rounds', async ({ page }) => {
  await page.goto('/handoffs?handoff=milestone_to_invoice&service_line=Data&status=done&order=latency');
  await settled(page);
  const row = page
    .getByRole('group', { name: 'Handoffs one by one' })
    .getByRole('row')
    .filter({ hasText: 'back' })
    .first();
  await row.getByRole('button').click();
  await expect(page.getByText('● sent back').first()).toBeVisible();
  await expect(page.getByText(/of business time, .* by the clock/).first()).toBeVisible();
});

test('another goal is tried on what happened, and nothing is changed', async ({ page }) => {
  await page.goto('/sla?policy=deal_to_erp');
  await settled(page);
  await page.getByRole('spinbutton', { name: 'Goal' }).fill('72');
  await page.getByRole('combobox', { name: 'Counted in' }).selectOption('hours, wall clock');
  await page.getByRole('button', { name: 'Try it on what happened' }).click();
  await expect(page.getByText(/would be within 72 hours, wall clock/)).toBeVisible();
  await page.reload();
  await settled(page);
  await expect(page.getByRole('row').filter({ hasText: 'Deal won to project in ERP' }).first()).toContainText(
    '24 business hours'
  );
});

test('a policy is added from a handoff, judged on all that happened, and switched off', async ({ page }) => {
  await page.goto('/sla');
  await settled(page);
  await page.getByText('Add a policy').click();
  await page.getByLabel('Of the handoff').selectOption('Closure to customer success');
  await page.getByRole('spinbutton', { name: 'within' }).fill('5');
  await page.getByLabel('Counted in').first().selectOption('business days');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: 'Closure to customer success' }) });
  await expect(row).toContainText('5 business days');
  await row.getByRole('checkbox', { name: 'Watch Closure to customer success' }).uncheck();
  await page.reload();
  await settled(page);
  await expect(row.getByRole('checkbox')).not.toBeChecked();
});

test('a clock says why it is late, and somebody has seen it', async ({ page }) => {
  await page.goto('/sla?policy=deal_to_erp&state=breached');
  await settled(page);
  await page.getByRole('button', { name: /^Why / }).first().click();
  await expect(page.getByText('Events that moved it')).toBeVisible();
  await expect(page.getByText('started it').first()).toBeVisible();
  await page.getByLabel('Seen by').fill('Ola Nordmann');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByText('Seen by Ola Nordmann.')).toBeVisible();
});
