import { Calendar } from '#models/calendar/calendar.ts';
import { HOUR, lastUpTo, midnightsOf, WorkTime, workTimeOf } from './clock.ts';
import { dayOf } from './dates.ts';
import { type CalendarRow, type Instant } from './rows.ts';

export type OfficeCode = 'BER' | 'NYC' | 'SIN' | 'BLR';

/** A place with its clocks, hours and holidays. */
export class Office {
  readonly row: CalendarRow;
  readonly work: WorkTime;
  readonly #midnights: Float64Array;
  readonly #windows: { start: Instant; end: Instant; date: string }[];

  constructor(row: CalendarRow) {
    this.row = row;
    this.work = workTimeOf(Calendar.parse({ zone: row.zone, weekly: row.hours, holidays: row.holidays }));
    this.#midnights = midnightsOf(row.zone);
    this.#windows = Array.from(this.work.starts, (start, i) => ({
      start,
      end: this.work.ends[i] ?? start,
      date: this.dateAt(start)
    }));
  }

  get code(): string {
    return this.row.office;
  }

  dateAt(instant: Instant): string {
    // Midnights lie within 14 h of UTC's: the middle of the day has the right date in UTC.
    const midnight = this.#midnights[lastUpTo(this.#midnights, instant)];
    if (midnight === undefined) throw new RangeError(`${instant} lies before the simulated time`);
    return dayOf(midnight + 12 * HOUR);
  }

  /** The instant of a time of day; days on which clocks change are Sundays, when nobody works. */
  at(date: string, hours: number): Instant {
    const noon = Date.parse(`${date}T12:00:00Z`);
    const i = lastUpTo(this.#midnights, noon);
    for (const midnight of [this.#midnights[i], this.#midnights[i - 1]]) {
      if (midnight !== undefined && this.dateAt(midnight) === date) return midnight + hours * HOUR;
    }
    return Date.parse(`${date}T00:00:00Z`) + hours * HOUR;
  }

  /** The office's hours without some days, between two dates. */
  workExcept(isAway: (date: string) => boolean, from: string, to: string | null): WorkTime {
    return new WorkTime(
      this.#windows.filter(({ date }) => date >= from && (to === null || date <= to) && !isAway(date))
    );
  }
}

type Hours = [string, string][];
const week = (day: Hours): CalendarRow['hours'] => ({
  mon: day,
  tue: day,
  wed: day,
  thu: day,
  fri: day,
  sat: [],
  sun: []
});

export const offices: Record<OfficeCode, Office> = {
  BER: new Office({
    office: 'BER',
    zone: 'Europe/Berlin',
    hours: week([
      ['09:00', '12:30'],
      ['13:00', '17:30']
    ]),
    holidays: days(
      '2024-10-03 2024-12-25 2024-12-26 2025-01-01 2025-04-18 2025-04-21 2025-05-01 2025-05-08 2025-05-29 2025-06-09',
      '2025-10-03 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-12-25'
    )
  }),
  NYC: new Office({
    office: 'NYC',
    zone: 'America/New_York',
    hours: week([
      ['09:00', '12:00'],
      ['13:00', '18:00']
    ]),
    holidays: days(
      '2024-07-04 2024-09-02 2024-11-28 2024-12-25 2025-01-01 2025-01-20 2025-02-17 2025-05-26 2025-06-19 2025-07-04',
      '2025-09-01 2025-11-27 2025-12-25 2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07',
      '2026-11-26 2026-12-25'
    )
  }),
  SIN: new Office({
    office: 'SIN',
    zone: 'Asia/Singapore',
    hours: week([
      ['09:00', '12:30'],
      ['13:30', '18:00']
    ]),
    holidays: days(
      '2024-08-09 2024-10-31 2024-12-25 2025-01-01 2025-01-29 2025-01-30 2025-03-31 2025-04-18 2025-05-01 2025-05-12',
      '2025-10-20 2025-12-25 2026-01-01 2026-02-17 2026-02-18 2026-04-03 2026-05-01 2026-05-27 2026-06-01 2026-08-10',
      '2026-11-09 2026-12-25'
    )
  }),
  BLR: new Office({
    office: 'BLR',
    zone: 'Asia/Kolkata',
    hours: week([
      ['09:30', '13:00'],
      ['14:00', '18:30']
    ]),
    holidays: days(
      '2024-08-15 2024-10-02 2024-11-01 2024-12-25 2025-01-14 2025-03-31 2025-04-18 2025-05-01 2025-08-15 2025-08-27',
      '2025-10-02 2025-10-20 2025-12-25 2026-01-15 2026-01-26 2026-04-03 2026-05-01 2026-08-15 2026-10-02 2026-12-25'
    )
  })
};

function days(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
