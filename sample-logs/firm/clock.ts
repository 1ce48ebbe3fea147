import { type Calendar } from '#models/calendar/calendar.ts';
import { workingWindows } from '#models/calendar/windows.ts';
import { type Instant } from './rows.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A working day of every office. */
export const WORKDAY = 8 * HOUR;
export const DAY = 24 * HOUR;

/** The firm opens its books here, with nothing under way, … */
export const START: Instant = Date.UTC(2024, 6, 1);
/** … and its exports are taken here. */
export const NOW: Instant = Date.UTC(2026, 5, 30, 16);

/** Working time is known a little beyond both ends, so that planned dates and waits across `NOW` can be told. */
const HORIZON = { from: Date.UTC(2024, 5, 24), to: Date.UTC(2026, 11, 31) };

/** When somebody works, as sorted windows with the working time before each: look-ups are binary searches. */
export class WorkTime {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly #before: Float64Array;

  constructor(windows: readonly { start: Instant; end: Instant }[]) {
    this.starts = Float64Array.from(windows, ({ start }) => start);
    this.ends = Float64Array.from(windows, ({ end }) => end);
    this.#before = new Float64Array(windows.length);
    for (let i = 1; i < windows.length; i += 1) {
      this.#before[i] = at(this.#before, i - 1) + at(this.ends, i - 1) - at(this.starts, i - 1);
    }
  }

  isOpen(instant: Instant): boolean {
    const i = lastUpTo(this.starts, instant);
    return i >= 0 && instant < at(this.ends, i);
  }

  /** The first working instant from here on; Infinity when there is none. */
  next(instant: Instant): Instant {
    const i = lastUpTo(this.starts, instant);
    if (i >= 0 && instant < at(this.ends, i)) return instant;
    return this.starts[i + 1] ?? Infinity;
  }

  /** When so much working time has passed; Infinity when that never happens. */
  add(instant: Instant, ms: number): Instant {
    if (ms <= 0) return this.next(instant);
    const due = this.#elapsed(instant) + ms;
    const i = lastBelow(this.#before, due);
    if (i < 0) return Infinity;
    const end = at(this.starts, i) + due - at(this.#before, i);
    return end > at(this.ends, i) ? Infinity : end;
  }

  between(from: Instant, to: Instant): number {
    return this.#elapsed(to) - this.#elapsed(from);
  }

  #elapsed(instant: Instant): number {
    const i = lastUpTo(this.starts, instant);
    return i < 0 ? 0 : at(this.#before, i) + Math.min(instant, at(this.ends, i)) - at(this.starts, i);
  }
}

/** The first instant from here on at which both work. */
export function nextOfBoth(one: WorkTime, other: WorkTime, instant: Instant): Instant {
  let t = instant;
  while (t < Infinity) {
    const first = one.next(t);
    const second = other.next(first);
    if (second === first) return first;
    t = second;
  }
  return t;
}

/** Working time by a calendar, over the horizon. */
export function workTimeOf(calendar: Calendar): WorkTime {
  return new WorkTime(workingWindows(calendar, HORIZON.from, HORIZON.to).windows);
}

/** Local midnights of a zone over the horizon. */
export function midnightsOf(zone: string): Float64Array {
  const day: [string, string][] = [['00:00', '00:01']];
  const weekly = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day };
  const { windows } = workingWindows(
    { zone, weekly, holidays: [], exceptions: {}, version: 1 },
    HORIZON.from - 2 * DAY,
    HORIZON.to
  );
  return Float64Array.from(windows, ({ start }) => start);
}

/** Index of the last element ≤ value; −1 when there is none. */
export function lastUpTo(sorted: Float64Array, value: number): number {
  let [low, high] = [-1, sorted.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(sorted, middle) <= value) low = middle;
    else high = middle;
  }
  return low;
}

function lastBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [-1, sorted.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(sorted, middle) < value) low = middle;
    else high = middle;
  }
  return low;
}

function at(array: Float64Array, index: number): number {
  return array[index] as number;
}
