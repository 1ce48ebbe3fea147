import type { Filter } from '#models/filter/filter.ts';
import { sql } from '#models/store/sql.ts';
import { ask, scoped, type ViewContext } from './context.ts';

export interface AttributeOptions {
  /** At most so many values of each attribute, the most frequent. */
  values?: number;
}

export interface Attribute {
  scope: 'case' | 'event';
  key: string;
  /** Distinct values. */
  distinct: number;
  /** Cases that have it, themselves or in an event. */
  cases: number;
  /** Whether every value reads as a number. */
  numeric: boolean;
  min?: number;
  max?: number;
  /** Cases descending, then value. */
  values: { value: string; cases: number }[];
}

export interface AttributeProfile {
  /** Case attributes first, then by key. */
  attributes: Attribute[];
  relinked: boolean;
}

/**
 * Profile of the attributes that cases and their events carry: what a filter can ask for.
 *
 * A value is its text, as the attribute filter compares it; null is no value. A case counts once for a value, however
 * many of its events carry it.
 *
 * @throws {BadUse} when the filter asks what the view cannot answer
 * @example
 * const { attributes } = await attributeProfile({ engine, view, now });
 * // [{ scope: 'case', key: 'channel', distinct: 4, cases: 1434, numeric: false, values: [{ value: 'Internet', … }] }, …]
 */
export async function attributeProfile(
  { engine, view }: ViewContext,
  filter: Filter = [],
  { values = 50 }: AttributeOptions = {}
): Promise<AttributeProfile> {
  const { define, segments, cases, relinked } = scoped(view, filter);
  const rows = await ask<Row[]>(
    engine,
    sql`
    with ${define} carried as (
      select 'case' as scope, case_no, attributes from ${cases} where attributes is not null
      union all
      select 'event', s.case_no, e.attributes from ${segments} s
      join (select event_no, attributes from event where log_id = ${view.logId} and attributes is not null) e
        using (event_no)
    ), said as (
      select distinct c.scope, c.case_no, j.key, j.value ->> '$' as value
      from (select distinct scope, case_no, attributes from carried) c, json_each(c.attributes) j
      where j.type <> 'NULL'
    ), value_row as (
      select scope, key, value, count(*) as cases, try_cast(value as double) as number,
        row_number() over (partition by scope, key order by count(*) desc, value) as place
      from said group by scope, key, value
    ), key_row as (
      select scope, key, count(*) as distinct_values, bool_and(coalesce(isfinite(number), false)) as numeric,
        min(number) filter (isfinite(number)) as low, max(number) filter (isfinite(number)) as high,
        list({value: value, cases: cases} order by place) filter (place <= ${values}) as top
      from value_row group by scope, key
    ), held as (select scope, key, count(distinct case_no) as cases from said group by scope, key)
    select to_json(coalesce(list({scope: scope, key: key, "distinct": distinct_values, cases: cases, numeric: numeric,
      min: low, max: high, values: coalesce(top, [])} order by scope, key), [])) as answer
    from key_row join held using (scope, key)`
  );
  return { attributes: rows.map(present), relinked };
}

type Row = Omit<Attribute, 'min' | 'max'> & { min: number | null; max: number | null };

function present({ min, max, ...row }: Row): Attribute {
  return row.numeric && min !== null && max !== null ? { ...row, min, max } : row;
}
