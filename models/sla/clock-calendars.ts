import type { Calendar } from '#models/calendar/calendar.ts';
import { workingWindows } from '#models/calendar/windows.ts';
import type { Engine } from '#models/store/engine.ts';
import { functionCalendars, type Firm } from '#models/views/firm.ts';
import { calendarsOf } from '#models/views/working-windows.ts';
import type { ClockCalendar } from './clock.ts';
import type { SlaCalendar } from './policy.ts';
import type { Belongs } from './subjects.ts';

const DAY = 24 * 3_600_000;
/** How far beyond now a deadline is looked for. */
const AHEAD = 1_200 * DAY;
const YEAR = 366 * DAY;
/** Dates before stand for none (0001-01-01): no calendar is expanded back to them. */
const EARLIEST = 150 * YEAR;

/** Whose hours count, for every policy and subject of one log. */
export interface ClockCalendars {
  /** The name of the calendar that counts for a subject: an office, or '' for the log's own; undefined where none is known. */
  nameFor(chosen: SlaCalendar, belongs: Belongs): string | undefined;
  /**
   * A calendar expanded from an instant (at most 150 years ago) to some years after now; undefined where there is none of
   * that name.
   */
  named(name: string, from: number): ClockCalendar | undefined;
  /** Up to this now they reach far enough, epoch ms. */
  until: number;
  /** Names of those with working time within a year of now. */
  open(): string[];
  /** Differs whenever a verdict might because of calendars. */
  mark: string;
}

/**
 * The calendars of a log: its offices', and its own. A function's is that of the office which acts most for it where the
 * subject belongs, else in all; else the log's own.
 *
 * @param now epoch ms
 */
export async function clockCalendars(
  engine: Pick<Engine, 'query'>,
  { logId, own, firm }: { logId: number; own: string | null; firm: Firm | undefined },
  now: number
): Promise<ClockCalendars> {
  const calendars = await calendarsOf(engine, logId, own);
  const functions = firm
    ? await engine.query<Omit<Belongs, 'service_line'> & { function: string; usual: boolean; calendar: string }>(
        functionCalendars(firm)
      )
    : [];
  const byPlace = new Map<string, string>();
  for (const { function: name, region, legal_entity, usual, calendar } of functions)
    byPlace.set(usual ? name : JSON.stringify([name, region, legal_entity]), calendar);
  const expanded = new Map<string, ClockCalendar>();
  const known = (name: string | undefined) => (name !== undefined && calendars.has(name) ? name : undefined);
  return {
    nameFor(chosen, { region, legal_entity }) {
      if (chosen === 'log') return known('');
      if ('office' in chosen) return known(chosen.office);
      const place = byPlace.get(JSON.stringify([chosen.function, region, legal_entity]));
      return known(place) ?? known(byPlace.get(chosen.function)) ?? known('');
    },
    named(name, from) {
      const calendar = calendars.get(name);
      if (!calendar) return undefined;
      const begin = Math.max(Math.min(from, now), now - EARLIEST) - YEAR;
      const found = expanded.get(name);
      if (found && found.windows.from <= begin) return found;
      const windows = workingWindows(calendar, begin, now + AHEAD);
      const made = { name, calendar, windows };
      expanded.set(name, made);
      return made;
    },
    until: now + YEAR,
    open: () => [...calendars].flatMap(([name, calendar]) => (hasHours(calendar, now) ? [name] : [])),
    mark: JSON.stringify([process.versions['tz'] ?? '', [...calendars], [...byPlace].sort()])
  };
}

const hasHours = (calendar: Calendar, now: number): boolean =>
  workingWindows(calendar, now, now + YEAR).windows.length > 0;
