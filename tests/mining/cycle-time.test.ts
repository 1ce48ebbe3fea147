import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Calendar } from '#models/calendar/calendar.ts';
import { setCalendar } from '#models/views/calendar-of-log.ts';
import { cycleTime } from '#mining/cycle-time.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const near = (value: number) => expect.closeTo(value, 6) as number;
const event = (id: string, activity: string, at: string): FixtureEvent => ({ case: id, activity, at: `2020-${at}Z` });

/** Closed by Z: an hour, 17 days, nothing. Open at 1 March: one of 20 days, and one that begins after it. */
const months: FixtureEvent[] = [
  event('hour', 'A', '01-01T00:00:00'),
  event('hour', 'Z', '01-01T01:00:00'),
  event('17 days', 'A', '01-15T00:00:00'),
  event('17 days', 'Z', '02-01T00:00:00'),
  event('open', 'A', '02-10T00:00:00'),
  event('future', 'A', '03-05T00:00:00'),
  event('nothing', 'Z', '02-02T00:00:00')
];

const lasting = (seconds: number[]): FixtureEvent[] =>
  seconds.flatMap((s, i) => [
    { case: String(i), activity: 'A', at: '2020-01-01T00:00:00Z' },
    { case: String(i), activity: 'B', at: new Date(Date.UTC(2020, 0, 1) + s * 1000).toISOString() }
  ]);

describe('cycle time', () => {
  test('closed and open apart, by month, hand-computed', async () => {
    const context = await fixture.log(months, { ends: ['Z'] });
    const { histogram, ...answer } = await cycleTime(context);
    expect(answer).toEqual({
      end_condition: ['Z'],
      closed: { n: 3, mean_s: 490_800, median_s: 3_600, p90_s: near(1_175_760), min_s: 0, max_s: 1_468_800 },
      open: {
        n: 2,
        age: { n: 2, mean_s: 864_000, median_s: 864_000, p90_s: near(1_555_200), min_s: 0, max_s: 1_728_000 }
      },
      waiting_is_upper_bound: true,
      by_month: [
        { month: '2020-01', started: 2, ended: 1, n: 1, median_s: 3_600, p90_s: 3_600 },
        { month: '2020-02', started: 2, ended: 2, n: 2, median_s: 734_400, p90_s: near(1_321_920) },
        { month: '2020-03', started: 1, ended: 0, n: 0, median_s: null, p90_s: null }
      ],
      relinked: false
    });
    // Days, from 0 to 18.
    expect(histogram).toHaveLength(18);
    expect(histogram.filter(({ cases }) => cases > 0)).toEqual([
      { from_s: 0, to_s: 86_400, cases: 2 },
      { from_s: 17 * 86_400, to_s: 18 * 86_400, cases: 1 }
    ]);
  });

  test('without an end condition every case is closed and none has an age', async () => {
    const answer = await cycleTime(await fixture.log(months));
    expect(answer).toMatchObject({ end_condition: 'none', closed: { n: 5 }, open: null });
  });

  test('all open: nothing is closed', async () => {
    // Z comes, but never last.
    const begun = [event('open', 'Z', '02-10T00:00:00'), ...months.slice(4, 6)];
    const answer = await cycleTime(await fixture.log(begun, { ends: ['Z'] }));
    expect(answer).toMatchObject({ closed: null, open: { n: 2 }, histogram: [] });
    expect(answer.by_month.map(({ ended, n, median_s }) => [ended, n, median_s])).toEqual([
      [0, 0, null],
      [0, 0, null]
    ]);
  });

  test('bins are half-open', async () => {
    const { histogram } = await cycleTime(await fixture.log(lasting([0, 10, 20])));
    expect(histogram).toHaveLength(21);
    expect(histogram[10]).toEqual({ from_s: 10, to_s: 11, cases: 1 });
    expect(histogram[20]).toEqual({ from_s: 20, to_s: 21, cases: 1 });
  });

  test('a long tail is one last bin; bins join up and sum to the cases', async () => {
    const { histogram, closed } = await cycleTime(
      await fixture.log(lasting([...Array.from({ length: 100 }, (_, i) => i + 1), 1e6]))
    );
    expect(histogram).toHaveLength(21);
    expect(histogram.slice(0, 2)).toEqual([
      { from_s: 0, to_s: 5, cases: 4 },
      { from_s: 5, to_s: 10, cases: 5 }
    ]);
    expect(histogram.at(-1)).toEqual({ from_s: 100, to_s: 1_000_005, cases: 2 });
    histogram.slice(1).forEach((bin, i) => expect(bin.from_s).toBe(histogram[i]?.to_s));
    expect(histogram.reduce((sum, { cases }) => sum + cases, 0)).toBe(closed?.n);
  });

  test('grain instance: processing is the union of active intervals', async () => {
    const instance = (id: string, activity: string, start: string, complete: string): FixtureEvent => ({
      case: id,
      activity,
      start: `2020-01-01T00:${start}Z`,
      at: `2020-01-01T00:${complete}Z`
    });
    const events = [
      // Active 0–150 s and 200–260 s of 260 s.
      instance('1', 'A', '00:00', '01:40'),
      instance('1', 'B', '00:50', '02:30'),
      instance('1', 'C', '03:20', '04:20'),
      // One inside the other: active all of 100 s.
      instance('2', 'A', '00:00', '01:40'),
      instance('2', 'B', '00:10', '00:20')
    ];
    const answer = await cycleTime(await fixture.log(events, { grain: 'instance' }));
    expect(answer.closed).toMatchObject({ n: 2, mean_s: 180 });
    expect(answer.processing).toMatchObject({ n: 2, mean_s: 155, min_s: 100, max_s: 210 });
    expect(answer.waiting).toMatchObject({ n: 2, mean_s: 25, min_s: 0, max_s: 50 });
    expect(answer.flow_efficiency).toBeCloseTo(310 / 360, 12);
    expect(answer.waiting_is_upper_bound).toBe(false);
  });

  test('grain instance: with a start that finds no complete, waiting is an upper bound', async () => {
    const step = (lifecycle: string, second: string): FixtureEvent => ({
      case: '1',
      activity: 'A',
      lifecycle,
      at: `2020-01-01T00:00:${second}Z`
    });
    const context = await fixture.log([step('start', '00'), step('complete', '10'), step('start', '30')], {
      grain: 'instance'
    });
    expect(await cycleTime(context)).toMatchObject({
      processing: { mean_s: 10 },
      waiting: { mean_s: 20 },
      waiting_is_upper_bound: true
    });
  });

  test('no time passes: flow efficiency is not defined', async () => {
    const answer = await cycleTime(
      await fixture.log([{ case: '1', activity: 'A', at: '2020-01-01T00:00:00Z' }], { grain: 'instance' })
    );
    expect(answer).toMatchObject({ processing: { mean_s: 0 }, histogram: [{ from_s: 0, to_s: 0.001, cases: 1 }] });
    expect(answer).not.toHaveProperty('flow_efficiency');
  });

  test('business time by the calendar of the log', async () => {
    const events = [
      { case: '1', activity: 'A', at: '2020-01-03T16:00:00Z' },
      { case: '1', activity: 'B', at: '2020-01-06T10:00:00Z' },
      { case: '1', activity: 'C', at: '2020-01-06T10:30:00Z' },
      { case: '2', activity: 'A', at: '2020-01-04T10:00:00Z' }
    ];
    const before = await fixture.log(events);
    expect(await cycleTime(before)).not.toHaveProperty('business');
    const nineToFive: [string, string][] = [['09:00', '17:00']];
    const weekly = { mon: nineToFive, tue: nineToFive, wed: nineToFive, thu: nineToFive, fri: nineToFive };
    await setCalendar(fixture.store, before.view.log, Calendar.parse({ zone: 'UTC', weekly }));
    const context = await fixture.context(before.view.log);
    // Friday's last hour, Monday's first, and half an hour; the second case never waits.
    expect((await cycleTime(context)).business).toMatchObject({ n: 2, min_s: 0, max_s: 9_000 });
    expect(await cycleTime(context, [{ kind: 'events', activities: ['B'], keep: false }])).not.toHaveProperty(
      'business'
    );
  });

  test('a filter that leaves nothing', async () => {
    const context = await fixture.log(months, { ends: ['Z'] });
    expect(await cycleTime(context, [{ kind: 'case', contains: '?' }])).toEqual({
      end_condition: ['Z'],
      closed: null,
      open: { n: 0, age: null },
      waiting_is_upper_bound: true,
      histogram: [],
      by_month: [],
      relinked: false
    });
  });
});
