import type { Filter } from '#models/filter/filter.ts';
import { list, sql } from '#models/store/sql.ts';
import { ask, scoped, words, type ViewContext } from './context.ts';

export interface ReworkOptions {
  /** Activities that are meant to come again (time booking, a status call): they are not counted at all. */
  excludeRepeatable?: readonly string[];
}

export interface Rework {
  /** Executions counted: all in scope but those of excluded activities. */
  events: number;
  cases: number;
  self_loop_events: number;
  loop_back_events: number;
  self_loop_cases: number;
  loop_back_cases: number;
  repeat_events: number;
  redo_events: number;
  unknown_events: number;
  /** Absent when there is nothing to divide by. */
  loop_backs_per_event?: number;
  loop_backs_per_case?: number;
  cases_with_rework_share?: number;
  /** Loop-backs descending, then self-loops, then name. */
  activities: ActivityRework[];
  relinked: boolean;
}

export interface ActivityRework {
  activity: string;
  executions: number;
  cases: number;
  self_loops: number;
  loop_backs: number;
  loop_back_cases: number;
  repeat: number;
  redo: number;
  unknown: number;
}

/**
 * Rework: activities that are executed again in a case.
 *
 * - self-loop: again at once; loop-back: again after other activities. Rework is the loop-backs; self-loops stand apart.
 * - each of both is a *repeat* when the same resource did the activity's previous execution, a *redo* when another
 *   did, and unknown when either resource is.
 *
 * Rates: loop-backs per event and per case, and the share of cases with one. Whether an execution is a self-loop or a
 * loop-back is judged on the whole case, excluded activities included.
 *
 * Source: edeaR (Janssenswillen et al., Knowledge-Based Systems 163, 2019: self-loops and repetitions, repeat and
 * redo). Of its variants: the resource is compared with the previous execution's, not the first's; size is counted in
 * executions. Microsoft Power Automate's self-loops + loops are the same two counts.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { loop_backs_per_case } = await rework({ engine, view, now }, [], { excludeRepeatable: ['Book time'] });
 */
export async function rework(
  { engine, view }: ViewContext,
  filter: Filter = [],
  { excludeRepeatable = [] }: ReworkOptions = {}
): Promise<Rework> {
  const { define, segments, cases, relinked } = scoped(view, filter);
  const counted =
    excludeRepeatable.length === 0
      ? segments
      : sql`(select * from ${segments} s where activity not in (
          select id from ${words(view, 'activity')} where value in (${list(excludeRepeatable)})))`;
  const answer = await ask<Answer>(
    engine,
    sql`
    with ${define} activity_row as (
      select activity as id, count(*) as executions, count(*) filter (repetition = 0) as cases,
        count(*) filter (repetition = 1) as self_loops, count(*) filter (repetition = 2) as loop_backs,
        count(*) filter (repetition > 0 and resource = previous_resource) as repeats,
        count(*) filter (repetition > 0 and resource <> previous_resource) as redos,
        count(*) filter (repetition > 0 and (resource is null or previous_resource is null)) as unknowns
      from ${counted} counted group by activity
    ), shape as (
      select variant, count(*) as n, min(case_no) as case_no from ${cases} group by variant
    ), again as (
      -- Where a case repeats what follows from its variant, so one case a variant is asked.
      select distinct activity as id, case_no, repetition, n
      from ${counted} counted join shape using (case_no) where repetition > 0
    ), looped_back as (
      select id, sum(n) as loop_back_cases from again where repetition = 2 group by id
    ), case_row as (
      select coalesce(sum(n) filter (repetition = 1), 0) as self_loop_cases,
        coalesce(sum(n) filter (repetition = 2), 0) as loop_back_cases
      from (select distinct case_no, repetition, n from again)
    ), total as (
      select coalesce(sum(executions), 0) as events, coalesce(sum(self_loops), 0) as self_loops,
        coalesce(sum(loop_backs), 0) as loop_backs, coalesce(sum(repeats), 0) as repeats,
        coalesce(sum(redos), 0) as redos, coalesce(sum(unknowns), 0) as unknowns,
        (select count(*) from ${cases} c) as cases
      from activity_row
    )
    select to_json({
      events: events, cases: cases, self_loop_events: self_loops, loop_back_events: loop_backs,
      self_loop_cases: self_loop_cases, loop_back_cases: loop_back_cases, repeat_events: repeats, redo_events: redos,
      unknown_events: unknowns, activities: (
        select coalesce(list({activity: value, executions: executions, cases: cases, self_loops: self_loops,
          loop_backs: loop_backs, loop_back_cases: coalesce(l.loop_back_cases, 0), repeat: repeats, redo: redos, unknown: unknowns
        } order by loop_backs desc, self_loops desc, value), [])
        from activity_row join ${words(view, 'activity')} word using (id) left join looped_back l using (id))
    }) as answer
    from total, case_row`
  );
  const { activities, ...counts } = answer;
  const { events, cases: all, loop_back_events, loop_back_cases } = counts;
  return {
    ...counts,
    ...(events > 0 && { loop_backs_per_event: loop_back_events / events }),
    ...(all > 0 && { loop_backs_per_case: loop_back_events / all, cases_with_rework_share: loop_back_cases / all }),
    activities,
    relinked
  };
}

type Answer = Omit<Rework, 'relinked' | 'loop_backs_per_event' | 'loop_backs_per_case' | 'cases_with_rework_share'>;
