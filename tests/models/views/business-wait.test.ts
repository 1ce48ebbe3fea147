import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Calendar } from '#models/calendar/calendar.ts';
import { businessBetween, workingWindows } from '#models/calendar/windows.ts';
import { NotFound } from '#models/log/errors.ts';
import { ident, sql } from '#models/store/sql.ts';
import { setCalendar } from '#models/views/calendar-of-log.ts';
import { freshView } from '#models/views/materialise.ts';
import { openFixture, type Fixture, type FixtureEvent } from '../../mining/fixture.ts';

const HOUR = 3_600_000;
const office: [string, string][] = [
  ['09:00', '12:00'],
  ['13:00', '17:00']
];
const berlin = Calendar.parse({
  zone: 'Europe/Berlin',
  weekly: { mon: office, tue: office, wed: office, thu: office, fri: office, sun: [['01:00', '04:00']] },
  holidays: ['2024-04-01']
});

describe('business waits of a log', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openFixture();
  });
  afterAll(() => fixture.close());

  const waits = async (log: string, name?: string) => {
    const view = await freshView(fixture.store, log, name);
    const rows = await fixture.store.engine.query<{ wait: number | null }>(sql`
      select s.business_wait::double as wait from ${ident(view.segments)} s
      join ${ident(view.cases)} c using (case_no) order by c.case_id, s.position`);
    return rows.map(({ wait }) => wait);
  };
  const events = (name: string, ...times: string[]): FixtureEvent[] =>
    times.map((at, i) => ({ case: name, activity: `Step ${i}`, at }));

  test('are absent without a calendar, and come with one, over a weekend when clocks change', async () => {
    await fixture.load({
      log: 'office',
      events: [
        // Berlin: Friday 15:00, Sunday 01:30 (before 02:00 becomes 03:00), Tuesday after Easter Monday 10:30.
        ...events('A', '2024-03-29T14:00:00Z', '2024-03-31T00:30:00Z', '2024-04-02T08:30:00Z'),
        // Autumn: Sunday 00:00 (the hour from 02:00 comes twice) to 12:00, Monday 12:30 in the lunch break, 13:00.
        ...events('B', '2024-10-26T22:00:00Z', '2024-10-27T11:00:00Z', '2024-10-28T11:30:00Z', '2024-10-28T12:00:00Z'),
        ...events('C', '2024-07-01T07:00:00Z')
      ]
    });
    expect(await waits('office')).toEqual(Array.from({ length: 8 }, () => null));
    await setCalendar(fixture.store, 'office', berlin);
    expect(await waits('office')).toEqual(
      // A: Friday 15 to 17 and 30 min of Sunday; the rest of Sunday, 1.5 h instead of 2.5, and Tuesday from 9 to 10:30.
      [2.5, 3, null, 4, 3, 0, null, null].map((hours) => (hours === null ? null : hours * HOUR))
    );
    await setCalendar(fixture.store, 'office', null);
    expect(await waits('office')).toEqual(Array.from({ length: 8 }, () => null));
  });

  test('follow a later import, which rebuilds only the cases that it touches', async () => {
    const quiet = (n: number) => events(`quiet ${n}`, '2024-07-01T07:00:00Z', '2024-07-01T08:00:00Z');
    await fixture.load({ log: 'grows', file: 'one.csv', events: [1, 2, 3, 4, 5].flatMap(quiet) });
    await setCalendar(fixture.store, 'grows', berlin);
    expect(await waits('grows')).toEqual([1, 2, 3, 4, 5].flatMap(() => [HOUR, null]));
    await fixture.load({
      log: 'grows',
      file: 'two.csv',
      events: [{ case: 'quiet 3', activity: 'Late', at: '2025-07-01T08:00:00Z' }]
    });
    const after = await waits('grows');
    expect(after).toHaveLength(11);
    const year = workingWindows(berlin, Date.parse('2024-07-01T08:00:00Z'), Date.parse('2025-07-01T08:00:00Z'));
    expect(after[5]).toBe(businessBetween(year, year.from, year.to));
    expect(after.toSpliced(5, 1)).toEqual([1, 2, 3, 4, 5].flatMap(() => [HOUR, null]));
  });

  test('are 0 where the next starts before, whole milliseconds, and unknown at placeholder dates', async () => {
    await fixture.load({
      log: 'odd',
      events: [
        { case: 'A', activity: 'One', start: '2024-07-01T07:00:00Z', at: '2024-07-01T10:00:00Z' },
        { case: 'A', activity: 'Two', start: '2024-07-01T09:00:00Z', at: '2024-07-01T10:30:00.000900Z' },
        { case: 'A', activity: 'Three', start: '2024-07-01T11:00:00.002Z', at: '2024-07-01T11:30:00Z' },
        ...events('B', '0001-01-01T00:00:00Z', '2024-07-01T07:00:00Z', '9999-12-31T00:00:00Z')
      ]
    });
    await setCalendar(fixture.store, 'odd', berlin);
    await fixture.context('odd', { grain: 'instance' });
    // Two ends 0.9 ms after 12:30 in the lunch break; work goes on at 13:00.
    expect(await waits('odd', 'case instance ')).toEqual([0, 2, null, null, null, null]);
  });

  test('agree with the pure functions on a thousand waits', async () => {
    const singapore = Calendar.parse({ zone: 'Asia/Singapore', weekly: { mon: [['22:00', '06:00']], thu: office } });
    const times = Array.from(
      { length: 1_001 },
      (_, i) => Date.UTC(2023, 11, 20) + Math.round(i * 5.37 * HOUR + ((i * 7919) % 977))
    );
    await fixture.load({
      log: 'many',
      events: times.map((time) => ({ case: 'A', activity: 'Step', at: new Date(time).toISOString() }))
    });
    await setCalendar(fixture.store, 'many', singapore);
    const whole = workingWindows(singapore, times[0] ?? 0, times.at(-1) ?? 0);
    expect(await waits('many')).toEqual(
      times.map((time, i) => (i === 1_000 ? null : businessBetween(whole, time, times[i + 1] ?? 0)))
    );
  });

  test('refuse a calendar for a log that is not there, or one that makes no sense', async () => {
    await expect(setCalendar(fixture.store, 'nowhere', berlin)).rejects.toThrow(NotFound);
    await expect(setCalendar(fixture.store, 'many', { ...berlin, zone: 'Nowhere' })).rejects.toThrow('IANA');
  });
});
