import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { approvalLatency, approvalSteps } from '#mining/approval-latency.ts';
import { loadStaged } from '#models/log/load.ts';
import { ensureDefaultViews } from '#models/views/catalogue.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import type { WrittenRecord } from '../models/log/record-fixture.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';
import { writeStaged } from '../staged-files.ts';
import { openFixture, type Fixture } from './fixture.ts';
import { employee, functions, office } from './office.ts';

let fixture: Fixture;
const HOUR = 3_600_000;
const NOW = '2024-03-12T12:00:00Z';

interface Act {
  approval: string;
  activity: string;
  at: string;
  resource?: string;
  step?: string;
  round?: number;
  approver?: string;
}

/** Events of approvals, whose attributes the records of `thing` cannot write. */
async function loadActs(acts: readonly Act[], log = 'firm'): Promise<void> {
  const folder = join(fixture.store.staging, 'acts');
  await writeStaged(fixture.store, folder, {
    event: acts.map(({ activity, at: happened_at, resource, step, round, approver }, position) => ({
      ...{ position, source_ref: `act ${position}`, activity, happened_at, precision: 'instant', resource },
      attributes: JSON.stringify({ step, round, approver })
    })),
    event_object: acts.map(({ approval }, position) => ({
      ...{ position, object_type: 'approval', object_id: approval, qualifier: '' }
    })),
    object: [...new Set(acts.map(({ approval }) => approval))].map((object_id, position) => ({
      ...{ position, object_type: 'approval', object_id, attributes: JSON.stringify({ kind: 'change request' }) }
    }))
  });
  await loadStaged(
    fixture.store,
    {
      ...{ log, source: 'acts', file: 'acts.csv', folder },
      report: { format: 'csv', rowsIn: acts.length, countsObjects: false, mapping: null, findings: [] }
    },
    ensureDefaultViews
  );
}

const opened = (approval: string, step: string, when: string, approver: string, round = 1): Act => ({
  ...{ approval, activity: 'Approval step opened', at: when, step, round, approver }
});
const decided = (
  approval: string,
  step: string,
  when: string,
  resource: string,
  approver: string,
  round = 1,
  how = 'approved'
): Act => ({
  ...{ approval, activity: `Approval step ${how}`, at: when, resource, step, round, approver }
});
const submitted = (approval: string, when: string, round = 1): Act => ({
  ...{ approval, activity: round === 1 ? 'Approval requested' : 'Approval resubmitted', at: when, round }
});

beforeAll(async () => {
  fixture = await openFixture();
  await startFirm(fixture.store, 'firm', { functions, now: NOW });
  const link = (approval: string, change: string): WrittenRecord =>
    thing(`approval:${approval}`, [], [`for change_request:${change}`]);
  await load(fixture.store, 'firm', [
    office('BER', 'Europe/Berlin'),
    employee('a1', { department: 'Approvers', office: 'BER' }),
    employee('a2', { department: 'Approvers', office: 'BER' }),
    employee('gone', { department: 'Approvers', office: 'BER', to: '2024-03-10' }),
    thing('project:P1', [], [], { region: 'EMEA' }),
    thing('change_request:C1', [], ['part_of project:P1']),
    thing('change_request:C2', [], ['part_of project:P1']),
    link('A1', 'C1'),
    link('A2', 'C1'),
    link('A3', 'C2')
  ]);
  await loadActs([
    // Two steps, of 2 h and of 5 h, by a delegate; the round takes 7 h and a minute.
    submitted('A1', '2024-03-04T08:59:00Z'),
    opened('A1', 'manager', at(9, 4), 'a1'),
    decided('A1', 'manager', at(11, 4), 'a1', 'a1'),
    opened('A1', 'director', at(11, 4), 'a2'),
    decided('A1', 'director', at(16, 4), 'a1', 'a2'),
    // About the same change: rejected after 1 h, submitted anew, approved the day after: 25 h, of which 9 worked.
    submitted('A2', at(8, 5)),
    opened('A2', 'manager', at(8, 5), 'a1'),
    decided('A2', 'manager', at(9, 5), 'a1', 'a1', 1, 'rejected'),
    submitted('A2', at(10, 5), 2),
    opened('A2', 'manager', at(10, 5), 'a1', 2),
    decided('A2', 'manager', at(11, 6), 'a1', 'a1', 2),
    // Left open: asked of somebody who has left since; and one that was never decided, and then asked anew.
    submitted('A3', at(12, 8)),
    opened('A3', 'manager', at(12, 8), 'a2'),
    submitted('A3', at(13, 8), 2),
    opened('A3', 'manager', at(13, 8), 'gone', 2)
  ]);
});
afterAll(() => fixture.close());

const context = async (log = 'firm') => ({
  engine: fixture.store.engine,
  ledger: await freshLedger(fixture.store, log)
});

test('a step lasts from its opening to its decision, in the hours of the team that was asked', async () => {
  const { steps } = await approvalLatency(await context());
  // Manager: 2, 1 and 25 h by the clock; 2, 1 and 9 h worked. P90 of three is at 1.8: 2 + 0.8 × 23.
  // Open: from Friday 13 h to Tuesday 12 h. The one before it was asked anew.
  expect(steps).toEqual([
    {
      ...{ step: 'manager', n: 3, median_wall_ms: 2 * HOUR, p90_wall_ms: 20.4 * HOUR, median_business_ms: 2 * HOUR },
      open: { n: 1, median_age_ms: 95 * HOUR }
    },
    {
      ...{ step: 'director', n: 1, median_wall_ms: 5 * HOUR, p90_wall_ms: 5 * HOUR, median_business_ms: 5 * HOUR },
      open: { n: 0, median_age_ms: null }
    }
  ]);
});

test('a round lasts from its submission to its last decision, a subject from the first to the last of all', async () => {
  const { rounds, subjects } = await approvalLatency(await context());
  // Rounds: 7 h 1 min, 1 h, 25 h. The first of A3 was never decided, and is over.
  expect(rounds).toMatchObject({ n: 3, median_wall_ms: 7 * HOUR + 60_000, open: { n: 1, median_age_ms: 95 * HOUR } });
  // C1: Monday 8:59 to Wednesday 11 h. C2 since Friday 12 h.
  expect(subjects).toMatchObject({
    n: 1,
    median_wall_ms: 50 * HOUR + 60_000,
    open: { n: 1, median_age_ms: 96 * HOUR }
  });
});

test('a subject is open while one of its approvals is, whichever was asked for last', async () => {
  await startFirm(fixture.store, 'both', { functions, now: NOW });
  await load(fixture.store, 'both', [
    thing('project:P1', [], [], { region: 'EMEA' }),
    thing('change_request:C1', [], ['part_of project:P1']),
    ...['A1', 'A2'].map((id) => thing(`approval:${id}`, [], ['for change_request:C1']))
  ]);
  await loadActs(
    [
      submitted('A1', at(12, 8)),
      opened('A1', 'manager', at(12, 8), 'a1'),
      submitted('A2', at(13, 8)),
      opened('A2', 'manager', at(13, 8), 'a2'),
      decided('A2', 'manager', at(14, 8), 'a2', 'a2')
    ],
    'both'
  );
  // Since Friday 12 h, and not decided on Friday 14 h.
  const { subjects } = await approvalLatency(await context('both'));
  expect(subjects).toMatchObject({ n: 0, median_wall_ms: null, open: { n: 1, median_age_ms: 96 * HOUR } });
});

test('what is open says of whom it is asked, and whether they are still there', async () => {
  const { open } = await approvalLatency(await context());
  expect(open).toEqual([
    {
      ...{ approval: 'A3', kind: 'change request', project: 'P1', step: 'manager', approver: 'gone' },
      ...{ approver_name: 'Name of gone', since: '2024-03-08T13:00:00.000Z', age_ms: 95 * HOUR },
      // Friday 13 to 16 h, Monday 8 h, Tuesday 8 to 12 h.
      ...{ age_business_ms: 15 * HOUR, approver_left: true }
    }
  ]);
});

test('latencies belong to the period of their decision', async () => {
  const { steps, rounds } = await approvalLatency(await context(), {
    from: '2024-03-05T00:00:00Z',
    to: '2024-03-06T00:00:00Z'
  });
  expect(steps).toMatchObject([{ step: 'manager', n: 1, median_wall_ms: HOUR, open: { n: 1 } }]);
  expect(rounds).toMatchObject({ n: 1, open: { n: 1 } });
  expect((await approvalLatency(await context(), { region: 'APAC' })).steps).toEqual([]);
});

test('the steps behind it, the longest first', async () => {
  const { total, rows } = await approvalSteps(await context(), { approver: 'a2' });
  expect(total).toBe(2);
  expect(rows).toMatchObject([
    { approval: 'A3', round: 1, is_open: false, decided_at: null, decision: null },
    { approval: 'A1', step: 'director', decided_by: 'a1', decision: 'approved', wall_ms: 5 * HOUR }
  ]);
});
