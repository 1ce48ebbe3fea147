import type { CalendarRow, Instant } from '../../firm/rows.ts';
import type { Dirtying } from './cell.ts';
import type { Draw } from './draw.ts';

const hour = 3_600_000;
const day = 24 * hour;
const catchUp = 1.5 * hour;

/** The hours in which the PSA recorded nothing. */
export interface Outage {
  from: Instant;
  to: Instant;
}

/** A Tuesday, Wednesday or Thursday of the middle of the two years that is no holiday in any office, 08:00 to 14:00 UTC. */
export function outageOf(calendars: readonly CalendarRow[], now: Instant, draw: Draw): Outage {
  const holidays = new Set(calendars.flatMap((calendar) => calendar.holidays));
  const days: number[] = [];
  for (let at = Math.floor(now / day) - 540; at < Math.floor(now / day) - 120; at++) {
    const date = new Date(at * day);
    if ([2, 3, 4].includes(date.getUTCDay()) && !holidays.has(date.toISOString().slice(0, 10))) days.push(at);
  }
  const chosen = days[draw.below(days.length, 'day')];
  if (chosen === undefined) throw new Error('no day is left for the outage');
  return { from: chosen * day + 8 * hour, to: chosen * day + 14 * hour };
}

/**
 * Lets the PSA catch up after the outage. What it would have recorded then it records in the ninety minutes after, and
 * what came in these ninety minutes waits behind that, so that nothing overtakes.
 *
 * @returns how many records an instant of the outage moved in
 */
export function delayPastOutage({ cell }: Dirtying, { from, to }: Outage): number {
  const until = to + catchUp;
  const moved = (at: Instant) =>
    at < from || at >= until ? at : to + Math.floor(((at - from) * catchUp) / (until - from));
  const isIn = (at: Instant) => at >= from && at < to;
  let records = 0;

  const steps = <Row extends { history: { at: Instant }[] }>(rows: Row[]): Row[] =>
    rows.map((row) => {
      if (!row.history.some(({ at }) => at >= from && at < until)) return row;
      if (row.history.some(({ at }) => isIn(at))) records += 1;
      return { ...row, history: row.history.map((step) => ({ ...step, at: moved(step.at) })) };
    });
  const instant = <Name extends string, Row extends Record<Name, Instant>>(rows: Row[], name: Name): Row[] =>
    rows.map((row) => {
      const at = row[name];
      if (at < from || at >= until) return row;
      if (isIn(at)) records += 1;
      return { ...row, [name]: moved(at) };
    });

  cell['psa/projects'] = steps(cell['psa/projects']);
  cell['psa/resource_requests'] = steps(cell['psa/resource_requests']);
  cell['psa/milestones'] = steps(cell['psa/milestones']);
  cell['psa/change_requests'] = steps(cell['psa/change_requests']);
  cell['psa/assignments'] = instant(cell['psa/assignments'], 'createdAt');
  cell['psa/time'] = instant(cell['psa/time'], 'enteredAt');
  cell['psa/expenses'] = instant(cell['psa/expenses'], 'enteredAt');
  return records;
}
