import { tzOffset } from '@date-fns/tz';
import { minutesOf, weekdays, type Calendar, type Interval } from './calendar.ts';

/** A stretch of working time: from and including `start`, excluding `end`, in epoch milliseconds. */
export interface Window {
  start: number;
  end: number;
  /** Working milliseconds of all windows before this one. */
  before: number;
}

/** Every window of a calendar within [from, to], in order, none touching another. */
export interface WorkingWindows {
  from: number;
  to: number;
  windows: readonly Window[];
}

/** An instant outside the range that a calendar was expanded for. */
export class OutsideCalendar extends Error {
  override readonly name = 'OutsideCalendar';
  readonly fix = 'expand the calendar over all instants that are asked for';
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Expands a calendar into UTC, once, so that durations need no time zone afterwards.
 *
 * A time of day stands for the first instant at which the zone's clocks read it or later. So a window over a missing
 * hour is an hour shorter, one over a repeated hour an hour longer, one within a missing hour empty, and intervals
 * that touch on the clocks touch in time.
 *
 * @param from epoch ms; windows are cut at both ends
 * @param to epoch ms
 */
export function workingWindows(calendar: Calendar, from: number, to: number): WorkingWindows {
  if (!(from <= to)) throw new RangeError(`a calendar cannot be expanded from ${from} to ${to}`);
  const holidays = new Set(calendar.holidays);
  const windows: Window[] = [];
  // Clocks differ from UTC by up to 14 h, and a night shift may begin the day before.
  const first = Math.floor(from / DAY) * DAY - 2 * DAY;
  const offsets = offsetsWithin(calendar.zone, first - DAY, to + 4 * DAY);
  for (let midnight = first; midnight <= to + DAY; midnight += DAY) {
    const intervals = intervalsOn(calendar, holidays, midnight);
    if (intervals.length === 0) continue;
    for (const [start, end] of intervals.map(minutesOf).sort(([a], [b]) => a - b)) {
      append(
        windows,
        Math.max(from, instantAt(midnight + start * MINUTE, offsets)),
        Math.min(to, instantAt(midnight + end * MINUTE, offsets))
      );
    }
  }
  return { from, to, windows };
}

/**
 * Working time between two instants in ms; negative when `b` is before `a`, so that it adds up over any instant
 * between.
 *
 * @throws {OutsideCalendar}
 */
export function businessBetween(expanded: WorkingWindows, a: number, b: number): number {
  return elapsedAt(expanded, b) - elapsedAt(expanded, a);
}

/**
 * The earliest instant by which `ms` of working time has passed since `start`: a deadline at the end of a window is
 * that end, not the begin of the next.
 *
 * @throws {OutsideCalendar} when the deadline lies beyond what was expanded
 */
export function addBusiness(expanded: WorkingWindows, start: number, ms: number): number {
  if (!(ms >= 0)) throw new RangeError(`working time to add must be 0 or more, not ${ms}`);
  const due = elapsedAt(expanded, start) + ms;
  if (ms === 0) return start;
  const { windows } = expanded;
  const index = lastWhere(windows, ({ before }) => before < due);
  const window = windows[index];
  if (!window || window.before + window.end - window.start < due) {
    throw new OutsideCalendar(
      `${ms} ms of working time from ${iso(start)} end after ${iso(expanded.to)}, where the expanded calendar ends`
    );
  }
  return window.start + due - window.before;
}

/** Working milliseconds from the begin of the expansion up to an instant. */
function elapsedAt({ from, to, windows }: WorkingWindows, instant: number): number {
  if (!(instant >= from && instant <= to)) {
    throw new OutsideCalendar(`${iso(instant)} is outside the expanded calendar, ${iso(from)} to ${iso(to)}`);
  }
  const window = windows[lastWhere(windows, ({ start }) => start <= instant)];
  return window ? window.before + Math.min(instant, window.end) - window.start : 0;
}

function intervalsOn({ weekly, exceptions }: Calendar, holidays: Set<string>, midnight: number): Interval[] {
  const day = new Date(midnight);
  const date = day.toISOString().slice(0, 10);
  const exception = Object.hasOwn(exceptions, date) ? exceptions[date] : undefined;
  if (exception) return exception;
  const weekday = weekdays[day.getUTCDay()];
  return holidays.has(date) || !weekday ? [] : weekly[weekday];
}

/** A stretch of time with one offset from UTC, up to the next. */
interface Offset {
  since: number;
  ms: number;
}

/** Changes less than a week apart, which no zone has had, could go unseen. */
function offsetsWithin(zone: string, from: number, to: number): Offset[] {
  const offset = (instant: number) => Math.round(tzOffset(zone, new Date(instant)) * MINUTE);
  const offsets: Offset[] = [{ since: -Infinity, ms: offset(from) }];
  for (let start = from; start < to; start += 7 * DAY) {
    const known = offsets.at(-1)?.ms;
    let [last, next] = [start, start + 7 * DAY];
    const ms = offset(next);
    if (ms === known) continue;
    while (next - last > 1) {
      const middle = Math.floor((last + next) / 2);
      if (offset(middle) === known) last = middle;
      else next = middle;
    }
    offsets.push({ since: next, ms });
  }
  return offsets;
}

/** The first instant at which the clocks read `time`, a time as if the zone were UTC, or later. */
function instantAt(time: number, offsets: readonly Offset[]): number {
  for (let i = lastWhere(offsets, ({ since }) => since <= time - DAY); ; i += 1) {
    const { since, ms } = offsets[i] ?? { since: time, ms: 0 };
    const instant = Math.max(since, time - ms);
    if (instant < (offsets[i + 1]?.since ?? Infinity)) return instant;
  }
}

function append(windows: Window[], start: number, end: number): void {
  const previous = windows.at(-1);
  if (previous && start <= previous.end) previous.end = Math.max(previous.end, end);
  else if (start < end) {
    windows.push({ start, end, before: previous ? previous.before + previous.end - previous.start : 0 });
  }
}

/** Index of the last element for which a condition holds that holds for a prefix of the list; −1 when for none. */
function lastWhere<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [-1, items.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) low = middle;
    else high = middle;
  }
  return low;
}

const iso = (instant: number) => (Number.isFinite(instant) ? new Date(instant).toISOString() : String(instant));
