import type { Filter } from '#models/filter/filter.ts';
import { raw, sql, type Sql } from '#models/store/sql.ts';
import type { Grain } from '#models/views/catalogue.ts';
import {
  ask,
  elapsed,
  meanSeconds,
  medianAndP90,
  toMilliseconds,
  scoped,
  totalSeconds,
  words,
  type ViewContext
} from './context.ts';

export interface DirectlyFollowsOptions {
  /** Exact median and P90 of each edge. They cost more than all the rest: a map that shows frequency can do without. */
  percentiles?: boolean;
}

export interface DirectlyFollowsEdge {
  a: string;
  b: string;
  /** Adjacent pairs (a, b). */
  count: number;
  /** Distinct cases that hold one. */
  cases: number;
  mean_s: number;
  median_s?: number;
  p90_s?: number;
  total_s: number;
}

export interface DirectlyFollowsGraph {
  /** Count descending, then name. */
  activities: { activity: string; count: number; cases: number }[];
  /** Count descending, then a, then b, by code point. */
  directly_follows: DirectlyFollowsEdge[];
  start_activities: Record<string, number>;
  end_activities: Record<string, number>;
  grain: Grain;
  /** Grain instance: the share of pairs whose second began before the first was complete, so that their time is 0. */
  clamped?: number;
  /** Whether a filter removed events, so that neighbours here are not neighbours in the source. */
  relinked: boolean;
}

/**
 * Directly-follows graph: which activity comes right after which, how often, in how many cases and after what time.
 *
 * Edge a→b: each pair of neighbours of a case with a, then b. Its time is `b.time − a.time` at grain event and
 * `max(0, b.start − a.complete)` at grain instance, with the share of pairs clamped to 0 stated. Times are seconds,
 * rounded to the millisecond; percentiles are exact and continuous (R type 7).
 * A node's count is its executions.
 *
 * Source: van der Aalst, "A practitioner's guide to process mining: limitations of the directly-follows graph",
 * CENTERIS 2019. PM4Py's `discover_dfg` gives the same counts.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { directly_follows } = await directlyFollowsGraph({ engine, view, now });
 * // [{ a: 'Create Fine', b: 'Send Fine', count: 103392, cases: 103392, mean_s: 7568023.83, … }, …]
 */
export async function directlyFollowsGraph(
  { engine, view }: ViewContext,
  filter: Filter = [],
  { percentiles = true }: DirectlyFollowsOptions = {}
): Promise<DirectlyFollowsGraph> {
  const { define, segments, cases, relinked } = scoped(view, filter);
  const ends = (column: Sql) => sql`
    (select coalesce(list({name: value, count: n} order by n desc, value), [])
    from (select ${column} as id, count(*) as n from ${cases} group by all) join ${words(view, 'activity')} using (id))`;
  const answer = await ask<Answer>(
    engine,
    sql`
    with ${define} edge as (${edges(segments, percentiles)}), ${edgeCases(segments, cases)},
    node as (
      select activity as id, count(*) as n, count(*) filter (repetition = 0) as cases from ${segments} group by activity
    ), word as (select * from ${words(view, 'activity')})
    select to_json({
      activities: (
        select coalesce(list({activity: value, count: n, cases: cases} order by n desc, value), [])
        from node join word using (id)),
      directly_follows: (
        select coalesce(list({a: a.value, b: b.value, count: n, cases: cases, mean_s: mean_s
          ${percentiles ? sql`, median_s: ${toMilliseconds(raw('q[1]'))}, p90_s: ${toMilliseconds(raw('q[2]'))}` : sql``},
          total_s: total_s} order by n desc, a.value, b.value), [])
        from edge join edge_case using (activity, next_activity)
        join word a on a.id = edge.activity join word b on b.id = edge.next_activity),
      start_activities: ${ends(raw('start_activity'))},
      end_activities: ${ends(raw('end_activity'))},
      clamped: (select sum(clamped) / sum(n) from edge)
    }) as answer`
  );
  const { clamped, start_activities, end_activities, ...rest } = answer;
  return {
    ...rest,
    start_activities: Object.fromEntries(start_activities.map(({ name, count }) => [name, count])),
    end_activities: Object.fromEntries(end_activities.map(({ name, count }) => [name, count])),
    grain: view.grain,
    ...(view.grain === 'instance' && clamped !== null ? { clamped } : {}),
    relinked
  };
}

type Named = { name: string; count: number }[];

interface Answer {
  activities: DirectlyFollowsGraph['activities'];
  directly_follows: DirectlyFollowsEdge[];
  start_activities: Named;
  end_activities: Named;
  clamped: number | null;
}

function edges(segments: Sql, percentiles: boolean): Sql {
  const us = raw('us');
  return sql`
    select activity, next_activity, count(*) as n, ${meanSeconds(us)} as mean_s,
      ${totalSeconds(us)} as total_s, count(*) filter (is_clamped) as clamped
      ${percentiles ? sql`, ${medianAndP90(us)} as q` : sql``}
    from (
      select activity, next_activity, ${elapsed(raw('complete'), raw('next_start'))} as us,
        next_start < complete as is_clamped
      from ${segments} where next_activity is not null
    ) group by activity, next_activity`;
}

/** Whether a case holds an edge follows from its variant, so one case a variant is asked: ten times as fast. */
function edgeCases(segments: Sql, cases: Sql): Sql {
  return sql`
    shape as (select variant, count(*) as n, min(case_no) as case_no from ${cases} group by variant),
    edge_case as (
      select activity, next_activity, sum(n) as cases
      from (
        select distinct activity, next_activity, case_no from ${segments}
        where next_activity is not null and case_no in (select case_no from shape)
      ) join shape using (case_no) group by activity, next_activity
    )`;
}
