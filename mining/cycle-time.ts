import type { Filter } from '#models/filter/filter.ts';
import { list, raw, sql, type Sql } from '#models/store/sql.ts';
import { endCondition } from '#models/views/end-condition.ts';
import { ask, scoped, type ViewContext } from './context.ts';

/** Exact seconds; percentiles are continuous (R type 7). */
export interface Spread {
  n: number;
  mean_s: number;
  median_s: number;
  p90_s: number;
  min_s: number;
  max_s: number;
}

export interface CycleTime {
  /** The activities that end a case, or `none`: then every case counts as closed. */
  end_condition: string[] | 'none';
  /** Closed cases; null when there is none. */
  closed: Spread | null;
  /** Open cases and their age at `now`; null when the view has no end condition, which leaves age undefined. */
  open: { n: number; age: Spread | null } | null;
  /** Grain instance: of closed cases, the length of the union of active intervals, and what is left of the cycle. */
  processing?: Spread;
  waiting?: Spread;
  /** Grain instance: Σ processing / Σ cycle over closed cases, 0 to 1. */
  flow_efficiency?: number;
  /** Whether active time is unknown or known in part, so that real waiting is at most what is left of the cycle. */
  waiting_is_upper_bound: boolean;
  /** Business time between neighbours, summed a closed case; absent without a calendar. Cases where one is unknown are left out. */
  business?: Spread;
  /** Closed cases by cycle time: up to 30 bins `[from_s, to_s)` of one width that joins up; a long tail is one last, wider bin. */
  histogram: { from_s: number; to_s: number; cases: number }[];
  by_month: MonthOfCases[];
  relinked: boolean;
}

export interface MonthOfCases {
  /** `2020-01`, UTC. Months in which no case started or ended are not listed. */
  month: string;
  started: number;
  /** Closed cases that ended in it. */
  ended: number;
  /** Cases behind the percentiles: those that ended in it. */
  n: number;
  median_s: number | null;
  p90_s: number | null;
}

/**
 * Cycle time: how long cases take, and how old the open ones are.
 *
 * - cycle time (lead, throughput time) of a closed case: `max(complete) − min(start)`;
 * - age of an open case: `now − min(start)`, at least 0. The two never mix;
 * - grain instance: processing = length of the union of the case's active intervals (parallel work counts once),
 *   waiting = cycle − processing, flow efficiency = Σ processing / Σ cycle.
 *
 * PM4Py's `get_cycle_time` is another thing (busy span of all cases / cases); its case durations are these. It takes
 * the *sum* of task times for processing, which goes beyond the cycle under parallel work.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { closed } = await cycleTime({ engine, view, now });
 * // { n: 150370, mean_s: 29520829.12, median_s: 17110800, p90_s: 67996800, min_s: 0, max_s: 377740800 }
 */
export async function cycleTime({ engine, view, now }: ViewContext, filter: Filter = []): Promise<CycleTime> {
  const { define, segments, cases, relinked } = scoped(view, filter);
  const end_condition = endCondition(view);
  const hasEnd = end_condition !== 'none';
  const hasProcessing = view.grain === 'instance' && !relinked;
  const hasBusiness = view.calendar !== null && !relinked;
  const answer = await ask<Answer>(
    engine,
    sql`
    with ${define} timed as (${timedCases(segments, cases, now, hasBusiness)}),
    ${histogram}, ${byMonth}
    select to_json({
      closed: ${spread('cycle', 'closed')},
      open: count(*) filter (not closed),
      age: ${spread('age', 'not closed')},
      processing: ${spread('processing', 'closed')},
      waiting: ${spread('waiting', 'closed')},
      flow_efficiency: sum(processing) filter (closed) / nullif(sum(cycle) filter (closed), 0),
      unpaired: ${hasProcessing ? sql`(select bool_or(unpaired) from ${segments} s)` : raw('true')},
      business: ${spread('business', 'closed')},
      histogram: (select coalesce(list({from_s: from_us / 1e6, to_s: to_us / 1e6, cases: n} order by bin), []) from bin_row),
      by_month: (
        select coalesce(list({month: month, started: started, ended: ended, n: ended,
          median_s: q[1] / 1e6, p90_s: q[2] / 1e6} order by month), []) from month_row)
    }) as answer from timed`
  );
  return {
    end_condition,
    closed: answer.closed,
    open: hasEnd ? { n: answer.open, age: answer.age } : null,
    ...(hasProcessing && answer.processing && { processing: answer.processing }),
    ...(hasProcessing && answer.waiting && { waiting: answer.waiting }),
    ...(hasProcessing && answer.flow_efficiency !== null && { flow_efficiency: answer.flow_efficiency }),
    waiting_is_upper_bound: !hasProcessing || answer.unpaired === true,
    ...(hasBusiness && answer.business && { business: answer.business }),
    histogram: answer.histogram,
    by_month: answer.by_month,
    relinked
  };
}

interface Answer extends Pick<CycleTime, 'histogram' | 'by_month' | 'closed'> {
  open: number;
  age: Spread | null;
  processing: Spread | null;
  waiting: Spread | null;
  flow_efficiency: number | null;
  unpaired: boolean | null;
  business: Spread | null;
}

/** A row a case: its times in microseconds. */
function timedCases(segments: Sql, cases: Sql, now: string, hasBusiness: boolean): Sql {
  const business = hasBusiness
    ? sql`join (
        select case_no, case when bool_and(business_wait is not null or next_activity is null)
          then coalesce(sum(business_wait), 0) * 1000 end as business
        from ${segments} s group by case_no
      ) b using (case_no)`
    : sql`, (select null::bigint as business) b`;
  return sql`
    select closed, date_trunc('month', first) as began, date_trunc('month', last) as finished, cycle, age, business,
      least(processing_ms * 1000, cycle) as processing, cycle - least(processing_ms * 1000, cycle) as waiting
    from (
      select *, epoch_us(last) - epoch_us(first) as cycle,
        greatest(0, epoch_us(${now}::timestamptz at time zone 'UTC') - epoch_us(first)) as age
      from ${cases}
    ) c ${business}`;
}

function spread(column: string, where: string): Sql {
  const us = raw(column);
  const over = sql`filter (${raw(where)})`;
  return sql`case when count(${us}) ${over} > 0 then {
    n: count(${us}) ${over}, mean_s: sum(${us}) ${over}::double / count(${us}) ${over} / 1e6,
    median_s: quantile_cont(${us}, 0.5) ${over} / 1e6, p90_s: quantile_cont(${us}, 0.9) ${over} / 1e6,
    min_s: min(${us}) ${over} / 1e6, max_s: max(${us}) ${over} / 1e6} end`;
}

const [second, minute, hour, day] = [1, 60, 3_600, 86_400] as const;

/** Widths that people read at a glance, in seconds. */
const widths: readonly number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 4, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28, 56, 91, 182, 365, 730, 1_825, 3_650, 36_500, 365_000].map((n) => n * day)
];

/**
 * The smallest width that needs at most 29 bins up to the P95 (up to the longest, where that is less than twice it);
 * beyond lies one bin more.
 */
const histogram: Sql = sql`
  extent as (
    select min(cycle) as low, max(cycle) as high,
      case when max(cycle) <= 2 * quantile_cont(cycle, 0.95) then max(cycle) else quantile_cont(cycle, 0.95)::bigint end
        as core
    from timed where closed
  ), grid as (
    select width, low // width as first_bin, core // width as core_bin, high // width as high_bin
    from extent, (select unnest([${list(widths.map((s) => s * 1e6))}])::bigint as width)
    where core // width - low // width < 29 order by width limit 1
  ), bin_row as (
    select bin, bin * width as from_us,
      case when bin > core_bin then high_bin + 1 else bin + 1 end * width as to_us, coalesce(n, 0) as n
    from (select width, core_bin, high_bin,
        unnest(range(first_bin, least(core_bin + 1, high_bin) + 1)) as bin from grid) g
    left join (
      select least(cycle // width, core_bin + 1) as bin, count(*) as n from timed, grid where closed group by 1
    ) counted using (bin)
  )`;

const byMonth: Sql = sql`
  month_row as (
    select strftime(coalesce(began, finished), '%Y-%m') as month, coalesce(started, 0) as started,
      coalesce(ended, 0) as ended, q
    from (select began, count(*) as started from timed group by began) b
    full join (
      select finished, count(*) as ended, quantile_cont(cycle, [0.5, 0.9]) as q from timed where closed group by finished
    ) f on began = finished
  )`;
