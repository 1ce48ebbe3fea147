import { tz } from '@date-fns/tz';
import { eachMonthOfInterval, format } from 'date-fns';
/** In what an axis of durations counts, and how many seconds one is. */
export interface TimeUnit {
  name: 'days' | 'hours' | 'minutes' | 'seconds';
  seconds: number;
}

/** The largest unit of which the longest duration worth showing has at least two. */
export function timeUnit(longest_s: number): TimeUnit {
  if (longest_s >= 2 * 86_400) return { name: 'days', seconds: 86_400 };
  if (longest_s >= 2 * 3_600) return { name: 'hours', seconds: 3_600 };
  return longest_s >= 120 ? { name: 'minutes', seconds: 60 } : { name: 'seconds', seconds: 1 };
}

/** The horizontal axis of months, `YYYY-MM-01` in UTC. */
export const monthAxis = {
  field: 'month',
  type: 'temporal',
  scale: { type: 'utc' },
  axis: {
    title: 'Month (UTC)',
    grid: false,
    tickCount: 6,
    tickMinStep: 31 * 86_400_000,
    format: '%b %Y'
  }
} as const;

export const monthTooltip = {
  field: 'month',
  type: 'temporal',
  timeUnit: 'utcyearmonth',
  format: '%B %Y',
  title: 'month'
} as const;

const MOST_MONTHS = 1_200;

/**
 * One entry a month from the first to the last, where a result lists only months in which something happened. A
 * century and more (a log with an impossible date) stays as it is.
 */
export function everyMonth<Month extends { month: string }>(months: Month[], empty: (month: string) => Month): Month[] {
  const known = new Map(months.map((month) => [month.month, month]));
  const names = [...known.keys()].sort();
  const [first, last] = [names[0], names.at(-1)];
  if (first === undefined || last === undefined) return [];
  const interval = { start: `${first}-01T00:00:00Z`, end: `${last}-01T00:00:00Z` };
  const all = eachMonthOfInterval(interval, { in: tz('UTC') });
  if (all.length > MOST_MONTHS) return months;
  return all.map((at) => format(at, 'yyyy-MM')).map((month) => known.get(month) ?? empty(month));
}
