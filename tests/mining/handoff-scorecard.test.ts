import { afterAll, beforeAll, expect, test } from 'vitest';
import { handoffList } from '#mining/handoff-list.ts';
import { handoffScorecard, type ScorecardOptions } from '#mining/handoff-scorecard.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';
import { openFixture, type Fixture } from './fixture.ts';
import { employee, functions, office } from './office.ts';

let fixture: Fixture;
const HOUR = 3_600_000;
const NOW = '2024-03-20T12:00:00Z';

const project = (id: string, legal_entity: string, currency: string) =>
  thing(`project:${id}`, [], [], { legal_entity, currency, region: 'EMEA', service_line: 'Cloud' });
const milestone = (id: string, of: string, from: [number, number], to?: [number, number]) =>
  thing(
    `milestone:${id}`,
    [
      ['Evidence submitted', at(...from), { resource: 'd1' }],
      ...(to ? [['Invoice posted', at(...to), { resource: 'f1' }] as [string, string, { resource: string }]] : [])
    ],
    [`part_of project:${of}`],
    { amount: 100 }
  );

beforeAll(async () => {
  fixture = await openFixture();
  await startFirm(fixture.store, 'firm', { functions, now: NOW });
  await load(fixture.store, 'firm', [
    office('BER', 'Europe/Berlin'),
    employee('f1', { department: 'Finance', office: 'BER' }),
    employee('d1', { department: 'Delivery', office: 'BER' }),
    project('P1', 'GmbH', 'EUR'),
    project('P2', 'Inc', 'USD'),
    // Working hours (8 to 16 h UTC): 2, 3, 4 in the first week; 6, and 25 over the goal of 24, in the second; two open.
    milestone('M1', 'P1', [9, 4], [11, 4]),
    milestone('M2', 'P1', [9, 5], [12, 5]),
    milestone('M3', 'P2', [9, 6], [13, 6]),
    milestone('M4', 'P1', [9, 11], [15, 11]),
    milestone('M5', 'P2', [8, 11], [9, 14]),
    milestone('M6', 'P1', [8, 19]),
    milestone('M7', 'P2', [8, 20])
  ]);
  await startFirm(fixture.store, 'nowhere', { functions, now: NOW });
  await load(fixture.store, 'nowhere', [
    office('BER', 'Europe/Berlin'),
    employee('f1', { department: 'Finance', office: 'BER' }),
    employee('d1', { department: 'Delivery', office: 'BER' }),
    project('P1', 'GmbH', 'EUR'),
    thing('project:P2', [], [], { legal_entity: ' ', currency: 'EUR' }),
    milestone('M1', 'P1', [9, 4], [11, 4]),
    // Of a project whose entity is blank, and of none at all.
    milestone('M2', 'P2', [9, 5], [12, 5]),
    milestone('M3', 'P9', [9, 6], [13, 6]),
    milestone('M4', 'P9', [9, 19]),
    // Three people are asked for at once; the project has one amount to bill next.
    ...['R1', 'R2', 'R3'].map((id) =>
      thing(`resource_request:${id}`, [['Resources requested', at(8, 19), { resource: 'd1' }]], ['part_of project:P1'])
    ),
    thing('resource_request:R4', [['Resources requested', at(8, 19), { resource: 'd1' }]], ['part_of project:P2'])
  ]);
});
afterAll(() => fixture.close());

const score = async (options?: ScorecardOptions, log = 'firm') => {
  const ledger = await freshLedger(fixture.store, log);
  return handoffScorecard({ engine: fixture.store.engine, ledger }, options);
};
const invoices = async (options?: ScorecardOptions) =>
  (await score(options)).handoffs.find(({ id }) => id === 'milestone_to_invoice');

test('over all time: medians and P90 by linear interpolation, goals, and what is open beside', async () => {
  // 2, 3, 4, 6, 25 h: the median is the third, P90 at 3.6 between the fourth and the fifth: 6 + 0.6 × 19.
  // Open: 8 + 4 h and 4 h.
  expect(await invoices()).toMatchObject({
    ...{
      from_function: 'Delivery',
      to_function: 'Finance Operations',
      n: 5,
      goal_ms: 24 * HOUR,
      goal_is_business: true
    },
    business: { median_ms: 4 * HOUR, p90_ms: 62_640_000 },
    wall: { median_ms: 4 * HOUR, p90_ms: 46.2 * HOUR },
    ...{ receiver_ms_total: 88 * HOUR, sender_ms_total: 0 },
    first_time_right: { share: 1, n: 5 },
    within_goal: { share: 0.8, n: 5 },
    trend: null,
    series: [{ month: '2024-03', median_ms: 4 * HOUR, n: 5 }],
    open: {
      n: 2,
      median_age_business_ms: 8 * HOUR,
      money: [
        { currency: 'EUR', amount: 100 },
        { currency: 'USD', amount: 100 }
      ]
    }
  });
});

test('of a period: what was picked up in it, with the median of the week before', async () => {
  const period = { from: '2024-03-11T00:00:00Z', to: '2024-03-18T00:00:00Z' };
  const { previous } = await score(period);
  expect(previous).toEqual({ from: '2024-03-04T00:00:00.000Z', to: '2024-03-11T00:00:00.000Z' });
  expect(await invoices(period)).toMatchObject({
    n: 2,
    business: { median_ms: 15.5 * HOUR },
    trend: { median_ms_previous: 3 * HOUR, n_previous: 3 },
    // Whatever the period.
    open: { n: 2 }
  });
});

test('cut by a segment, each value has its own figures; narrowed to one, the rest is not there', async () => {
  expect((await invoices({ segment: 'legal_entity' }))?.segments).toMatchObject([
    { value: 'GmbH', n: 3, business: { median_ms: 3 * HOUR }, within_goal: { share: 1, n: 3 }, open: { n: 1 } },
    { value: 'Inc', n: 2, business: { median_ms: 14.5 * HOUR }, within_goal: { share: 0.5, n: 2 }, open: { n: 1 } }
  ]);
  expect(await invoices({ legal_entity: 'Inc' })).toMatchObject({ n: 2, open: { n: 1 } });
});

test('a handoff that never happened has no ratio and no median', async () => {
  const { handoffs } = await score();
  expect(handoffs).toHaveLength(9);
  expect(handoffs[0]).toMatchObject({
    ...{ id: 'sales_to_delivery', n: 0, business: null, wall: null, first_time_right: null, within_goal: null },
    ...{ trend: null, series: [], open: { n: 0, median_age_business_ms: null, money: [] } }
  });
});

test('the list behind it: filtered, ordered and paged', async () => {
  const context = { engine: fixture.store.engine, ledger: await freshLedger(fixture.store, 'firm') };
  const ids = async (options: Parameters<typeof handoffList>[1]) =>
    (await handoffList(context, options)).rows.map(({ anchor_id }) => anchor_id);
  expect(await ids({ order: 'age' })).toEqual(['M5', 'M6', 'M4', 'M3', 'M7', 'M2', 'M1']);
  expect(await ids({ status: 'open', order: 'age' })).toEqual(['M6', 'M7']);
  expect(await ids({ legal_entity: 'Inc', order: 'latency' })).toEqual(['M5', 'M3', 'M7']);
  // No rate is known: dollars have no worth in euros.
  expect(await ids({ order: 'money', status: 'done' })).toEqual(['M1', 'M2', 'M4', 'M3', 'M5']);
  expect(await ids({ project: 'P1', limit: 1, offset: 1, order: 'latency' })).toEqual(['M4']);
  expect((await handoffList(context, { project: 'P1', limit: 1 })).total).toBe(4);
  expect((await handoffList(context, { handoff: 'closure_to_cs' })).rows).toEqual([]);
});

test('what says no entity, and what has no project, is cut and found as unknown', async () => {
  const { handoffs } = await score({ segment: 'legal_entity' }, 'nowhere');
  const cut = handoffs.find(({ id }) => id === 'milestone_to_invoice')?.segments;
  expect(cut?.map(({ value, n, open }) => [value, n, open.n])).toEqual([
    ['GmbH', 1, 0],
    ['unknown', 2, 1]
  ]);
  const context = { engine: fixture.store.engine, ledger: await freshLedger(fixture.store, 'nowhere') };
  const unknown = { handoff: 'milestone_to_invoice', legal_entity: 'unknown' };
  const ids = async (status: 'done' | 'open') =>
    (await handoffList(context, { ...unknown, status })).rows.map(({ anchor_id }) => anchor_id).sort();
  expect([await ids('done'), await ids('open')]).toEqual([['M2', 'M3'], ['M4']]);
});

test('several that wait for what a project bills next hold it up once', async () => {
  const { handoffs } = await score({}, 'nowhere');
  // M1 and M2 are what the two projects bill next: 100 each, and not 400.
  expect(handoffs.find(({ id }) => id === 'delivery_to_staffing')?.open).toMatchObject({
    n: 4,
    money: [{ currency: 'EUR', amount: 200 }]
  });
});
