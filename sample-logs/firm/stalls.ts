import { addDays, weekdayOf } from './dates.ts';
import { type Random } from './rng.ts';
import { type Instant, type Staff } from './rows.ts';

export const stallReasons = ['waiting for purchase order', 'missing tax id', 'no staffing', 'approver left'] as const;
export type StallReason = (typeof stallReasons)[number];

export interface Stall {
  project: string;
  reason: StallReason;
  /** Of the project's last progress. */
  since: Instant;
  fact: { type: 'purchase_request' | 'contract' | 'resource_request' | 'approval'; id: string; person?: Staff };
}

/** A stall that was planted began so many business days before now. */
const WINDOW = { from: businessDaysBefore('2026-06-30', 68), to: businessDaysBefore('2026-06-30', 32) };
/** So many projects of 1,200 pass each point at which one can get stuck, within the window. */
const PASSING = 60;
/** Earlier rather than later, so that none is left over. */
const HASTE = 3;

/** Chooses the projects that get stuck (T8): 60 of 1,200, evenly for each reason. */
export class Stalls {
  readonly list: Stall[] = [];
  readonly #random: Random;
  readonly #quota: Record<StallReason, number>;
  readonly #passing: number;

  constructor(random: Random, projects: number) {
    this.#random = random;
    const total = Math.round((projects * 60) / 1200);
    this.#passing = (projects * PASSING) / 1200;
    this.#quota = Object.fromEntries(
      stallReasons.map((reason, i) => [reason, Math.floor((total + stallReasons.length - 1 - i) / stallReasons.length)])
    ) as Record<StallReason, number>;
  }

  /** Whether a project that comes by on this date gets stuck; later ones make up for what chance left out. */
  takes(reason: StallReason, date: string, passing = this.#passing, window = WINDOW): boolean {
    const left = this.#quota[reason];
    if (left <= 0 || date < window.from || date > window.to) return false;
    const rest = businessDays(date, window.to) / businessDays(window.from, window.to);
    if (!this.#random.chance(Math.min(1, (HASTE * left) / Math.max(1, passing * rest)))) return false;
    this.#quota[reason] -= 1;
    return true;
  }

  /** In the weeks before a line manager leaves. */
  takesOfLeaver(date: string): boolean {
    return this.takes('approver left', date, (this.#passing * 45) / PASSING, { from: '2026-04-06', to: WINDOW.to });
  }

  add(stall: Stall): void {
    this.list.push(stall);
  }
}

function businessDaysBefore(date: string, count: number): string {
  let result = date;
  for (let left = count; left > 0;) {
    result = addDays(result, -1);
    if (weekdayOf(result) % 6 !== 0) left -= 1;
  }
  return result;
}

function businessDays(from: string, to: string): number {
  let count = 1;
  for (let date = from; date < to; date = addDays(date, 1)) if (weekdayOf(date) % 6 !== 0) count += 1;
  return count;
}
