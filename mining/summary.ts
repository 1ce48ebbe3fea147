import type { Filter } from '#models/filter/filter.ts';
import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from '#models/views/catalogue.ts';
import { endCondition } from '#models/views/end-condition.ts';
import { ask, elapsed, instant, meanSeconds, scoped, totalSeconds, words, type ViewContext } from './context.ts';
import { topVariants } from './top-variants.ts';

export interface Summary {
  cases: number;
  events: number;
  activities: number;
  variants: number;
  /** The three most frequent; ties by sequence, compared activity by activity by code point. */
  top_variants: { sequence: string[]; cases: number }[];
  /** ISO 8601 UTC; null when there is no event. */
  first_event: string | null;
  last_event: string | null;
  /** Count descending, then name. */
  start_activities: Record<string, number>;
  end_activities: Record<string, number>;
  /** Of closed cases, in seconds; absent when none is. */
  case_duration_s?: { mean: number; median: number; p90: number; max: number };
  self_loop_events: number;
  loop_back_events: number;
  loop_back_cases: number;
  /** Executions beyond an activity's first in its case: self-loops and loop-backs. */
  repeated_events: number;
  /** Distinct resources. This and the three below are absent when no event has one. */
  resources?: number;
  resource_handoffs?: number;
  resource_handoffs_total_s?: number;
  /** The 20 most frequent; ties by from, then to. */
  top_resource_handoffs?: { from: string; to: string; count: number; mean_s: number }[];
  /** Distinct teams; absent when no event has one. */
  teams?: number;
  closed_cases: number;
  open_cases: number;
  /** What closes a case: the activities that end it, or parts that must all hold. `none`: every case counts as closed. */
  end_condition: string[] | 'none';
  /** Objects of the view's type that no event touches. Of the whole view: a filter has no say over them. */
  empty_cases: number;
  relinked: boolean;
}

/**
 * Summary: the first facts of a log.
 *
 * Case duration is `max(complete) − min(start)` of closed cases, in exact seconds; percentiles are continuous
 * (R type 7, numpy's default). A resource handoff is a pair of neighbours of a case whose resources are both known and
 * differ (an unknown one breaks the pair; `transitionHandoffs` skips it); its time is `max(0, next start − complete)`,
 * in seconds, rounded to the millisecond. Self-loop: an activity again at once; loop-back: again after others.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { cases, events } = await summary({ engine, view, now }); // 150370, 561470
 */
export async function summary({ engine, view }: ViewContext, filter: Filter = []): Promise<Summary> {
  const tables = scoped(view, filter);
  const { define, segments, cases, relinked } = tables;
  const top = await topVariants(engine, view, tables);
  const ends = (column: Sql) => sql`
    (select coalesce(list({name: value, count: n} order by n desc, value), [])
    from (select ${column} as id, count(*) as n from ${cases} group by all) join ${words(view, 'activity')} using (id))`;
  const answer = await ask<Answer>(
    engine,
    sql`
    with ${define} per_case as (
      select count(*) as cases, coalesce(sum(events), 0) as events, count(distinct variant) as variants,
        min(first) as first, max(last) as last, count(*) filter (closed) as closed_cases,
        coalesce(sum(self_loops), 0) as self_loops, coalesce(sum(loop_backs), 0) as loop_backs,
        count(*) filter (loop_backs > 0) as loop_back_cases
      from ${cases}
    ), duration as (
      select sum(us)::double / count(*) / 1e6 as mean, quantile_cont(us, [0.5, 0.9]) as q, max(us) / 1e6 as max
      from (select epoch_us(last) - epoch_us(first) as us from ${cases} where closed)
    ), per_event as (
      select count(distinct activity) as activities, count(distinct resource) as resources, count(distinct team) as teams
      from ${segments}
    ), ${top}, ${resourceHandoffs(view, segments)}
    select to_json({
      cases: cases, events: events, activities: activities, variants: variants,
      top_variants: (
        select coalesce(list({sequence: sequence, cases: cases} order by cases desc, sequence), []) from top_variant),
      first_event: ${instant(raw('first'))}, last_event: ${instant(raw('last'))},
      start_activities: ${ends(raw('start_activity'))}, end_activities: ${ends(raw('end_activity'))},
      case_duration_s: (
        select case when mean is not null then {mean: mean, median: q[1] / 1e6, p90: q[2] / 1e6, max: max} end
        from duration),
      self_loop_events: self_loops, loop_back_events: loop_backs, loop_back_cases: loop_back_cases,
      repeated_events: self_loops + loop_backs, resources: resources,
      resource_handoffs: (select coalesce(sum(n), 0) from handoff),
      resource_handoffs_total_s: (select coalesce(${totalSeconds(raw('us'))}, 0) from handoff),
      top_resource_handoffs: (
        select coalesce(list({"from": from_name, "to": to_name, count: n, mean_s: mean_s}
          order by n desc, from_name, to_name), []) from top_handoff),
      teams: teams, closed_cases: closed_cases, open_cases: cases - closed_cases,
      empty_cases: (
        select count(*) from object where log_id = ${view.logId} and type = ${view.objectType} and declared
          and object_no not in (select case_no from ${ident(view.cases)}))
    }) as answer from per_case, per_event`
  );
  return { ...present(answer), end_condition: endCondition(view), relinked };
}

type Named = { name: string; count: number }[];
type ResourceKey = 'resources' | 'resource_handoffs' | 'resource_handoffs_total_s' | 'top_resource_handoffs';
type Rewritten = 'start_activities' | 'end_activities' | 'case_duration_s' | 'teams' | 'end_condition' | 'relinked';

type Answer = Omit<Summary, Rewritten | ResourceKey> &
  Required<Pick<Summary, ResourceKey | 'teams'>> & {
    start_activities: Named;
    end_activities: Named;
    case_duration_s: NonNullable<Summary['case_duration_s']> | null;
  };

/** Leaves out what is not defined: durations without a closed case, resources and teams where nobody is known. */
function present(answer: Answer): Omit<Summary, 'end_condition' | 'relinked'> {
  const { start_activities, end_activities, case_duration_s, teams, ...rest } = answer;
  const { resources, resource_handoffs, resource_handoffs_total_s, top_resource_handoffs, ...counts } = rest;
  return {
    ...counts,
    start_activities: Object.fromEntries(start_activities.map(({ name, count }) => [name, count])),
    end_activities: Object.fromEntries(end_activities.map(({ name, count }) => [name, count])),
    ...(case_duration_s !== null && { case_duration_s }),
    ...(resources > 0 && { resources, resource_handoffs, resource_handoffs_total_s, top_resource_handoffs }),
    ...(teams > 0 && { teams })
  };
}

function resourceHandoffs(view: View, segments: Sql): Sql {
  return sql`
    handoff as (
      select resource, adjacent_resource, count(*) as n, sum(wait) as us, ${meanSeconds(raw('wait'))} as mean_s
      from (
        select resource, adjacent_resource, ${elapsed(raw('complete'), raw('next_start'))} as wait
        from ${segments} where resource <> adjacent_resource
      ) group by resource, adjacent_resource
    ), top_handoff as (
      select a.value as from_name, b.value as to_name, n, mean_s
      from handoff join ${words(view, 'resource')} a on a.id = resource
      join ${words(view, 'resource')} b on b.id = adjacent_resource
      order by n desc, from_name, to_name limit 20
    )`;
}
