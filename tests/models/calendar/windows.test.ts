import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calendar, minutesOf, weekdays, type Interval } from '#models/calendar/calendar.ts';
import { addBusiness, businessBetween, OutsideCalendar, workingWindows } from '#models/calendar/windows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (instant: string) => Date.parse(instant);
const always: Interval[] = [['00:00', '24:00']];
const everyDay = (day: Interval[]) => Object.fromEntries(weekdays.map((weekday) => [weekday, day]));
const workdays = (day: Interval[]) => ({ mon: day, tue: day, wed: day, thu: day, fri: day });
const calendar = (zone: string, weekly: object, more: object = {}) => Calendar.parse({ zone, weekly, ...more });
const hours = (of: Calendar, from: string, to: string) =>
  businessBetween(workingWindows(of, at(from), at(to)), at(from), at(to)) / HOUR;

describe('hours worked, by hand', () => {
  const office = workdays([
    ['09:00', '12:00'],
    ['13:00', '17:00']
  ]);

  test.each([
    // Friday 15:00 to Monday 10:00 in Berlin: clocks go forward on the Sunday between, so the offset changes.
    ['Europe/Berlin', '2024-03-29T14:00:00Z', '2024-04-01T08:00:00Z', 3],
    // Wednesday 11:00 to 14:00, with the lunch break.
    ['Europe/Berlin', '2024-07-03T09:00:00Z', '2024-07-03T12:00:00Z', 2],
    // Clocks go back on 3 November: Monday 09:00 is 14:00 UTC and no longer 13:00.
    ['America/New_York', '2024-11-01T20:00:00Z', '2024-11-04T15:00:00Z', 2],
    ['Asia/Singapore', '2024-07-01T01:00:00Z', '2024-07-01T09:00:00Z', 7],
    ['Asia/Kolkata', '2024-07-01T03:30:00Z', '2024-07-02T03:30:00Z', 7],
    // A Saturday and a Sunday.
    ['Asia/Kolkata', '2024-07-05T18:30:00Z', '2024-07-07T18:30:00Z', 0]
  ])('in %s from %s to %s: %d', (zone, from, to, expected) => {
    expect(hours(calendar(zone, office), from, to)).toBe(expected);
  });

  test.each<[string, string, string, Interval[], number]>([
    // The day that clocks go forward has 23 hours, the day that they go back 25.
    ['Europe/Berlin', '2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z', always, 23],
    ['Europe/Berlin', '2024-10-26T22:00:00Z', '2024-10-27T23:00:00Z', always, 25],
    ['Europe/Berlin', '2024-03-30T12:00:00Z', '2024-04-01T12:00:00Z', [['01:00', '04:00']], 2 + 3],
    ['Europe/Berlin', '2024-10-26T12:00:00Z', '2024-10-27T12:00:00Z', [['01:00', '04:00']], 4],
    // 02:15 to 02:45 is never on the clocks; a start in the missing hour is 03:00.
    ['Europe/Berlin', '2024-03-30T12:00:00Z', '2024-03-31T12:00:00Z', [['02:15', '02:45']], 0],
    ['Europe/Berlin', '2024-03-30T12:00:00Z', '2024-03-31T12:00:00Z', [['02:30', '04:00']], 1],
    // 02:30 twice: it starts at the first, and 02:30 as an end is the first too.
    ['Europe/Berlin', '2024-10-26T12:00:00Z', '2024-10-27T12:00:00Z', [['02:30', '04:00']], 2.5],
    ['Europe/Berlin', '2024-10-26T12:00:00Z', '2024-10-27T12:00:00Z', [['01:00', '02:30']], 1.5],
    ['America/New_York', '2024-03-09T17:00:00Z', '2024-03-10T17:00:00Z', [['22:00', '06:00']], 7],
    ['America/New_York', '2024-11-02T17:00:00Z', '2024-11-03T17:00:00Z', [['22:00', '06:00']], 9],
    // Midnight itself is missing (Beirut) and repeated (Havana falls back from 01:00 to 00:00).
    ['Asia/Beirut', '2024-03-30T10:00:00Z', '2024-03-31T10:00:00Z', [['22:00', '06:00']], 7],
    ['America/Havana', '2024-11-02T16:00:00Z', '2024-11-03T17:00:00Z', [['22:00', '06:00']], 9],
    // Half an hour only.
    ['Australia/Lord_Howe', '2024-10-05T02:00:00Z', '2024-10-06T02:00:00Z', [['01:00', '04:00']], 2.5],
    // A day that never was.
    ['Pacific/Apia', '2011-12-29T10:00:00Z', '2011-12-31T10:00:00Z', [['09:00', '17:00']], 16]
  ])('in %s from %s to %s, %j a day: %d', (zone, from, to, day, expected) => {
    expect(hours(calendar(zone, everyDay(day)), from, to)).toBe(expected);
  });

  test('holidays are off, exceptions replace all else', () => {
    const of = calendar('Europe/Berlin', office, {
      holidays: ['2024-12-25', '2024-12-26'],
      exceptions: { '2024-12-24': [['09:00', '12:00']], '2024-12-26': [['10:00', '11:00']], '2024-12-27': [] }
    });
    expect(hours(of, '2024-12-22T23:00:00Z', '2024-12-29T23:00:00Z')).toBe(7 + 3 + 0 + 1 + 0);
  });

  test('a holiday cancels the night shift that begins on it, not the one that ends on it', () => {
    const of = calendar('Europe/Berlin', everyDay([['22:00', '06:00']]), { holidays: ['2024-05-01'] });
    expect(workingWindows(of, at('2024-04-30T12:00:00Z'), at('2024-05-02T12:00:00Z')).windows).toEqual([
      { start: at('2024-04-30T20:00:00Z'), end: at('2024-05-01T04:00:00Z'), before: 0 }
    ]);
  });

  test('round the clock is one window, and one day into the next counts once', () => {
    const [from, to] = [at('2024-01-01T00:00:00Z'), at('2025-01-01T00:00:00Z')];
    expect(workingWindows(calendar('Europe/Berlin', everyDay(always)), from, to).windows).toEqual([
      { start: from, end: to, before: 0 }
    ]);
    const overlapping = calendar('UTC', { mon: [['22:00', '06:00']], tue: [['05:00', '08:00']] });
    expect(hours(overlapping, '2024-07-01T00:00:00Z', '2024-07-03T00:00:00Z')).toBe(10);
  });
});

describe('deadlines', () => {
  const of = calendar('Europe/Berlin', workdays([['09:00', '17:00']]));
  const week = workingWindows(of, at('2024-07-01T00:00:00Z'), at('2024-07-08T00:00:00Z'));

  test.each([
    ['2024-07-01T08:00:00Z', 2, '2024-07-01T10:00:00Z'],
    // 8 h from Monday 09:00 are due on Monday 17:00, not on Tuesday 09:00.
    ['2024-07-01T07:00:00Z', 8, '2024-07-01T15:00:00Z'],
    ['2024-07-01T07:00:00Z', 8.5, '2024-07-02T07:30:00Z'],
    ['2024-07-01T20:00:00Z', 1, '2024-07-02T08:00:00Z'],
    ['2024-07-06T12:00:00Z', 0, '2024-07-06T12:00:00Z']
  ])('%s and %d h: %s', (start, work, due) => {
    expect(new Date(addBusiness(week, at(start), work * HOUR)).toISOString()).toBe(
      at(due) && `${due.slice(0, -1)}.000Z`
    );
  });

  test('outside what was expanded they are refused', () => {
    expect(() => addBusiness(week, at('2024-07-05T07:00:00Z'), 9 * HOUR)).toThrow(OutsideCalendar);
    expect(() => addBusiness(week, at('2024-07-06T07:00:00Z'), 1)).toThrow(OutsideCalendar);
    expect(() => addBusiness(week, at('2024-06-01T00:00:00Z'), 0)).toThrow(OutsideCalendar);
    expect(() => businessBetween(week, at('2024-07-01T00:00:00Z'), at('2024-07-08T00:00:00.001Z'))).toThrow(
      '2024-07-08'
    );
    expect(() => businessBetween(week, NaN, 0)).toThrow(OutsideCalendar);
    expect(() => addBusiness(week, at('2024-07-05T07:00:00Z'), -1)).toThrow(RangeError);
    expect(() => workingWindows(of, 1, 0)).toThrow(RangeError);
  });
});

/** Ranges of five days around a change of the clocks, and one without. */
const ranges = [
  ['Europe/Berlin', '2024-03-29'],
  ['Europe/Berlin', '2024-10-25'],
  ['America/New_York', '2024-03-08'],
  ['America/New_York', '2024-11-01'],
  ['Asia/Singapore', '2024-12-30'],
  ['Asia/Kolkata', '2024-02-27'],
  ['Asia/Beirut', '2024-03-29'],
  ['Australia/Lord_Howe', '2024-04-05']
].map(([zone = '', date = '']) => ({ zone, from: at(`${date}T00:00:00Z`), to: at(`${date}T00:00:00Z`) + 5 * DAY }));

const minuteOfDay = fc.nat(95).map((quarter) => quarter * 15);
const clockTime = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const day = fc.uniqueArray(minuteOfDay, { maxLength: 6 }).map((cuts) => {
  const sorted = cuts.sort((a, b) => a - b).map(clockTime);
  const intervals: Interval[] = [];
  for (let i = 0; i + 1 < sorted.length; i += 2) intervals.push([sorted[i] ?? '', sorted[i + 1] ?? '']);
  return intervals;
});
const withNight = fc.tuple(day, fc.boolean()).map(([intervals, night]): Interval[] => {
  const last = intervals.at(-1);
  const [first] = intervals;
  return night && first && last ? [...intervals, [last[1], first[0]]] : intervals;
});
const situations = fc
  .record({ range: fc.constantFrom(...ranges), days: fc.tuple(...weekdays.map(() => withNight)), holiday: fc.nat(4) })
  .filter(({ days }) => days.some((intervals) => intervals.length > 0))
  .map(({ range, days, holiday }) => ({
    range,
    of: calendar(range.zone, Object.fromEntries(weekdays.map((weekday, i) => [weekday, days[i]])), {
      holidays: [new Date(range.from + holiday * DAY).toISOString().slice(0, 10)]
    })
  }));

describe('any calendar', () => {
  test('agrees with the clocks, minute by minute', () => {
    fc.assert(
      fc.property(situations, ({ range, of }) => {
        const { from, to, windows } = workingWindows(of, range.from, range.to);
        const expected = clockReadings(range).map((reading) => worksAt(of, reading));
        const actual = expected.map((_, minute) => {
          const instant = from + minute * MINUTE;
          return windows.some(({ start, end }) => start <= instant && instant < end);
        });
        expect(actual.findIndex((works, i) => works !== expected[i])).toBe(-1);
        expect(businessBetween({ from, to, windows }, from, to)).toBe(expected.filter(Boolean).length * MINUTE);
      }),
      { numRuns: 150 }
    );
  });

  test('is additive, monotone, and never slower than the wall clock', () => {
    const moment = fc.integer({ min: 0, max: 5 * DAY });
    fc.assert(
      fc.property(situations, fc.tuple(moment, moment, moment), ({ range, of }, moments) => {
        const expanded = workingWindows(of, range.from, range.to);
        const [a = 0, b = 0, c = 0] = moments.map((ms) => range.from + ms).sort((x, y) => x - y);
        const between = (x: number, y: number) => businessBetween(expanded, x, y);
        expect(between(a, c)).toBe(between(a, b) + between(b, c));
        expect(between(c, a)).toBe(0 - between(a, c));
        expect(between(a, b)).toBeGreaterThanOrEqual(0);
        expect(between(a, b)).toBeLessThanOrEqual(b - a);
        if (between(a, c) > 0) {
          const due = addBusiness(expanded, a, between(a, c));
          expect(due).toBeLessThanOrEqual(c);
          expect(between(a, due)).toBe(between(a, c));
          expect(between(a, due - 1)).toBeLessThan(between(a, c));
        }
        expect(businessBetween(workingWindows(of, a, c), a, c)).toBe(between(a, c));
      }),
      { numRuns: 300 }
    );
  });

  test('expands half a century in a moment', () => {
    const started = performance.now();
    const { windows } = workingWindows(
      calendar('Europe/Berlin', workdays([['09:00', '17:00']])),
      0,
      at('2020-01-01T00:00:00Z')
    );
    expect(windows.length).toBeGreaterThan(13_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

const known = new Map<object, number[]>();

/** What the zone's clocks read at each minute, as if they were UTC; while an hour repeats, the latest they had read. */
function clockReadings(range: { zone: string; from: number; to: number }): number[] {
  const readings = known.get(range) ?? [];
  if (readings.length === 0) {
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: range.zone, dateStyle: 'short', timeStyle: 'medium' });
    for (let instant = range.from; instant < range.to; instant += MINUTE) {
      readings.push(Math.max(readings.at(-1) ?? 0, at(`${clock.format(instant).replace(' ', 'T')}Z`)));
    }
    known.set(range, readings);
  }
  return readings;
}

function worksAt(of: Calendar, reading: number): boolean {
  return [0, DAY].some((back) => {
    const midnight = Math.floor(reading / DAY) * DAY - back;
    const date = new Date(midnight).toISOString().slice(0, 10);
    if (of.holidays.includes(date)) return false;
    const weekday = weekdays[new Date(midnight).getUTCDay()] ?? 'sun';
    const minute = (reading - midnight) / MINUTE;
    return of.weekly[weekday].map(minutesOf).some(([start, end]) => start <= minute && minute < end);
  });
}
