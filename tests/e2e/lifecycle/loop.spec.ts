import { Webhook } from 'standardwebhooks';
import { expect, expectAccessible, settled } from '../page-test.ts';
import { firm, json, test } from './firm-test.ts';

// One way: from the figure on the overview to the answer of who was called.
test.describe.configure({ mode: 'serial' });
test.slow();

interface Rows {
  total: number;
  rows: { project: string | null }[];
}
interface Place {
  handoff: string;
  segment: string;
  value: string;
}

/** The costliest place of the three in which a stalled project waits, and such a project. */
async function costliest(url: string): Promise<{ index: number; place: Place; project: string }> {
  const { items } = await json<{ items: Place[] }>(`${url}${firm}/to-fix`);
  const stalled = await json<Rows>(`${url}${firm}/stalled?limit=1000`);
  const stuck = new Set(stalled.rows.map(({ project }) => project));
  for (const [index, place] of items.entries()) {
    const query = `handoff=${place.handoff}&${place.segment}=${encodeURIComponent(place.value)}&status=open&order=money&limit=20`;
    const { rows } = await json<Rows>(`${url}${firm}/handoffs/list?${query}`);
    const row = rows.find(({ project }) => stuck.has(project));
    if (row?.project) return { index, place, project: row.project };
  }
  throw new Error('in none of the three costliest places a project is stalled');
}

let secret = '';
let project = '';

test('a target is added on a host that was allowed, and shows its secret once', async ({ page, receiver }) => {
  await page.goto('/automations');
  await settled(page);
  const form = page.getByRole('form', { name: 'Add a target' });
  await form.getByLabel('Name').fill('Operations desk');
  await form.getByLabel('Address').fill(receiver.url);
  await expect(form.getByRole('button', { name: 'Add target' })).toBeDisabled();
  await form.getByRole('checkbox', { name: `Allow calls to ${receiver.host}` }).check();
  await form.getByRole('checkbox', { name: 'It stands in our own network' }).check();
  await form.getByRole('button', { name: 'Add target' }).click();
  const shown = page.getByRole('status').filter({ hasText: 'signing secret' });
  secret = (await shown.locator('code').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.reload();
  await settled(page);
  await expect(page.getByRole('group', { name: 'Targets' }).getByText(receiver.url)).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  await expectAccessible(page);
});

test('overview → costliest handoff → stalled project → remediate → delivery → the answer of the receiver', async ({
  page,
  server,
  receiver
}) => {
  const { index, place, project: stuck } = await costliest(server.url);
  project = stuck;
  await page.goto('/?months=all');
  await settled(page);
  const things = page.getByRole('region', { name: 'Three things to fix' }).getByRole('listitem');
  await expect(things).toHaveCount(3);
  await things.nth(index).getByRole('link', { name: /open$/ }).click();

  await expect(page).toHaveURL(new RegExp(`/handoffs\\?.*handoff=${place.handoff}`));
  await settled(page);
  const ledger = page.getByRole('region', { name: /one by one/ });
  await ledger.getByRole('combobox').nth(1).selectOption('money');
  await expect(page).toHaveURL(/order=money/);
  await ledger
    .getByRole('link', { name: `${project} is stalled` })
    .first()
    .click();

  await expect(page).toHaveURL(new RegExp(`/stalled\\?.*project=${project}`));
  await settled(page);
  const row = page.getByRole('row').filter({ hasText: project });
  await row.getByRole('button', { name: `Remediate ${project}` }).click();
  const dialog = page.getByRole('dialog', { name: `Remediate ${project}` });
  await dialog.getByLabel('Asked by').fill('Ola Nordmann');
  await dialog.getByRole('button', { name: 'Send' }).click();

  await expect(dialog.getByText('to be tried again')).toBeVisible();
  await expect(dialog.getByText('answered 503')).toBeVisible();
  await dialog.getByRole('button', { name: 'Retry now' }).click();
  await expect(dialog.getByText('✓ delivered')).toBeVisible();
  await expect(dialog.getByText('OPS-4711')).toBeVisible();

  expect(receiver.calls).toHaveLength(2);
  const events = receiver.calls.map(({ body, headers }) => {
    const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return new Webhook(secret).verify(body, signed) as { id: string; type: string; subject: string };
  });
  expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size, 'one id for both tries').toBe(1);
  expect(events[1]?.subject).toBe(`project/${project}`);
  await dialog.getByRole('link', { name: 'Open it at Automations' }).click();
  await settled(page);
  await expect(page.getByRole('group', { name: 'Deliveries' }).getByText('OPS-4711').first()).toBeVisible();
  await expect(page.getByText('Ola Nordmann')).toBeVisible();
});

test('the worklist shows what was asked for, and it is not sent twice', async ({ page, receiver }) => {
  await page.goto(`/stalled?project=${project}`);
  await settled(page);
  await expect(page.getByRole('row').filter({ hasText: project }).getByText('✓ delivered')).toBeVisible();
  expect(receiver.calls).toHaveLength(2);
});
