import { z } from 'zod';

const time = /^([01]\d|2[0-3]):[0-5]\d$/;

/** ['09:00', '17:00']: from and including the first, up to and excluding the second, on the clocks of the zone. */
export const Interval = z
  .tuple([
    z.string().regex(time, 'a start is a time of day like 09:00'),
    z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'an end is a time of day like 17:30, or 24:00')
  ])
  .refine(([start, end]) => start !== end, 'it has no length: write 00:00 to 24:00 for a whole day');
export type Interval = z.infer<typeof Interval>;

/** The intervals of one day. */
const Day = z.array(Interval).max(48).refine(areApart, 'intervals of one day overlap: write each hour once');

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

const DateOfYear = z.iso.date();

/**
 * When a team, an entity or a firm works, on the clocks of one IANA zone.
 *
 * An interval whose end lies before its start is a night shift: it ends the next day and belongs to the day on which
 * it begins, so a holiday cancels the shift that begins on it and not the end of the one before. An exception replaces
 * all that week and holidays say of its date; an empty one is a day off. Intervals of neighbouring days that overlap
 * count once.
 *
 * @example Calendar.parse({ zone: 'Europe/Berlin', weekly: { mon: [['09:00', '12:00'], ['13:00', '17:00']] } })
 */
export const Calendar = z
  .strictObject({
    zone: z.string().refine(isZone, 'this is no IANA time zone: write one like Europe/Berlin'),
    weekly: z.strictObject({
      mon: Day.default([]),
      tue: Day.default([]),
      wed: Day.default([]),
      thu: Day.default([]),
      fri: Day.default([]),
      sat: Day.default([]),
      sun: Day.default([])
    }),
    holidays: z.array(DateOfYear).max(10_000).default([]),
    exceptions: z.record(DateOfYear, Day).default({}),
    /** Raised with each change, so that results can say what they were computed with. */
    version: z.int().min(1).default(1)
  })
  .refine(
    ({ weekly, exceptions }) => [...Object.values(weekly), ...Object.values(exceptions)].some((day) => day.length > 0),
    'the calendar has no working time: give at least one weekday an interval'
  );
export type Calendar = z.infer<typeof Calendar>;

/** Minutes from midnight; a night shift ends after 24:00. */
export function minutesOf([start, end]: Interval): [number, number] {
  const from = minutes(start);
  const to = minutes(end);
  return [from, to <= from ? to + 24 * 60 : to];
}

/**
 * Length of the calendar's usual working day in hours: the one that most weekdays have, of several the longest.
 * Tells how many hours make "1 business day".
 */
export function hoursPerDay(calendar: Calendar): number {
  const lengths = Object.values(calendar.weekly)
    .map((day) => day.map(minutesOf).reduce((sum, [from, to]) => sum + to - from, 0) / 60)
    .filter((hours) => hours > 0);
  const days = Map.groupBy(lengths, (hours) => hours);
  const [usual] = [...days].sort(([a, some], [b, others]) => others.length - some.length || b - a);
  return usual?.[0] ?? 8;
}

function minutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

function areApart(day: Interval[]): boolean {
  const sorted = day.map(minutesOf).sort(([a], [b]) => a - b);
  return sorted.every(([from], i) => from >= (sorted[i - 1]?.[1] ?? 0));
}

/** Fixed offsets ("+02:00") are refused: they know no daylight saving, and are seldom what was meant. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
