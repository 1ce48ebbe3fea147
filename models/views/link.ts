import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';

export const dimensions = ['resource', 'team', 'role', 'system', 'legal_entity'] as const;
export type DimensionColumn = (typeof dimensions)[number];

const each = (name: (dimension: DimensionColumn) => string): Sql =>
  join(
    dimensions.map((dimension) => ident(name(dimension))),
    ', '
  );

/**
 * Links the events or instances of each case to their neighbours.
 *
 * `rows` has case_no, event_no, activity, lifecycle, the dimensions, automatic, start, complete, unpaired; `order` sorts the rows
 * of one case totally. `isMixed` says where some values are unknown: only there must unknown ones be skipped.
 */
export function linkedSegments(
  rows: Sql,
  order: Sql,
  isMixed: (dimension: DimensionColumn) => boolean = () => true
): Sql {
  const next = dimensions.map((dimension) => {
    const d = ident(dimension);
    const value = ident(`next_${dimension}`);
    const start = ident(`next_${dimension}_start`);
    if (!isMixed(dimension)) return sql`lead(${d}) over w as ${value}, null::timestamp as ${start}`;
    // Who is unknown is skipped: the pair is the one with the next known.
    return sql`case when ${d} is not null then lead(${d} ignore nulls) over w end as ${value},
      case when ${d} is not null
        then lead(case when ${d} is not null then start end ignore nulls) over w end as ${start}`;
  });
  return sql`
    with positioned as materialized (
      select *, (row_number() over w - 1)::integer as position,
        lag(activity) over w as previous_activity, lead(activity) over w as next_activity,
        ${join(next, ',\n')}, lead(resource) over w as adjacent_resource, lead(start) over w as next_start
      from ${rows}
      window w as (partition by case_no order by ${order})
    ), again as (
      -- Narrow rows: this second sort would else carry every column along.
      select case_no, position, lag(resource) over same as previous_resource
      from (select case_no, activity, position, resource from positioned)
      window same as (partition by case_no, activity order by position)
      qualify row_number() over same > 1
    )
    select case_no, position, event_no, activity, next_activity, lifecycle,
      ${each((dimension) => dimension)},
      ${each((dimension) => `next_${dimension}`)},
      ${each((dimension) => `next_${dimension}_start`)},
      adjacent_resource, start, complete, next_start,
      (case when again.position is null then 0 when previous_activity = activity then 1 else 2 end)::tinyint as repetition,
      previous_resource, automatic, unpaired
    from positioned left join again using (case_no, position)`;
}

/**
 * Folds segments to one row a case, without what segments don't know (its id, its attributes, whether it is closed).
 *
 * The variant is the exclusive or over the hash of position and activity *combined*: hashing the two apart would lose
 * the order. `code` is 40 bits of the activity's own hash, so equal traces have equal variants in every log and order
 * of import.
 */
export function foldedCases(segments: Sql, logId: number): Sql {
  return sql`
    select case_no, min(start) as first, max(complete) as last, count(*)::integer as events,
      bit_xor(hash((position::ubigint << 40) | code)) as variant,
      min_by(activity, position) as start_activity, max_by(activity, position) as end_activity,
      (count(*) filter (repetition = 1))::integer as self_loops,
      (count(*) filter (repetition = 2))::integer as loop_backs
    from ${segments} s
    join (select id, code from term where log_id = ${logId} and kind = 'activity') t on t.id = s.activity
    group by case_no`;
}

/** Length of the union of each case's active intervals: case_no, processing_ms. */
export function processingTimes(segments: Sql): Sql {
  const byStart = raw('partition by case_no order by start, complete, position');
  return sql`
    select case_no, (sum(epoch_us(island_end) - epoch_us(island_start)) / 1000)::bigint as processing_ms from (
      select case_no, island, min(start) as island_start, max(complete) as island_end from (
        select *, sum(opens) over (${byStart}) as island from (
          select case_no, position, start, complete,
            (start > coalesce(
              max(complete) over (${byStart} rows between unbounded preceding and 1 preceding),
              timestamp '-infinity'))::integer as opens
          from ${segments}
        )
      ) group by case_no, island
    ) group by case_no`;
}
