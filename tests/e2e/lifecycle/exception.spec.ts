import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, settled } from '../page-test.ts';
import { firm, json, test } from './firm-test.ts';

test.slow();

const contracts = gunzipSync(
  readFileSync(join(import.meta.dirname, '../../../sample-logs/exports/crm/contracts.csv.gz'))
).toString('utf8');

interface Found {
  rows: { anchor_id: string; project: string | null; closed_at: string | null; evidence: { text: string }[] }[];
}

test('a missing field is an exception with its owner; the next import fills it in, and it is closed with both instants', async ({
  page,
  server
}) => {
  const { rows } = await json<Found>(`${server.url}${firm}/exceptions?rule=contract_tax_id&state=open&limit=1000`);
  const found = rows.find(({ project }) => project !== null);
  if (!found?.project) throw new Error('no contract of a project lacks its tax id');
  const project = found.project;
  const contract = /contract (\S+)/.exec(found.evidence[0]?.text ?? '')?.[1] ?? '';

  await page.goto('/exceptions?rule=contract_tax_id');
  await settled(page);
  await page.goto(`/exceptions?rule=contract_tax_id&project=${project}`);
  await settled(page);
  const row = page.getByRole('group', { name: 'Exceptions' }).getByRole('row').filter({ hasText: project });
  await expect(row).toContainText('Deal Desk');
  await expect(row).toContainText(`Contract ${contract} has no tax id`);
  await expect(row.getByText('open', { exact: true })).toBeVisible();

  // The next export of the CRM, with one field filled in.
  const [head = '', ...lines] = contracts.split('\n');
  const columns = head.trim().split(',');
  const [id, taxId] = [columns.indexOf('Id'), columns.indexOf('TaxId__c')];
  const changed = lines.filter((line) => line.split(',')[id] === contract);
  expect(changed.length).toBeGreaterThan(0);
  const next = [head, ...changed.map((line) => line.split(',').with(taxId, 'DE123456789').join(','))].join('\n');
  await page.goto('/data?log=Sample%20firm');
  await settled(page);
  await page.locator('input[type="file"]').setInputFiles({
    ...{ name: 'contracts.csv', mimeType: 'text/csv', buffer: Buffer.from(`${next.trimEnd()}\n`) }
  });
  await expect(page.getByText('an export of Northforce: contracts')).toBeVisible();
  await page.getByLabel('Name of the log').fill('Sample firm');
  await page.getByRole('button', { name: 'Import this file' }).click();
  await expect
    .poll(
      async () =>
        (await json<Found>(`${server.url}${firm}/exceptions?rule=contract_tax_id&project=${project}&limit=10`)).rows[0]
          ?.closed_at ?? null,
      { timeout: 60_000, intervals: [1_000] }
    )
    .not.toBeNull();

  await page.goto(`/exceptions?rule=contract_tax_id&state=closed&project=${project}`);
  await settled(page);
  await expect(row).toContainText('Deal Desk');
  await expect(row).toContainText(/\d{1,2} \w{3} 20\d\d, \d\d:\d\d\s*closed \d{1,2} \w{3} 20\d\d, \d\d:\d\d/);
  await page.goto(`/exceptions?rule=contract_tax_id&project=${project}`);
  await settled(page);
  await expect(page.getByText('No exception is open here.')).toBeVisible();

  // The case itself keeps both instants.
  await page.goto(`/cases/${project}`);
  await settled(page);
  const kept = page
    .getByRole('group', { name: 'What to look after' })
    .getByRole('row')
    .filter({ hasText: `Contract ${contract} has no tax id` });
  await expect(kept).toContainText('Deal Desk');
  await expect(kept).toContainText(/\d{1,2} \w{3} 20\d\d, \d\d:\d\d\s*closed \d{1,2} \w{3} 20\d\d, \d\d:\d\d/);
});
