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
  await expect(page.getByRole('heading', { name: /one by one/ })).toContainText(`${n} rows, picked up in the period`);
});

test('an executive reads the overview without scrolling, and no name is cut', async ({ page }) => {
  await page.goto('/');
  await settled(page);
  await expect(page.getByRole('complementary', { name: 'Sample data' })).toBeVisible();
  const figures = await page.getByRole('region', { name: 'Key figures' }).boundingBox();
  expect((figures?.y ?? 0) + (figures?.height ?? Infinity)).toBeLessThanOrEqual(800);
  const cut = await page
    .getByRole('group', { name: 'Scorecard of handoffs' })
    .getByRole('rowheader')
    .evaluateAll((names) =>
      names.filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent)
    );
  expect(cut).toEqual([]);
});

test('a thing to fix opens the handoffs that it counts', async ({ page }) => {
  for (const [index, shows] of [
    [0, 'picked up in the period'],
    [1, 'open now']
  ] as const) {
    await page.goto('/?months=6&region=APAC');
    await settled(page);
    const link = page.getByRole('region', { name: 'Three things to fix' }).getByRole('link').nth(index);
    const n = (await link.textContent())?.trim().split(' ')[0] ?? '';
    await link.click();
    await settled(page);
    await expect(page.getByRole('heading', { name: /one by one/ })).toContainText(
      new RegExp(`${n}\\s+rows?, ${shows}`)
    );
  }
});

test('a key figure of one region opens as many, and the page that it opens is of that region', async ({ page }) => {
  const figure = async (name: string) => {
    await page.goto('/?region=AMER');
    await settled(page);
    const link = page
      .getByRole('region', { name: 'Key figures' })
      .getByRole('listitem')
      .filter({ hasText: name })
      .getByRole('link');
    const n = (await link.textContent())?.trim() ?? '';
    await link.click();
    await settled(page);
    return n;
  };
  const stalled = await figure('Stalled now');
  await expect(page.getByRole('list', { name: 'What they wait for' }).getByRole('link').first()).toHaveText(
    `${stalled} stalled`
  );
  const exceptions = await figure('Open exceptions');
  await expect(page.getByRole('heading', { name: 'Every exception' })).toContainText(`n = ${exceptions} open`);
  const open = await figure('Projects under way');
  await expect(page.locator('main')).toContainText(`${open} of`);
});

test('the filter of cases is said not to apply to handoffs', async ({ page }) => {
  await page.goto('/handoffs?f=status.open');
  await settled(page);
  await expect(page.getByText('The filter of Process, Variants and Cases does not apply here.')).toBeVisible();
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
  const kept = page.getByRole('row').filter({ hasText: 'Deal won to project in ERP' }).getByRole('link').nth(1);
  await expect(page.getByText(`${await kept.innerText()} are kept within 24 business hours`)).toBeVisible();
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

test('a goal that was tried is promised from now on, and a policy is removed', async ({ page }) => {
  await page.goto('/sla?policy=change_decision');
  await settled(page);
  await expect(page.getByRole('spinbutton', { name: 'Goal' })).toHaveValue('24');
  await page.getByRole('spinbutton', { name: 'Goal' }).fill('30');
  await page.getByRole('button', { name: 'Try it on what happened' }).click();
  await page.getByRole('button', { name: 'Promise 30 business hours from now on' }).click();
  const row = page.getByRole('group', { name: 'Policies' }).getByRole('row').filter({ hasText: 'Change request' });
  await expect(row).toContainText('30 business hours');
  await page.getByRole('button', { name: 'Remove this policy' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(row).toHaveCount(0);
});

test('while a week is replayed the page says so, and stops it', async ({ page }) => {
  await page.goto('/sla');
  await settled(page);
  await page.getByRole('button', { name: 'Replay the last week' }).click();
  const stop = page.getByRole('button', { name: 'Stop the replay' });
  await expect(stop).toBeVisible();
  await expect(page.getByText(/As of 2\d Jun 2026, .* replaying/)).toBeVisible();
  await stop.click();
  await expect(page.getByRole('button', { name: 'Replay the last week' })).toBeVisible();
  await expect(page.getByText('As of 30 Jun 2026, 16:00 UTC.')).toBeVisible();
});

test('a host near by is called only when somebody says so, and that can be taken back', async ({ page }) => {
  await page.goto('/automations');
  await settled(page);
  const form = page.getByRole('form', { name: 'Add a target' });
  await form.getByLabel('Name').fill('Desk near by');
  await form.getByLabel('Address').fill('http://localhost:9/hook');
  await form.getByRole('checkbox', { name: 'Allow calls to localhost:9' }).check();
  await expect(form.getByRole('button', { name: 'Add target' })).toBeDisabled();
  await form.getByRole('checkbox', { name: 'It stands in our own network' }).check();
  await form.getByRole('button', { name: 'Add target' }).click();
  const own = page.getByRole('checkbox', { name: 'own network for localhost:9' });
  await expect(own).toBeChecked();
  await own.uncheck();
  await page.reload();
  await settled(page);
  await expect(own).not.toBeChecked();
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
