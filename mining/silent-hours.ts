import type { Engine } from '#models/store/engine.ts';
import { sql } from '#models/store/sql.ts';
import { ask } from './context.ts';

export interface Silence {
  system: string;
  /** The last record before and the first after, ISO 8601 UTC. */
  from: string;
  to: string;
  /** How many records the same hours of other weeks hold. */
  expected: number;
}

export interface SilentHoursOptions {
  /** A silence in which fewer records are missing is chance. */
  atLeastMissing?: number;
}

/**
 * When a system wrote nothing although it should have: an outage, or an export with a hole.
 *
 * The records of each system are counted per clock hour (UTC; by `recorded_at`, else by when it happened; records
 * without a time of day are left out). Expected of an hour is the median of the same hour of the week over all weeks
 * in which that system wrote at all. Consecutive hours without a record are a silence; it counts when at least
 * `atLeastMissing` records were expected in it and the other systems wrote at least a third of what is usual for
 * *them* in those hours (on a holiday all are silent). Ends are the records around it, exact to the microsecond.
 */
export async function silentHours(
  engine: Engine,
  logId: number,
  { atLeastMissing = 20 }: SilentHoursOptions = {}
): Promise<Silence[]> {
  return ask<Silence[]>(
    engine,
    sql`
    with written as (
      select t.value as system, coalesce(recorded_at, happened_at) as seen
      from event join (select id, value from term where log_id = ${logId} and kind = 'system') t on t.id = event.system
      where log_id = ${logId} and superseded_batch is null and (recorded_at is not null or precision = 'instant')
    ), hour as materialized (
      select system, date_trunc('hour', seen) as hour, count(*) as n, min(seen) as first, max(seen) as last
      from written where isfinite(seen) group by all
    ), clock as (
      select system, unnest(generate_series(min(hour), max(hour), interval 1 hour)) as hour from hour group by system
    ), grid as materialized (
      select system, hour, coalesce(n, 0) as n, isodow(hour) * 24 + hour(hour) as of_week,
        date_trunc('week', hour) as week
      from clock left join hour h using (system, hour)
    ), usual as (
      select system, of_week, median(n) as expected
      from grid semi join (select system, week from grid group by all having sum(n) > 0) alive using (system, week)
      group by all
    ), judged as (
      select g.*, expected, sum((n > 0)::integer) over (partition by system order by hour) as run
      from grid g join usual using (system, of_week)
    ), silence as (
      select system, run, sum(expected) as expected, min(hour) as first_hour, max(hour) as last_hour
      from judged where n = 0 group by system, run having sum(expected) >= ${atLeastMissing}
    ), others as (
      select s.system, s.run, sum(j.n) as written, sum(j.expected) as usual
      from silence s join judged j on j.system <> s.system and j.hour between s.first_hour and s.last_hour
      group by s.system, s.run
    )
    select coalesce(to_json(list({
      system: system, "from": strftime(before.last, '%Y-%m-%dT%H:%M:%S.%gZ'),
      "to": strftime(after.first, '%Y-%m-%dT%H:%M:%S.%gZ'), expected: s.expected::double
    } order by before.last, system)), '[]')::varchar as answer
    from silence s join others o using (system, run)
    join hour before on before.system = s.system and before.hour = s.first_hour - interval 1 hour
    join hour after on after.system = s.system and after.hour = s.last_hour + interval 1 hour
    where o.written >= o.usual / 3`
  );
}
