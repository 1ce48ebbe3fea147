import type { Policy } from '#models/sla/policy.ts';
import { minutesOf, weekdays, type Calendar } from '#models/calendar/calendar.ts';
import type { Fact } from '#models/sla/signals.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What clocks of a zone read at an instant, as if it were UTC: asked of ICU, for each quarter of an hour. */
function readings(zone: string, from: number, minutes: number): number[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit'
    }
  });
  const all: number[] = [];
  for (let minute = 0; minute < minutes; minute += 15) {
    const parts = Object.fromEntries(
      format.formatToParts(from + minute * MINUTE).map(({ type, value }) => [type, Number(value)])
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute: clock = 0 } = parts;
    const read = Date.UTC(year, month - 1, day, hour, clock);
    for (let i = 0; i < 15; i += 1) all.push(read + i * MINUTE);
  }
  return all;
}

/** Whether each minute from an instant on is working time: an interval goes from the first minute at or after its start. */
export function workingMinutes(calendar: Calendar, from: number, minutes: number): boolean[] {
  const clocks = readings(calendar.zone, from, minutes);
  const works = new Array<boolean>(minutes).fill(false);
  const first = Math.floor((clocks[0] ?? 0) / DAY) * DAY - 2 * DAY;
  // The zone's clocks may go back: "at or after" is asked of the furthest that they have read so far.
  let furthest = -Infinity;
  const reached = clocks.map((read) => (furthest = Math.max(furthest, read)));
  const indexOf = (read: number): number => {
    let [low, high] = [0, minutes];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((reached[middle] ?? Infinity) >= read) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  for (let midnight = first; midnight < (clocks.at(-1) ?? 0) + DAY; midnight += DAY) {
    const date = new Date(midnight).toISOString().slice(0, 10);
    const weekday = weekdays[new Date(midnight).getUTCDay()] ?? 'sun';
    const day = calendar.exceptions[date] ?? (calendar.holidays.includes(date) ? [] : calendar.weekly[weekday]);
    for (const [start, end] of day.map(minutesOf)) {
      const [a, b] = [midnight + start * MINUTE, midnight + end * MINUTE];
      // What began before the first minute is working at it.
      const begins = a <= (clocks[0] ?? 0) ? 0 : indexOf(a);
      for (let i = begins; i < indexOf(b); i += 1) works[i] = true;
    }
  }
  return works;
}

export interface Walked {
  state: string;
  elapsed: number;
  breached: number | null;
}

/**
 * The first cycle of a clock, told minute by minute: each minute asks anew, of all facts up to it, whether the clock runs.
 * Slow, and written in another way than the clock is. Facts stand on whole minutes, each at another one.
 */
export function walk(
  facts: readonly Fact[],
  of: Policy,
  works: readonly boolean[],
  from: number,
  goal: number
): Walked | undefined {
  const kindAt = new Map(facts.map(({ at, activity }) => [at, activity]));
  let state: 'none' | 'running' | 'paused' | 'met' | 'cancelled' = 'none';
  let [elapsed, breached, early]: [number, number | null, boolean] = [0, null, false];
  for (const [i, isWorking] of works.entries()) {
    const now = from + i * MINUTE;
    const activity = kindAt.get(now) ?? '';
    if (state === 'none' && of.stop.includes(activity)) early = true;
    else if (state === 'none' && of.start.includes(activity)) state = early ? 'met' : 'running';
    else if (state === 'running' && of.pause.includes(activity)) state = 'paused';
    else if (state === 'paused' && of.resume.includes(activity)) state = 'running';
    else if ((state === 'running' || state === 'paused') && of.stop.includes(activity)) state = 'met';
    else if ((state === 'running' || state === 'paused') && of.cancel.includes(activity)) state = 'cancelled';
    if (state === 'met' || state === 'cancelled') break;
    // Used up at the end of the minute before: whatever runs on is late, be it working time or not.
    if (state === 'running' && breached === null && elapsed >= goal) breached = now;
    if (state === 'running' && isWorking) elapsed += MINUTE;
  }
  if (state === 'none') return undefined;
  return { state: breached === null ? state : 'breached', elapsed, breached };
}
