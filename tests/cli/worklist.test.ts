import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Exceptions } from '#mining/exceptions.ts';
import type { Stalled } from '#mining/stalled.ts';
import { run, runJson } from './command.ts';
import { writeCrmExport } from './crm-export.ts';
import { COLUMNS, writeSmallLog } from './small-log.ts';

let folder: string;
let store: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-worklist-'));
  store = ['--store', join(folder, 'store')];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const exceptions = (...more: string[]) => runJson<Exceptions>('mine', 'exceptions', '--log', 'firm', ...store, ...more);

describe('mine exceptions', () => {
  test('a field that the next export fills in closes its exception, with both instants', async () => {
    const day = (taxId: string) =>
      run('import', writeCrmExport(join(folder, 'exports'), taxId), '--as', 'firm', ...store);
    expect(await day('')).toMatchObject({ code: 0 });
    const before = await exceptions('--rule', 'contract_tax_id');
    expect(before.rows).toEqual([
      {
        ...{ rule: 'contract_tax_id', anchor_type: 'opportunity', anchor_id: '006A', project: 'PRJ-1' },
        ...{ region: 'EMEA', legal_entity: 'Acme GmbH', service_line: 'Cloud', severity: 'high', owner: 'Deal Desk' },
        ...{ opened_at: '2024-03-20T09:00:00.000Z', closed_at: null },
        evidence: [
          { text: 'contract 800A has no tax id', object: { type: 'contract', id: '800A' } },
          { text: 'Deal won at 2024-03-20T09:00:00.000Z by E1', event_no: expect.any(Number) as number }
        ]
      }
    ]);
    const from = new Date().toISOString();
    expect(await day('DE1')).toMatchObject({ code: 0 });
    const after = await exceptions('--rule', 'contract_tax_id');
    expect(after.rows).toMatchObject([{ opened_at: '2024-03-20T09:00:00.000Z' }]);
    const closed = after.rows[0]?.closed_at ?? '';
    expect(closed >= from && closed <= new Date().toISOString()).toBe(true);
    expect(await exceptions('--rule', 'contract_tax_id', '--state', 'open')).toMatchObject({ total: 0, rows: [] });
    const count = after.counts.find(({ rule }) => rule === 'contract_tax_id');
    expect(count).toMatchObject({ open: 0, closed: 1 });
  }, 60_000);

  test('is read as text, and refuses what makes no sense', async () => {
    const text = await run('mine', 'exceptions', '--log', 'firm', '--project', 'PRJ-1', ...store);
    expect(text.stdout).toContain('contract has tax id at deal validation');
    expect(await run('mine', 'exceptions', '--log', 'firm', '--state', 'ajar', ...store)).toMatchObject({ code: 2 });
    expect(await run('mine', 'exceptions', '--log', 'nowhere', ...store)).toMatchObject({ code: 2 });
  }, 60_000);
});

describe('mine stalled', () => {
  test('lists what rests: here a project whose initiation takes longer than twice its goal', async () => {
    const found = await runJson<Stalled>('mine', 'stalled', '--log', 'firm', ...store);
    // Project created on 21 March; nobody's hours are known, so 3 days of 24 h are the goal and 6 the limit.
    expect(found).toMatchObject({ open: 1, total: 1, source_stale: [] });
    expect(found.rows).toMatchObject([
      {
        ...{ project: 'PRJ-1', stage: 'project_initiation', since: '2024-03-21T09:00:00.000Z', compared_with: 'goal' },
        ...{ limit_ms: 6 * 24 * 3_600_000, blocking: { kind: 'nothing_open' } }
      }
    ]);
  }, 60_000);

  test('a log of no firm is told what is missing', async () => {
    await run('import', writeSmallLog(folder), '--as', 'plain', ...COLUMNS, ...store);
    const refused = await run('mine', 'stalled', '--log', 'plain', ...store);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('setup');
  }, 60_000);
});
