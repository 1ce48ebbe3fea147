import { ident, join, sql, type Sql } from '#models/store/sql.ts';

/**
 * A relation with the working time up to some of its instants, in µs from the begin of its row's calendar; two of one
 * row differ by the working time between them. Rows without a calendar are counted on the wall clock.
 *
 * @param relation with `calendar`, and the instants as timestamps
 * @param windows the table of working windows (calendar, start_us, end_us, before_us)
 * @param columns name of the instant → name of its new column
 */
export function withWorkingTime(relation: Sql, windows: string, columns: Record<string, string>): Sql {
  const pairs = Object.entries(columns).map(([at, as], i) => ({
    at: sql`epoch_us(r.${ident(at)})`,
    as: ident(as),
    w: ident(`w${i}`)
  }));
  const worked = pairs.map(
    ({ at, as, w }) => sql`case when r.calendar is null or ${at} is null then ${at}
      else coalesce(${w}.before_us + least(${at}, ${w}.end_us) - ${w}.start_us, 0) end::bigint as ${as}`
  );
  const joins = pairs.map(
    ({ at, w }) => sql`asof left join ${ident(windows)} ${w} on ${w}.calendar = r.calendar and ${w}.start_us <= ${at}`
  );
  return sql`select r.*, ${join(worked, ', ')} from (${relation}) r ${join(joins, ' ')}`;
}

/**
 * A relation with the first instant by which the working time of its calendar has come to `due_us`: the end of a
 * window, not the begin of the next. NULL beyond the calendar's windows.
 *
 * @param relation with `calendar` and `due_us`, as `withWorkingTime` counts
 * @param as name of the new column, a timestamp
 */
export function withDueTime(relation: Sql, windows: string, as: string): Sql {
  return sql`
    select r.*, case when r.calendar is null then make_timestamp(r.due_us)
      when r.due_us - d.before_us <= d.end_us - d.start_us then make_timestamp(d.start_us + r.due_us - d.before_us)
      end as ${ident(as)}
    from (${relation}) r
    asof left join ${ident(windows)} d on d.calendar = r.calendar and d.before_us < r.due_us`;
}

/**
 * The usual working day of each calendar in µs: the length that most of its days have, of several the longest; 24 hours
 * where nobody ever stops, and one window is as long as the calendar. (calendar, day_us)
 */
export function workingDays(windows: string): Sql {
  return sql`
    select calendar, arg_max(us, (days, us)) as day_us from (
      select calendar, us, count(*) as days from (
        select calendar, make_timestamp(start_us)::date as day, least(sum(end_us - start_us), 86400000000) as us
        from ${ident(windows)} group by all
      ) group by all
    ) group by calendar`;
}
