import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stalledProjects, type Stalled, type StalledOptions } from '#mining/stalled.ts';
import { setBaseline } from '#models/log/baseline.ts';
import { setNow } from '#models/log/catalogue.ts';
import { freshFirm } from '#models/views/firm.ts';
import type { WrittenRecord } from '../models/log/record-fixture.ts';
import { load, startFirm, thing } from '../models/views/firm.ts';
import { openFixture, type Fixture } from './fixture.ts';
import { employee, functions, office, roundTheClock } from './office.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const HOUR = 3_600_000;
/** So many hours after the begin of March 2024. */
const hour = (hours: number): string => new Date(Date.UTC(2024, 2, 1) + hours * HOUR).toISOString();
const march = (day: number, hours: number): string => hour((day - 1) * 24 + hours);

type Events = NonNullable<Parameters<typeof thing>[1]>;
const project = (id: string, events: Events, attributes: Record<string, unknown> = {}, links: string[] = []) =>
  thing(`project:${id}`, events, links, { region: 'EMEA', legal_entity: 'GmbH', ...attributes });
const people = [
  roundTheClock('BER'),
  employee('s1', { department: 'Staffing', office: 'BER' }),
  employee('d1', { department: 'Delivery', office: 'BER' }),
  employee('f1', { department: 'Finance', office: 'BER' }),
  employee('o1', { department: 'Operations', office: 'BER' })
];

async function firm(log: string, records: WrittenRecord[], now: string, staff = people): Promise<void> {
  await startFirm(fixture.store, log, { functions, now });
  await load(fixture.store, log, [...staff, ...records]);
}
const stalled = async (log: string, options?: StalledOptions): Promise<Stalled> =>
  stalledProjects(fixture.store, await freshFirm(fixture.store, log), new Date(), options);
/** Each project on the list with how long it rests and the limit, in hours. */
const listed = async (log: string): Promise<string[]> =>
  (await stalled(log)).rows
    .map(({ project, business_ms, limit_ms }) => `${project}: ${business_ms / HOUR} > ${limit_ms / HOUR}`)
    .sort();

/** Forty projects that asked for people at an hour and got them 1 … 40 hours later, plus `more`; then closed. */
const staffed = (name: string, begin: number, more = 0): WrittenRecord[] =>
  Array.from({ length: 40 }, (_, i) =>
    project(`${name}${i + 1}`, [
      ['Resources requested', hour(begin)],
      ['Staffing started', hour(begin + i + 1 + more), { resource: 's1' }],
      ['Project closed', hour(begin + i + 1 + more)]
    ])
  );
/** One that asked for people so many hours before now, and waits. */
const asking = (id: string, now: number, hours: number, attributes = {}): WrittenRecord =>
  project(id, [['Resources requested', hour(now - hours)]], attributes);

describe('the list of stalled projects', () => {
  const now = 1_000;
  beforeAll(async () => {
    const open = [37, 38, 38.5, 39.5, 41].map((hours) => asking(`rests-${hours}`, now, hours));
    await firm('waits', [...staffed('A', 0), ...staffed('B', 500, 4), ...open], hour(now));
    await setBaseline(fixture.store, 'waits', { from: new Date(hour(0)), to: new Date(hour(400)) });
  });

  test('has those that rest longer than the P95 of such waits in the baseline; as long is not longer', async () => {
    // Of 40 waits of 1 … 40 hours 5 % last longer than 38; 95 % of those met at a moment are younger than 31.4 h.
    expect(await listed('waits')).toEqual(['rests-38.5: 38.5 > 38', 'rests-39.5: 39.5 > 38', 'rests-41: 41 > 38']);
    const { rows, open, total, baseline, source_stale } = await stalled('waits');
    expect({ open, total, source_stale }).toEqual({ open: 5, total: 3, source_stale: [] });
    expect(baseline).toEqual({ from: hour(0), to: hour(400), chosen: true });
    expect(rows[0]).toMatchObject({
      ...{ project: 'rests-41', stage: 'staffing_confirmation', stage_name: 'Staffing confirmation' },
      ...{ since: hour(now - 41), last_progress: 'Resources requested', entered_at: hour(now) },
      ...{ business_ms: 41 * HOUR, usual_p95_ms: 38 * HOUR, limit_ms: 38 * HOUR, compared_with: 'activity' },
      ...{ owner: 'Resource Management', holder_team: 'Staffing BER', region: 'EMEA', legal_entity: 'GmbH' },
      blocking: { kind: 'nothing_open', text: 'nothing is open around it: ask Staffing BER' },
      action: { kind: 'ask', text: 'ask Staffing BER what it waits for' },
      ...{ money: null, currency: null }
    });
  });

  test('pages, and keeps to where projects belong', async () => {
    expect((await stalled('waits', { limit: 1, offset: 1 })).rows.map((row) => row.project)).toEqual(['rests-39.5']);
    expect((await stalled('waits', { region: 'APAC' })).total).toBe(0);
    expect((await stalled('waits', { region: 'EMEA', legal_entity: 'GmbH' })).total).toBe(3);
  });

  test('keeps who is on it down to the P90, whatever the baseline becomes, and no further', async () => {
    // The second forty waited 5 … 44 hours: P95 42, P90 40.
    await setBaseline(fixture.store, 'waits', { from: new Date(hour(500)), to: new Date(hour(900)) });
    expect(await listed('waits')).toEqual(['rests-41: 41 > 42']);
    expect((await stalled('waits')).rows[0]?.entered_at).toBe(hour(now));
    // Where nobody was on the list before, 41 hours are not enough.
    const fresh = asking('other', now, 41);
    await firm('never listed', [...staffed('B', 500, 4), fresh], hour(now));
    await setBaseline(fixture.store, 'never listed', { from: new Date(hour(500)), to: new Date(hour(900)) });
    expect(await listed('never listed')).toEqual([]);
  });

  test('knows no more of a baseline that reaches beyond now than what is known now', async () => {
    // 40 ended after 1 … 40 hours, four still run, after 5, 6, 7 and 41 of them. Below 8 hours S comes to 0.839, and 34
    // are left: S(t) = 0.839 · (41 − t)/34 is at most 5 % at 39. Counted on to the end that was chosen, all four would
    // be at risk all along, and S(40) = 4/44.
    const running = [5, 6, 7, 41].map((hours) => asking(`rests-${hours}`, 50, hours));
    await firm('beyond', [...staffed('A', 0), ...running], hour(50));
    await setBaseline(fixture.store, 'beyond', { from: new Date(hour(0)), to: new Date(hour(5_000)) });
    expect(await listed('beyond')).toEqual(['rests-41: 41 > 39']);
  });

  test('is left with the next sign of progress', async () => {
    await setBaseline(fixture.store, 'waits', { from: new Date(hour(0)), to: new Date(hour(400)) });
    await load(fixture.store, 'waits', [
      thing(
        'resource_request:R',
        [['Staffing started', hour(now - 1), { resource: 's1' }]],
        ['part_of project:rests-41']
      )
    ]);
    expect(await listed('waits')).toEqual(['rests-38.5: 38.5 > 38', 'rests-39.5: 39.5 > 38']);
  });

  test('follows now: what comes later is not known, and who was not on it then is not', async () => {
    await setNow(fixture.store, 'waits', new Date(hour(now - 2)));
    expect(await listed('waits')).toEqual(['rests-41: 39 > 38']);
    await setNow(fixture.store, 'waits', new Date(hour(now)));
  });

  test('is, without a choice, judged by the first year, or the first half of a log of less than two', async () => {
    await setBaseline(fixture.store, 'waits', null);
    expect((await stalled('waits')).baseline).toEqual({ from: hour(0), to: hour(now / 2), chosen: false });
    await setNow(fixture.store, 'waits', new Date(hour(24 * 365 * 4)));
    expect((await stalled('waits')).baseline).toEqual({ from: hour(0), to: hour(24 * 365), chosen: false });
    await setNow(fixture.store, 'waits', new Date(hour(now)));
    await expect(
      setBaseline(fixture.store, 'waits', { from: new Date(hour(2)), to: new Date(hour(1)) })
    ).rejects.toThrow('ends before it begins');
  });
});

describe('waits that still run', () => {
  test('at the end of the baseline count as running, not as ended and not as nothing', async () => {
    // 30 waits ended after 1 … 30 hours; 60 still ran after 20 hours when the baseline ended at hour 50, and on to 370.
    // S(20) = 70/90, then the 60 leave, and 10 are at risk: S(t) = 7/9 · (30 − t)/10 is at most 5 % at 30 only.
    // Left out they would make it 29 ((30 − t)/30), taken for ended 26 ((30 − t)/90).
    const staffedAfter = (id: string, begin: number, hours: number) =>
      project(id, [
        ['Resources requested', hour(begin)],
        ['Staffing started', hour(begin + hours)],
        ['Project closed', hour(begin + hours)]
      ]);
    const ended = Array.from({ length: 30 }, (_, i) => staffedAfter(`E${i}`, 0, i + 1));
    const running = Array.from({ length: 60 }, (_, i) => staffedAfter(`R${i}`, 30, 370));
    const now = 1_000;
    await firm('censored', [...ended, ...running, asking('P1', now, 30), asking('P2', now, 30.5)], hour(now));
    await setBaseline(fixture.store, 'censored', { from: new Date(hour(0)), to: new Date(hour(50)) });
    expect(await listed('censored')).toEqual(['P2: 30.5 > 30']);
  });
});

describe('a stage of which little is known', () => {
  test('goes by twice its goal, in working days of its owner', async () => {
    // Financial set-up: 3 working days. Friday 1 March 9:00 to Monday 11 March 10:00: 8 h each on 1, 4 … 8 March and one
    // on the 11th are 49 of 2 · 24 h; an hour earlier it is 48, and as long is not longer.
    const staff = [office('BER', 'UTC'), employee('f1', { department: 'Finance', office: 'BER' })];
    const records = [
      project('P1', [['Staffing confirmed', march(1, 9)]]),
      project('P2', [['Financial set-up started', march(1, 9), { resource: 'f1' }]])
    ];
    await firm('goal', records, march(11, 9), staff);
    expect(await listed('goal')).toEqual([]);
    await setNow(fixture.store, 'goal', new Date(march(11, 10)));
    expect((await stalled('goal')).rows).toMatchObject([
      { project: 'P1', business_ms: 49 * HOUR, limit_ms: 48 * HOUR, usual_p95_ms: null, compared_with: 'goal' }
    ]);
  });

  test('and that has no goal holds nobody', async () => {
    await firm('no goal', [project('P1', [['Delivery started', hour(0)]])], hour(9_000));
    expect(await stalled('no goal')).toMatchObject({ open: 1, total: 0 });
  });
});

describe('the time that a project rests', () => {
  /** A firm in which delivery rests up to an hour and closure up to two, so that whoever rests longer is listed. */
  const usual = (): WrittenRecord[] =>
    Array.from({ length: 40 }, (_, i) =>
      project(`U${i}`, [
        ['Delivery started', hour(0)],
        ['Time booked', hour(1), { resource: 'd1' }],
        ['Time booked', hour(2)],
        ['Delivery completed', hour(3), { resource: 'd1' }],
        ['Project closed', hour(5), { resource: 'o1' }]
      ])
    );
  const restOf = async (log: string, records: WrittenRecord[], now: string): Promise<Record<string, number>> => {
    await firm(log, [...usual(), ...records], now);
    await setBaseline(fixture.store, log, { from: new Date(hour(0)), to: new Date(hour(20)) });
    const { rows } = await stalled(log);
    return Object.fromEntries(rows.map((row) => [row.project, row.business_ms / HOUR]));
  };

  test('is counted from when progress was recorded, and leaves out the time on hold', async () => {
    const booked = (id: string, of: string, recorded: string): WrittenRecord => ({
      ...thing(`timesheet:${id}`, [['Time booked', hour(101), { also: [`project:${of}`] }]]),
      recorded
    });
    const rests = await restOf(
      'rest',
      [
        project('P1', [['Delivery started', hour(100)]]),
        project('P2', [['Delivery started', hour(100)]]),
        booked('T2', 'P2', hour(150)),
        project('P3', [
          ['Delivery started', hour(100)],
          ['Project put on hold', hour(110)],
          ['Project resumed', hour(148)]
        ]),
        project('P4', [
          ['Delivery started', hour(100)],
          ['Project put on hold', hour(100)]
        ])
      ],
      hour(160)
    );
    // P3: 10 hours before the hold and 12 after it. P4 is on hold still.
    expect(rests).toEqual({ P1: 60, P2: 10, P3: 22 });
  });

  test('leaves out the term of payment, invoice by invoice, after delivery was closed too; what is closed rests no more', async () => {
    const billed = (id: string, of: string, events: Events) => [
      thing(`erp_project:E${of}`, [], [`same_as project:${of}`]),
      thing(
        `invoice:${id}`,
        events.map(([name, when]) => [name, when, { also: [`erp_project:E${of}`] }]),
        [`part_of erp_project:E${of}`]
      )
    ];
    const done = (id: string) =>
      project(id, [
        ['Delivery completed', hour(100)],
        ['Project closed', hour(102)]
      ]);
    const rests = await restOf(
      'terms',
      [
        done('paid'),
        ...billed('I1', 'paid', [
          ['Invoice posted', hour(104)],
          ['Invoice sent', hour(105)],
          ['Invoice paid', hour(150)]
        ]),
        done('unpaid'),
        ...billed('I2', 'unpaid', [
          ['Invoice posted', hour(104)],
          ['Invoice sent', hour(105)]
        ]),
        done('unsent'),
        ...billed('I3', 'unsent', [['Invoice posted', hour(104)]]),
        // The one that is paid ends its own term only.
        done('two'),
        ...billed('I4', 'two', [
          ['Invoice posted', hour(104)],
          ['Invoice sent', hour(105)],
          ['Invoice paid', hour(150)]
        ]),
        thing('invoice:I5', [['Invoice sent', hour(120), { also: ['erp_project:Etwo'] }]], ['part_of erp_project:Etwo'])
      ],
      hour(160)
    );
    expect(rests).toEqual({ unsent: 56 });
  });

  test('a milestone on its way to an invoice is a sign of progress of its project', async () => {
    const rests = await restOf(
      'milestones',
      [
        project('P1', [['Delivery started', hour(100)]]),
        thing(
          'milestone:M1',
          [
            ['Milestone reached', hour(110)],
            ['Evidence submitted', hour(155)]
          ],
          ['part_of project:P1']
        ),
        // Before it is reached, nothing of its billing counts.
        project('P2', [['Delivery started', hour(100)]]),
        thing('milestone:M2', [['Evidence submitted', hour(155)]], ['part_of project:P2'])
      ],
      hour(160)
    );
    expect(rests).toEqual({ P1: 5, P2: 60 });
  });
});

describe('a source that is silent', () => {
  test('holds the projects of the stages that it tells of', async () => {
    // Time is booked each hour for eight weeks by the PSA, and the ERP writes each hour all the time.
    const weeks = 8 * 7 * 24;
    const hours = Array.from({ length: weeks }, (_, i) => i);
    const events = (system: string, upTo: number, activity: string, of: [string, string]) =>
      hours.filter((i) => i < upTo).map((i) => ({ activity, at: hour(i), system, objects: [of] }));
    const records = (quiet: number): WrittenRecord[] => [
      project('P1', [['Delivery started', hour(0)]]),
      project('P2', [['Delivery started', hour(0)]]),
      { ref: 'psa', events: events('PSA', weeks - quiet, 'Time booked', ['project', 'P1']), objects: [] },
      { ref: 'erp', events: events('ERP', weeks, 'Ping', ['ping', 'x']), objects: [['ping', 'x']] }
    ];
    // One sign an hour: with 12 whole hours without it is stale, with 11 not yet.
    await firm('silent', records(12), hour(weeks));
    await firm('heard', records(11), hour(weeks));
    for (const log of ['silent', 'heard'])
      await setBaseline(fixture.store, log, { from: new Date(hour(0)), to: new Date(hour(500)) });
    expect(await stalled('silent')).toMatchObject({
      total: 0,
      source_stale: [{ system: 'PSA', last: hour(weeks - 13), stages: ['delivery_execution'], held: 1 }]
    });
    // P1 is not stalled: it was booked on as long as the source was heard of. P2 never was.
    expect((await stalled('heard')).rows.map((row) => row.project)).toEqual(['P2']);
    expect((await stalled('heard')).source_stale).toEqual([]);
  });
});
