import { everyMonth } from '../charts/time-axis.ts';
import type { CycleTime } from '#mining/cycle-time.ts';
import type { Filter } from '#models/filter/filter.ts';
import { formatCount } from '#models/units/number.ts';
import type { ExceptionCount } from '#mining/exceptions.ts';

export interface LifecycleTile {
  id: 'open' | 'cycle' | 'stalled' | 'exceptions' | 'sla' | 'right';
  label: string;
  /** Null where nothing is decided yet. */
  value: number | null;
  unit: 'projects' | 'seconds' | 'exceptions' | 'share';
  /** Denominator, target, clock. */
  about: string;
  meaning: string;
  trend?: { of: string; values: (number | null)[] };
  opens:
    | { page: '/cases'; filter: Filter }
    | { page: '/stalled' | '/exceptions' | '/sla' | '/handoffs'; query: Record<string, string> };
}

export interface LifecycleTilesInput {
  cycleTime: Pick<CycleTime, 'closed' | 'open' | 'by_month'>;
  /** The cycle time of those that were closed in the period, and the filter that opens them. */
  closed: CycleTime['closed'];
  ended: Filter;
  /** What the page is narrowed to, as a filter of cases. */
  filter: Filter;
  stalled: { total: number };
  exceptions: { counts: ExceptionCount[] };
  /** Policies of promised times with what was kept; empty where none is set. */
  sla: {
    adherence: { share: number; n: number } | null;
    breached: number;
    open: number;
    by_month: { month: string; share: number | null; n: number }[];
  }[];
  /** First-time-right of all handoffs, weighted by their number. */
  handoffs: { first_time_right: { share: number; n: number } | null }[];
}

/**
 * The key figures of a log with a lifecycle: what is under way, how long it takes, what is stuck, what is not allowed,
 * and whether promises are kept. Shares of several are weighted by what they are of.
 */
export function lifecycleTiles({
  cycleTime,
  closed,
  ended,
  filter,
  stalled,
  exceptions,
  sla,
  handoffs
}: LifecycleTilesInput): LifecycleTile[] {
  const { open, by_month } = cycleTime;
  const openExceptions = exceptions.counts.reduce((sum, { open }) => sum + open, 0);
  const severe = exceptions.counts
    .filter(({ severity }) => severity === 'high')
    .reduce((sum, { open }) => sum + open, 0);
  const kept = weighted(sla.map(({ adherence }) => adherence));
  const running = sla.reduce((sum, { open }) => sum + open, 0);
  const right = weighted(handoffs.map(({ first_time_right }) => first_time_right));
  const months = everyMonth(
    sla.flatMap(({ by_month }) => by_month.map(({ month }) => ({ month }))),
    (month) => ({ month })
  );
  const tiles: (LifecycleTile | false)[] = [
    open !== null && {
      id: 'open',
      label: 'Projects under way',
      value: open.n,
      unit: 'projects',
      about: `of ${formatCount((cycleTime.closed?.n ?? 0) + open.n)}, as of now`,
      meaning: 'Projects whose delivery is not closed, or of which an invoice is not settled.',
      trend: { of: 'started a month', values: by_month.map(({ started }) => started) },
      opens: { page: '/cases', filter: [...filter, { kind: 'status', status: 'open' }] }
    },
    {
      id: 'cycle',
      label: 'Median cycle time',
      value: closed?.median_s ?? null,
      unit: 'seconds',
      about: closed ? `n = ${formatCount(closed.n)} closed, wall clock` : 'none was closed',
      meaning: 'From the first event of a project that was closed in the period to its last.',
      trend: { of: 'median by month of end', values: by_month.map(({ median_s }) => median_s) },
      opens: closed
        ? {
            page: '/cases',
            filter: [...ended, { kind: 'duration', min_ms: Math.floor(closed.median_s * 1000) }]
          }
        : { page: '/cases', filter: ended }
    },
    {
      id: 'stalled',
      label: 'Stalled now',
      value: stalled.total,
      unit: 'projects',
      about: open ? `of ${formatCount(open.n)} under way` : 'of those under way',
      meaning: 'No progress for longer, in business time, than 95 of 100 take at this point.',
      opens: { page: '/stalled', query: {} }
    },
    {
      id: 'exceptions',
      label: 'Open exceptions',
      value: openExceptions,
      unit: 'exceptions',
      about: `${formatCount(severe)} of high severity`,
      meaning: 'What the lifecycle does not allow and no later fact has mended.',
      opens: { page: '/exceptions', query: {} }
    },
    {
      id: 'right',
      label: 'Right the first time',
      value: right?.share ?? null,
      unit: 'share',
      about: right ? `of ${formatCount(right.n)} handoffs decided` : 'none is decided',
      meaning: 'Handoffs picked up without being sent back, of those that are decided.',
      opens: { page: '/handoffs', query: {} }
    },
    sla.length > 0 && {
      id: 'sla',
      label: 'Promises kept',
      value: kept?.share ?? null,
      unit: 'share',
      about: kept ? `n = ${formatCount(kept.n)}, whole log` : `${formatCount(running)} clocks run`,
      meaning: `Clocks that stopped within their goal, of those that are decided, of the whole firm and log; ${formatCount(running)} are open.`,
      trend: {
        of: 'kept a month',
        values: months.map(
          ({ month }) =>
            weighted(sla.map(({ by_month }) => by_month.find((one) => one.month === month) ?? null))?.share ?? null
        )
      },
      opens: { page: '/sla', query: {} }
    }
  ];
  return tiles.filter((tile) => tile !== false);
}

/** The mean of shares, each by what it is of; null of nothing. */
function weighted(parts: ({ share: number | null; n: number } | null)[]): { share: number; n: number } | null {
  let [sum, n] = [0, 0];
  for (const part of parts) {
    if (part === null || part.share === null || part.n === 0) continue;
    sum += part.share * part.n;
    n += part.n;
  }
  return n > 0 ? { share: sum / n, n } : null;
}
