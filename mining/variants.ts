import type { Filter } from '#models/filter/filter.ts';
import { raw, sql } from '#models/store/sql.ts';
import { ask, scoped, words, type ViewContext } from './context.ts';

export interface VariantsOptions {
  limit?: number;
  offset?: number;
}

export interface Variant {
  /** 16 hexadecimal digits: a hash of the sequence alone, the same in every log and order of import. */
  id: string;
  sequence: string[];
  cases: number;
  /** Of all cases in scope, 0 to 1. */
  share: number;
  /** Events of one case. */
  events: number;
  /** Cycle times of its closed cases, in seconds; absent when none is closed. */
  mean_s?: number;
  median_s?: number;
  p90_s?: number;
}

export interface Variants {
  variants: Variant[];
  total_variants: number;
  total_cases: number;
  /** Cases of the variants on this page. */
  covered_cases: number;
  relinked: boolean;
}

/**
 * Variants: the distinct sequences of activities, the most frequent first.
 *
 * Cases are of one variant when their activities, in the case's total order, are equal one by one; at grain instance
 * the sequence is that of the instances. Ordered by cases descending, then shorter ones, then id. Cycle time is
 * `max(complete) − min(start)` of closed cases; percentiles are exact and continuous (R type 7).
 *
 * The group-by is over the hash in the case row; sequences are read for the returned page only, from one case each.
 * PM4Py's `get_variants` gives the same counts.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { variants } = await variants({ engine, view, now }, [], { limit: 10 });
 * // [{ id: '9f2c…', sequence: ['Create Fine', 'Send Fine', …], cases: 56482, share: 0.3756, … }, …]
 */
export async function variants(
  { engine, view }: ViewContext,
  filter: Filter = [],
  { limit = 100, offset = 0 }: VariantsOptions = {}
): Promise<Variants> {
  const { define, segments, cases, relinked } = scoped(view, filter);
  const { variants: rows, ...totals } = await ask<Omit<Variants, 'variants' | 'relinked'> & { variants: Row[] }>(
    engine,
    sql`
    with ${define} grouped as (
      select variant, count(*) as cases, min(case_no) as sample, any_value(events) as events from ${cases} group by variant
    ), page as (
      select * from grouped order by cases desc, events, variant limit ${limit} offset ${offset}
    ), timed as (
      select variant, sum(us)::double / count(*) / 1e6 as mean_s, quantile_cont(us, [0.5, 0.9]) as q
      from (select variant, epoch_us(last) - epoch_us(first) as us from ${cases}
        where closed and variant in (select variant from page))
      group by variant
    ), told as (
      select s.case_no as sample, list(word.value order by s.position) as sequence
      from ${segments} s join ${words(view, 'activity')} word on word.id = s.activity
      where s.case_no in (select sample from page) group by s.case_no
    ), total as (select count(*) as variants, coalesce(sum(cases), 0) as cases from grouped)
    select to_json({
      variants: (
        select coalesce(list({
          id: printf('%016x', variant), sequence: sequence, cases: page.cases,
          share: page.cases / total.cases, events: page.events,
          mean_s: mean_s, median_s: ${raw('q[1] / 1e6')}, p90_s: ${raw('q[2] / 1e6')}
        } order by page.cases desc, page.events, variant), [])
        from page join told using (sample) left join timed using (variant), total),
      total_variants: (select variants from total),
      total_cases: (select cases from total),
      covered_cases: (select coalesce(sum(cases), 0) from page)
    }) as answer`
  );
  return {
    variants: rows.map(({ mean_s, median_s, p90_s, ...row }) =>
      mean_s === null || median_s === null || p90_s === null ? row : { ...row, mean_s, median_s, p90_s }
    ),
    ...totals,
    relinked
  };
}

type Row = Omit<Variant, 'mean_s' | 'median_s' | 'p90_s'> & Record<'mean_s' | 'median_s' | 'p90_s', number | null>;
