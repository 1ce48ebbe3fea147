import { Calendar } from '#models/calendar/calendar.ts';
import { workingWindows } from '#models/calendar/windows.ts';
import { verdict, type ClockCalendar, type Cycle } from '#models/sla/clock.ts';
import { Policy } from '#models/sla/policy.ts';
import type { Fact } from '#models/sla/signals.ts';

export const HOUR = 3_600_000;
export const at = (instant: string): number => Date.parse(instant);
export const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/** Nine to five with an hour's lunch in Berlin, Monday to Friday, unless said otherwise. */
export function clockCalendar(weekly?: object, more: object = {}, zone = 'Europe/Berlin'): ClockCalendar {
  const day = [
    ['09:00', '12:00'],
    ['13:00', '17:00']
  ];
  const calendar = Calendar.parse({
    zone,
    weekly: weekly ?? { mon: day, tue: day, wed: day, thu: day, fri: day },
    ...more
  });
  return {
    name: zone,
    calendar,
    windows: workingWindows(calendar, at('2024-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z'))
  };
}

export const berlin = clockCalendar();

/** A promise of seven business hours, whose activities are called after what they do. */
export function policy(more: object = {}): Policy {
  return Policy.parse({
    id: 'promise',
    name: 'Promise',
    anchor: 'case',
    start: ['start'],
    pause: ['pause'],
    resume: ['resume'],
    stop: ['stop'],
    cancel: ['cancel'],
    goal: { business: 'PT7H' },
    calendar: 'log',
    ...more
  });
}

/** `start 2024-07-01T07:00Z` each; numbered in the order written, which is the order of the source. */
export function facts(...lines: string[]): Fact[] {
  return lines.map((line, place) => {
    const [activity = '', instant = '', seen] = line.split(' ');
    return {
      no: place + 1,
      at: at(instant),
      activity,
      place,
      ...(seen === undefined ? {} : { seen: at(seen) })
    };
  });
}

export function cyclesAt(
  asOf: string,
  list: readonly Fact[],
  of: Policy = policy(),
  calendar: ClockCalendar | null = berlin
): Cycle[] {
  return verdict(list, of, calendar, at(asOf)).cycles;
}
