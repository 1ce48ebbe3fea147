import { tzOffset } from '@date-fns/tz';
import { weekdays, type Calendar, type Interval } from '#models/calendar/calendar.ts';
import { workingWindows, type Window } from '#models/calendar/windows.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A calendar without a business day for so long is taken to have none. */
const LONGEST_BREAK_DAYS = 400;

/**
 * The end of the n-th business day after the day of `start`, in epoch ms: the end of that date's last interval, a night
 * shift being of the day on which it begins. With n = 0 the day of `start` itself, or the next one that has working time
 * left. Undefined where no such day comes within 400 days of the one before.
 *
 * @example endOfBusinessDay(berlin, friday10h, 1) // Monday 17:30 on Berlin's clocks
 */
export function endOfBusinessDay(calendar: Calendar, start: number, n: number): number | undefined {
  let date = dayOf(calendar, start);
  if (n === 0) {
    const end = endOn(calendar, date);
    if (end !== undefined && end > start) return end;
  }
  for (let counted = 0, idle = 0; idle < LONGEST_BREAK_DAYS;) {
    date += DAY;
    const end = endOn(calendar, date);
    if (end === undefined) idle += 1;
    else if ((counted += 1) >= Math.max(1, n)) return end;
    else idle = 0;
  }
  return undefined;
}

/** The midnight, as if the zone were UTC, of the day that an instant belongs to: that of a night shift is its first. */
function dayOf(calendar: Calendar, instant: number): number {
  const local = instant + Math.round(tzOffset(calendar.zone, new Date(instant)) * MINUTE);
  const midnight = Math.floor(local / DAY) * DAY;
  const isNightShift = windowsOn(calendar, midnight - DAY).some(({ start, end }) => start <= instant && instant < end);
  return isNightShift ? midnight - DAY : midnight;
}

function endOn(calendar: Calendar, midnight: number): number | undefined {
  return windowsOn(calendar, midnight).at(-1)?.end;
}

/** Dates come again and again, one subject after another. */
const known = new WeakMap<Calendar, Map<number, readonly Window[]>>();

/** The working windows of the intervals that begin on one date. */
function windowsOn(calendar: Calendar, midnight: number): readonly Window[] {
  const dates = known.get(calendar) ?? new Map<number, readonly Window[]>();
  known.set(calendar, dates);
  const windows = dates.get(midnight) ?? expand(calendar, midnight);
  dates.set(midnight, windows);
  return windows;
}

function expand(calendar: Calendar, midnight: number): readonly Window[] {
  const date = new Date(midnight).toISOString().slice(0, 10);
  const intervals = intervalsOn(calendar, midnight, date);
  if (intervals.length === 0) return [];
  const only: Calendar = { ...calendar, weekly: noDays, holidays: [], exceptions: { [date]: intervals } };
  return workingWindows(only, midnight - 2 * DAY, midnight + 4 * DAY).windows;
}

function intervalsOn({ weekly, holidays, exceptions }: Calendar, midnight: number, date: string): Interval[] {
  const exception = Object.hasOwn(exceptions, date) ? exceptions[date] : undefined;
  if (exception) return exception;
  const weekday = weekdays[new Date(midnight).getUTCDay()];
  return holidays.includes(date) || !weekday ? [] : weekly[weekday];
}

const noDays: Calendar['weekly'] = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
