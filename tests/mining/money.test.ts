import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bottlenecks } from '#mining/bottlenecks.ts';
import { dealToCash, projectWays } from '#mining/deal-to-cash.ts';
import { exchange } from '#mining/exchange.ts';
import { thingsToFix } from '#mining/things-to-fix.ts';
import { freshDealToCash } from '#models/views/deal-to-cash.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';
import { openFixture, type Fixture } from './fixture.ts';
import { employee, functions, roundTheClock } from './office.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const context = async (log: string) => {
  const ledger = await freshLedger(fixture.store, log);
  return { engine: fixture.store.engine, ledger, tables: await freshDealToCash(fixture.store, ledger) };
};
/** Everybody works round the clock, so that business time is the clock's, and a working day has 24 hours. */
const people = [
  roundTheClock('ALL'),
  employee('f1', { department: 'Finance', office: 'ALL' }),
  employee('d1', { department: 'Delivery', office: 'ALL' }),
  employee('o1', { department: 'Operations', office: 'ALL' }),
  employee('b1', { department: 'Buying', office: 'ALL' })
];
const rate = (month: string, from: string, to: string, value: number) =>
  thing(`fx_rate:${month}/${from}/${to}`, [], [], { rate: value });
const by = (resource: string) => ({ resource });

describe('deal to cash', () => {
  const deal = (id: string, amount: number, currency: string) =>
    thing(
      `opportunity:${id}`,
      [
        ['Deal won', at(0, 1), by('d1')],
        ['Deal handed over', at(6, 1), by('d1')]
      ],
      [],
      { amount, currency }
    );
  beforeAll(async () => {
    await startFirm(fixture.store, 'cash', { functions, now: '2024-04-15T12:00:00Z' });
    await load(fixture.store, 'cash', [
      ...people,
      rate('2024-02', 'USD', 'EUR', 0.7),
      rate('2024-03', 'USD', 'EUR', 0.5),
      // The month that still runs.
      rate('2024-04', 'USD', 'EUR', 0.9),
      deal('O1', 300, 'EUR'),
      deal('O2', 200, 'USD'),
      deal('O3', 999, 'EUR'),
      // A later deal of the first project, and one of it that was lost: neither weighs.
      thing('opportunity:O0', [['Deal won', at(0, 12), by('d1')]], [], { amount: 5000, currency: 'USD' }),
      thing('opportunity:O00', [['Deal lost', at(0, 1), by('d1')]], [], { amount: 7000, currency: 'USD' }),
      // No month.
      rate('2024-13', 'USD', 'EUR', 9),
      // 1 March: won 0 h, handed over 6 h, created 12 h; 2 March: people asked for; paid on the 11th.
      thing(
        'project:P1',
        [
          ['Project created', at(12, 1), by('o1')],
          ['Resources requested', at(0, 2), by('o1')],
          ['Staffing confirmed', at(0, 4), by('o1')]
        ],
        ['for opportunity:O1', 'for opportunity:O0', 'for opportunity:O00'],
        { currency: 'EUR', region: 'EMEA' }
      ),
      thing(
        'erp_project:E1',
        [
          ['Financial set-up started', at(0, 5), by('f1')],
          ['Financial set-up completed', at(0, 6), by('f1')]
        ],
        ['same_as project:P1']
      ),
      thing(
        'invoice:I1',
        [
          ['Invoice posted', at(0, 8), by('f1')],
          ['Invoice sent', at(12, 8), by('f1')]
        ],
        ['part_of erp_project:E1'],
        { amount: 50, currency: 'EUR' }
      ),
      thing('payment:Z1', [['Part payment received', at(0, 11), { also: ['invoice:I1'] }]], ['for invoice:I1'], {
        amount: 20
      }),
      // Its milestone waits for an invoice over all that, later released and so before the others while it lasts.
      thing(
        'milestone:M1',
        [
          ['Evidence submitted', at(0, 7), by('d1')],
          ['Invoice posted', at(0, 8), by('f1')]
        ],
        ['part_of project:P1'],
        { amount: 50 }
      ),
      // Paid after two days; nothing but its deal is known.
      thing('project:P2', [['Project created', at(12, 1), by('o1')]], ['for opportunity:O2'], {
        currency: 'USD',
        region: 'APAC'
      }),
      thing('invoice:I2', [], ['part_of erp_project:E2'], { amount: 10, currency: 'USD' }),
      thing('erp_project:E2', [], ['same_as project:P2']),
      thing('payment:Z2', [['Invoice paid', at(0, 3), { also: ['invoice:I2'] }]], ['for invoice:I2'], { amount: 10 }),
      thing('project:P3', [['Project created', at(12, 1), by('o1')]], ['for opportunity:O3'], {
        currency: 'EUR',
        region: 'EMEA'
      })
    ]);
  });

  test('each moment belongs to what began last, a handoff before its stage, and the parts sum to the whole', async () => {
    const { rows } = await projectWays(await context('cash'));
    const first = rows.find(({ project }) => project === 'P1');
    expect(first?.ms).toBe(10 * DAY);
    const parts = Object.fromEntries(first?.parts.map(({ id, ms }) => [id, ms / HOUR]) ?? []);
    expect(parts).toEqual({
      deal_validation: 6,
      sales_to_delivery: 6,
      project_initiation: 12,
      staffing_confirmation: 48,
      staffing_to_finance_setup: 24,
      financial_setup: 24,
      // The 6th, and from the invoice that was posted to the one that was sent.
      delivery_execution: 36,
      milestone_to_invoice: 24,
      invoice_to_cash: 60
    });
    for (const { ms, parts: all } of rows) expect(all.reduce((sum, part) => sum + part.ms, 0)).toBe(ms);
  });

  test('the mean is weighted by the deals’ worth at the rates of the last month that has ended', async () => {
    const result = await dealToCash(await context('cash'));
    // 300 EUR took 10 days, 200 USD at 0.5 two: (300 × 10 + 100 × 2) / 400.
    expect(result).toMatchObject({
      ...{ n: 2, weight_currency: 'EUR', rate_date: '2024-03-31', total_days: 8 },
      excluded: { no_payment: 1, no_amount: 0, without_rate: [] }
    });
    expect(result.parts.reduce((sum, { days }) => sum + days, 0)).toBeCloseTo(8, 10);
    expect(result.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(result.parts.find(({ id }) => id === 'invoice_to_cash')).toMatchObject({
      ...{ kind: 'handoff', name: 'Invoice to cash', cases: 1, money_weight: 300, days: (300 * 2.5) / 400 }
    });
    expect(result.parts.slice(0, 3).map(({ id }) => id)).toEqual([
      'deal_validation',
      'sales_to_delivery',
      'project_initiation'
    ]);
  });

  test('projects count in the period of their first payment', async () => {
    const result = await dealToCash(await context('cash'), { to: '2024-03-04T00:00:00Z' });
    // The rates of January are not known, so dollars cannot be weighed.
    expect(result).toMatchObject({ n: 1, total_days: 2, rate_date: '2024-02-29', excluded: { no_payment: 1 } });
    const before = await dealToCash(await context('cash'), { to: '2024-02-01T00:00:00Z' });
    expect(before).toMatchObject({ n: 0, total_days: null, excluded: { without_rate: [] } });
    expect(
      (await projectWays(await context('cash'), { part: 'invoice_to_cash' })).rows.map(({ project }) => project)
    ).toEqual(['P1']);
    expect((await dealToCash(await context('cash'), { region: 'AMER' })).total_days).toBeNull();
  });

  test('the currency is the one that most projects have; the opposite rate does too', async () => {
    const { engine, ledger } = await context('cash');
    const factors = async (at_: string) => {
      const { factors: relation, ...told } = await exchange(engine, ledger.firm, at_);
      return { ...told, rates: await engine.query(relation) };
    };
    expect(await factors('2024-03-30T00:00:00Z')).toMatchObject({ currency: 'EUR', rate_date: '2024-02-29' });
    expect(await factors('2024-03-31T00:00:00Z')).toEqual({
      ...{ currency: 'EUR', rate_date: '2024-03-31' },
      rates: [
        { currency: 'EUR', factor: 1 },
        { currency: 'USD', factor: 0.5 }
      ]
    });
    expect(await factors('2024-01-01T00:00:00Z')).toMatchObject({ rate_date: null, rates: [{ currency: 'EUR' }] });
    const dollars = {
      ...ledger.firm,
      setup: { ...ledger.firm.setup, money: { cost_of_capital: 0.08, currency: 'USD' } }
    };
    const { factors: relation } = await exchange(engine, dollars, '2024-03-31T00:00:00Z');
    expect(await engine.query(relation)).toEqual([
      { currency: 'USD', factor: 1 },
      { currency: 'EUR', factor: 2 }
    ]);
  });
});

describe('what waiting costs', () => {
  const project = (id: string, region: string, legal_entity: string, currency: string) =>
    thing(`project:${id}`, [], [], { region, legal_entity, currency, service_line: 'Cloud' });
  const milestone = (id: string, of: string, days: number, amount = 1000) =>
    thing(
      `milestone:${id}`,
      [
        ['Evidence submitted', at(0, 1), by('d1')],
        ['Invoice posted', at(days * 24, 1), by('f1')]
      ],
      [`part_of project:${of}`],
      { amount }
    );
  const purchase = (id: string, of: string, from: number, to: number) =>
    thing(
      `purchase_request:${id}`,
      [
        ['Purchase requested', at(0, from), by('d1')],
        ['Purchase picked up', at(0, to), by('b1')]
      ],
      [`for project:${of}`]
    );
  beforeAll(async () => {
    await startFirm(fixture.store, 'cost', {
      functions,
      now: '2024-03-31T12:00:00Z',
      money: { cost_of_capital: 0.365 }
    });
    await load(fixture.store, 'cost', [
      ...people,
      rate('2024-02', 'EUR', 'USD', 2),
      rate('2024-03', 'EUR', 'USD', 2),
      project('P1', 'EMEA', 'GmbH', 'EUR'),
      project('P2', 'APAC', 'GmbH', 'EUR'),
      project('P3', 'APAC', 'Inc', 'USD'),
      // The goal is 3 days of 24 h: EMEA is late by 7 days, the others by none and by one.
      milestone('M1', 'P1', 10),
      milestone('M2', 'P2', 2),
      milestone('M3', 'P3', 4),
      // The goal is 2 days. Three at once, and one after them, hold up the project's one milestone: 1000.
      purchase('R1', 'P1', 10, 16),
      purchase('R2', 'P1', 10, 14),
      purchase('R3', 'P1', 11, 17),
      purchase('R4', 'P1', 20, 21),
      purchase('R5', 'P2', 10, 11)
    ]);
  });

  test('the places are ranked by what is late, each handoff by the value where it goes wrong most', async () => {
    const { rate: share, currency, rate_date, items } = await thingsToFix(await context('cost'));
    expect({ share, currency, rate_date }).toEqual({ share: 0.365, currency: 'EUR', rate_date: '2024-03-31' });
    // 1000 EUR for 7 days late of 10, at one thousandth a day.
    expect(items[0]).toMatchObject({
      ...{ handoff: 'milestone_to_invoice', segment: 'region', value: 'EMEA', n: 1, open: 0 },
      ...{ money_days: 10_000, late_money_days: 7000, carrying_cost: 7, whole_carrying_cost: 10 },
      ...{ business_days: 30, late_business_days: 21 }
    });
    // Late from the 12th, 12th and 13th up to the 16th, 14th and 17th: 5 days, of one amount; whole 10th to 17th and a day.
    expect(items[1]).toMatchObject({
      ...{
        handoff: 'delivery_to_procurement',
        value: 'EMEA',
        n: 4,
        money_days: 8000,
        late_money_days: 5000,
        carrying_cost: 5
      }
    });
    expect(items).toHaveLength(2);
    expect(items[0]?.sentence).toBe(
      'Milestone to invoice, EMEA: 1 handoff waited 30 business days, 21 of them beyond the goal'
    );
  });

  test('another rate makes another cost, and a period other waits', async () => {
    expect((await thingsToFix(await context('cost'), { rate: 0.0365 })).items[0]?.carrying_cost).toBe(0.7);
    const early = await thingsToFix(await context('cost'), { to: '2024-03-06T00:00:00Z' });
    // Dollars are worth half: 1000 USD one day late.
    expect(early.items).toMatchObject([
      { handoff: 'milestone_to_invoice', value: 'Inc', late_money_days: 500, carrying_cost: 0.5 }
    ]);
  });

  test('bottlenecks: by working time, and by the cost of the whole waits, with shares that sum to one', async () => {
    const { by_cost, by_waiting } = await bottlenecks(await context('cost'));
    // 10000 + 2000 + half of 4000, and 8000 + 1000.
    expect(by_cost.map(({ id, cost_of_delay, share }) => [id, cost_of_delay?.amount, share])).toEqual([
      ['milestone_to_invoice', 14, 14 / 23],
      ['delivery_to_procurement', 9, 9 / 23]
    ]);
    const handoffs = by_waiting.filter(({ kind }) => kind === 'handoff');
    expect(handoffs.map(({ id, n, business_ms_total }) => [id, n, business_ms_total / DAY])).toEqual([
      ['delivery_to_procurement', 5, 18],
      ['milestone_to_invoice', 3, 16]
    ]);
    const places = await bottlenecks(await context('cost'), { segment: 'region', legal_entity: 'GmbH' });
    expect(places.by_cost.map(({ id, value, cost_of_delay }) => [id, value, cost_of_delay?.amount])).toEqual([
      ['milestone_to_invoice', 'EMEA', 10],
      ['delivery_to_procurement', 'EMEA', 8],
      ['milestone_to_invoice', 'APAC', 2],
      ['delivery_to_procurement', 'APAC', 1]
    ]);
  });
});

describe('amounts of which nobody knows the worth', () => {
  const project = (id: string, currency: string | undefined, amount: number) => [
    thing(
      `opportunity:O${id}`,
      [['Deal won', at(0, 1), by('d1')]],
      [],
      currency === undefined ? { amount } : { amount, currency }
    ),
    thing(`project:${id}`, [['Project created', at(0, 2), by('o1')]], [`for opportunity:O${id}`], {
      region: `of ${id}`,
      ...(currency !== undefined && { currency })
    }),
    thing(
      `milestone:M${id}`,
      [
        ['Evidence submitted', at(0, 1), by('d1')],
        ['Invoice posted', at(0, 11), by('f1')]
      ],
      [`part_of project:${id}`],
      { amount }
    ),
    thing(`erp_project:E${id}`, [], [`same_as project:${id}`]),
    thing(`invoice:I${id}`, [], [`part_of erp_project:E${id}`], { amount }),
    thing(`payment:Z${id}`, [['Invoice paid', at(0, 11), { also: [`invoice:I${id}`] }]], [`for invoice:I${id}`], {
      amount
    })
  ];
  beforeAll(async () => {
    await startFirm(fixture.store, 'odd', {
      functions,
      now: '2024-04-15T12:00:00Z',
      money: { currency: 'EUR', cost_of_capital: 0.365 }
    });
    await load(fixture.store, 'odd', [
      ...people,
      rate('2024-03', 'USD', 'EUR', 0.5),
      ...project('P1', 'EUR', 1000),
      ...project('P2', 'USD', 1000),
      ...project('P3', 'GBP', 700),
      ...project('P4', 'GBP', 70.5),
      ...project('P5', undefined, 50),
      ...project('P6', 'GBP', 0)
    ]);
  });
  const told = [
    { currency: 'GBP', n: 2, amount: 770.5 },
    { currency: null, n: 1, amount: 50 }
  ];

  test('are in no cost, and told by currency', async () => {
    const { by_cost, without_rate } = await bottlenecks(await context('odd'));
    // 1000 EUR, and 1000 USD at 0.5, for 10 days at a thousandth a day.
    expect(by_cost).toMatchObject([{ id: 'milestone_to_invoice', n: 6, cost_of_delay: { amount: 15 }, share: 1 }]);
    expect(without_rate).toEqual(told);
    const fix = await thingsToFix(await context('odd'));
    expect(fix.without_rate).toEqual(told);
    expect(fix.items).toMatchObject([{ value: 'of P1', n: 1, carrying_cost: 7 }]);
    expect((await thingsToFix(await context('odd'), { region: 'of P3' })).without_rate).toEqual([
      { currency: 'GBP', n: 1, amount: 700 }
    ]);
    expect((await bottlenecks(await context('odd'), { to: '2024-03-11T00:00:00Z' })).without_rate).toEqual([]);
  });

  test('weigh nothing in deal to cash, which says so, and are not behind its bars', async () => {
    const cash = await dealToCash(await context('odd'));
    expect(cash).toMatchObject({ n: 2, total_days: 10, excluded: { no_payment: 0, no_amount: 1, without_rate: told } });
    const { total, rows } = await projectWays(await context('odd'));
    expect([total, rows.map(({ project: id }) => id).sort()]).toEqual([2, ['P1', 'P2']]);
  });
});

describe('what a project that waits too long takes end to end', () => {
  /** Its milestone waits so many days of the goal of three, and it is closed on a day. */
  const project = (id: string, waits: number, closedOn: number | null, region = 'EMEA') => [
    thing(
      `project:${id}`,
      [
        ['Project created', at(0, 1), by('o1')],
        ...(closedOn === null ? [] : [['Project closed', at(0, closedOn), by('d1')] as [string, string, object]])
      ],
      [],
      { region, currency: 'EUR' }
    ),
    thing(
      `milestone:M${id}`,
      [
        ['Evidence submitted', at(0, 1), by('d1')],
        ['Invoice posted', at(waits * 24, 1), by('f1')]
      ],
      [`part_of project:${id}`],
      { amount: 100 }
    )
  ];
  const many = (n: number, make: (i: number) => ReturnType<typeof project>) =>
    Array.from({ length: n }, (_, i) => make(i)).flat();
  beforeAll(async () => {
    await startFirm(fixture.store, 'long', { functions, now: '2024-04-15T12:00:00Z' });
    await load(fixture.store, 'long', [
      ...people,
      // Of those in time each takes 10 days; of those that are late 15 take 20 days and 16 take 24.
      ...many(30, (i) => project(`A${i}`, 3, 11)),
      ...many(15, (i) => project(`B${i}`, 4, 21)),
      ...many(16, (i) => project(`C${i}`, 5, 25)),
      // Open ones have no cycle time yet, whatever they waited.
      ...many(40, (i) => project(`D${i}`, 9, null, 'APAC'))
    ]);
  });

  test('is the difference of the medians of closed projects, with the number of each', async () => {
    const of = async (options: Parameters<typeof bottlenecks>[1] = {}) =>
      (await bottlenecks(await context('long'), options)).by_waiting.filter(({ id }) => id === 'milestone_to_invoice');
    expect(await of()).toMatchObject([
      {
        n: 101,
        end_to_end: {
          late: { n: 31, median_ms: 24 * DAY },
          in_goal: { n: 30, median_ms: 10 * DAY },
          longer_ms: 14 * DAY
        }
      }
    ]);
    // With fewer than 30 of either nothing is said: those picked up by the 5th are 15 late ones.
    expect(await of({ to: '2024-03-05T12:00:00Z' })).toMatchObject([{ end_to_end: null }]);
    expect((await of({ segment: 'region' })).map(({ value, end_to_end }) => [value, end_to_end?.late.n])).toEqual([
      ['APAC', undefined],
      ['EMEA', 31]
    ]);
  });
});
