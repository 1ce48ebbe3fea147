import type { Filter } from '#models/filter/filter.ts';
import { raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from '#models/views/catalogue.ts';
import { ask, instant, scoped, words, type ViewContext } from './context.ts';

export type CaseSort = 'start' | 'end' | 'duration' | 'events' | 'case_id';

export interface CasesOptions {
  sort?: CaseSort;
  order?: 'asc' | 'desc';
  limit?: number;
  offset?: number;
}

export interface CaseRow {
  case_id: string;
  events: number;
  /** ISO 8601 UTC. */
  start: string;
  end: string;
  status: 'open' | 'closed';
  /** Cycle time, `max(complete) − min(start)`, in exact seconds; null while open. */
  duration_s: number | null;
  /** `now − min(start)`, at least 0, in seconds; null when closed. */
  age_s: number | null;
  /** Id of its variant. */
  variant: string;
  start_activity: string;
  end_activity: string;
  attributes: Record<string, unknown>;
}

export interface Cases {
  total: number;
  cases: CaseRow[];
  relinked: boolean;
}

/**
 * Lists cases, a page at a time: what stands behind a number.
 *
 * Sorted as asked, the newest start first by default; ties by case id, by code point. By duration, open cases come
 * last either way, the oldest or the youngest of them first.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { total, cases } = await listCases({ engine, view, now }, [], { sort: 'duration', limit: 20 });
 */
export async function listCases(
  { engine, view, now }: ViewContext,
  filter: Filter = [],
  { sort = 'start', order = 'desc', limit = 100, offset = 0 }: CasesOptions = {}
): Promise<Cases> {
  const { define, cases, relinked } = scoped(view, filter);
  const answer = await ask<Omit<Cases, 'relinked'>>(
    engine,
    sql`
    with ${define} page as (
      select *, row_number() over (order by ${sortKey(sort, order)}, case_id) as place
      from (select *, ${times(now)} from ${cases}) timed
      order by place limit ${limit} offset ${offset}
    )
    select to_json({total: (select count(*) from ${cases}), cases: coalesce(list(${caseStruct} order by place), [])})
      as answer
    from page ${namedEnds(view)}`
  );
  return { ...answer, relinked };
}

const sortKeys: Record<CaseSort, readonly string[]> = {
  start: ['first'],
  end: ['last'],
  duration: ['case when closed then cycle end', 'age'],
  events: ['events'],
  case_id: ['case_id']
};

function sortKey(sort: CaseSort, order: 'asc' | 'desc'): Sql {
  return raw(sortKeys[sort].map((key) => `${key} ${order === 'asc' ? 'asc' : 'desc'} nulls last`).join(', '));
}

/** Cycle and age of a case row, in microseconds. */
export function times(now: string): Sql {
  return sql`epoch_us(last) - epoch_us(first) as cycle,
    greatest(0, epoch_us(${now}::timestamptz at time zone 'UTC') - epoch_us(first)) as age`;
}

/** Names the activities at both ends of a case row. */
export function namedEnds(view: View): Sql {
  return sql`join ${words(view, 'activity')} opening on opening.id = start_activity
    join ${words(view, 'activity')} closing on closing.id = end_activity`;
}

/** A {@link CaseRow} of a case row with its `times` and `namedEnds`. */
export const caseStruct: Sql = sql`{
  case_id: case_id, events: events, start: ${instant(raw('first'))}, "end": ${instant(raw('last'))},
  status: case when closed then 'closed' else 'open' end,
  duration_s: case when closed then cycle / 1e6 end, age_s: case when not closed then age / 1e6 end,
  variant: printf('%016x', variant), start_activity: opening.value, end_activity: closing.value,
  attributes: coalesce(attributes, '{}')::json}`;
