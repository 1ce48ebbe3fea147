import type { Dimension, Filter } from '#models/filter/filter.ts';
import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import { ask, elapsed, meanSeconds, medianAndP90, toMilliseconds, scoped, totalSeconds, words } from './context.ts';
import type { ViewContext } from './context.ts';

export interface HandoffsOptions {
  /** Between whom: teams, or people (resource), roles, systems, legal entities. */
  dimension?: Dimension;
  /** At most so many pairs, and so many parties. */
  limit?: number;
}

export interface HandoffPair {
  from: string;
  to: string;
  count: number;
  /** Distinct cases that hold one. */
  cases: number;
  mean_s: number;
  median_s: number;
  p90_s: number;
  total_s: number;
  /** In business time; absent without a calendar, under a filter that removes events, and where unknown events lie between. */
  business_mean_s?: number;
}

export interface TransitionHandoffs {
  dimension: Dimension;
  handoffs: number;
  /** Cases with at least one. */
  cases_with: number;
  total_s: number;
  /** Events of nobody known, which were skipped. */
  unknown_events: number;
  total_pairs: number;
  /** Count descending, then from, then to. */
  pairs: HandoffPair[];
  /** Events descending, then name. */
  parties: { name: string; events: number; cases: number }[];
  relinked: boolean;
}

/**
 * Transition handoffs: where the work of a case passes from one party to another.
 *
 * In each case events of an unknown party are skipped; every pair of neighbours that is left, and whose parties
 * differ, is a handoff. Its time is the wait between them: the second's start − the first's complete, in seconds, at
 * least 0, rounded to the millisecond; percentiles are exact and continuous (R type 7).
 *
 * Compare `summary`'s `resource_handoffs`, where an unknown resource breaks the pair. This is handover of work with
 * β = 0 (van der Aalst, Reijers and Song, CSCW 14, 2005) counted per occurrence, without i→i, and over what is known.
 * A *lifecycle* handoff, declared with its release and pick-up, is another thing.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { pairs } = await transitionHandoffs({ engine, view, now }, [], { dimension: 'role' });
 * // [{ from: 'EMPLOYEE', to: 'SUPERVISOR', count: 9915, cases: 9915, mean_s: 265770.507, … }, …]
 */
export async function transitionHandoffs(
  { engine, view }: ViewContext,
  filter: Filter = [],
  { dimension = 'team', limit = 500 }: HandoffsOptions = {}
): Promise<TransitionHandoffs> {
  const { define, segments, relinked } = scoped(view, filter);
  const withBusiness = view.calendar !== null && !relinked;
  const us = raw('us');
  const { pairs, ...rest } = await ask<Answer>(
    engine,
    sql`
    with ${define} handoff as (${handoffRows(segments, dimension)}),
    pair as (
      select party, next_party, count(*) as n, count(distinct case_no) as cases, ${meanSeconds(us)} as mean_s,
        ${medianAndP90(us)} as q, ${totalSeconds(us)} as total_s,
        case when count(business_wait) = count(*) then round(avg(business_wait)) / 1000 end as business_mean_s
      from handoff group by party, next_party
    ), party_row as (
      select ${ident(dimension)} as id, count(*) as events, count(distinct case_no) as cases from ${segments} s group by 1
    ), word as (select * from ${words(view, dimension)}),
    named as (
      select a.value as from_name, b.value as to_name, pair.* from pair
      join word a on a.id = party join word b on b.id = next_party
      order by n desc, from_name, to_name limit ${limit}
    ), party_page as (
      select value, events, cases from party_row join word using (id) order by events desc, value limit ${limit}
    )
    select to_json({
      handoffs: count(*), cases_with: count(distinct case_no), total_s: coalesce(${totalSeconds(us)}, 0),
      unknown_events: (select coalesce(sum(events), 0) from party_row where id is null),
      total_pairs: (select count(*) from pair),
      pairs: (
        select coalesce(list({"from": from_name, "to": to_name, count: n, cases: cases, mean_s: mean_s,
          median_s: ${toMilliseconds(raw('q[1]'))}, p90_s: ${toMilliseconds(raw('q[2]'))}, total_s: total_s,
          business_mean_s: business_mean_s} order by n desc, from_name, to_name), [])
        from named),
      parties: (
        select coalesce(list({name: value, events: events, cases: cases} order by events desc, value), [])
        from party_page)
    }) as answer from handoff`
  );
  return {
    dimension,
    ...rest,
    pairs: pairs.map(({ business_mean_s, ...pair }) =>
      withBusiness && business_mean_s !== null ? { ...pair, business_mean_s } : pair
    ),
    relinked
  };
}

type Answer = Omit<TransitionHandoffs, 'dimension' | 'relinked' | 'pairs'> & {
  pairs: (Omit<HandoffPair, 'business_mean_s'> & { business_mean_s: number | null })[];
};

/** `next_<dimension>_start` is NULL where nobody in the log is unknown: then the next known is the next. */
function handoffRows(segments: Sql, dimension: Dimension): Sql {
  const [party, next, nextStart] = [dimension, `next_${dimension}`, `next_${dimension}_start`].map(ident) as [
    Sql,
    Sql,
    Sql
  ];
  return sql`
    select case_no, ${party} as party, ${next} as next_party,
      ${elapsed(raw('complete'), sql`coalesce(${nextStart}, next_start)`)} as us,
      case when coalesce(${nextStart}, next_start) = next_start then business_wait end as business_wait
    from ${segments} s where ${party} <> ${next}`;
}
