import type { Engine } from '#models/store/engine.ts';
import { sql } from '#models/store/sql.ts';
import { ask } from './context.ts';

export interface Silence {
  system: string;
  /** The last record before and the first after, ISO 8601 UTC. */
  from: string;
  to: string;
  /** How many five-minute slots with records the same hours of the weeks around it hold. */
  expected: number;
}

export interface SilentHoursOptions {
  /** A silence in which fewer signs are missing is chance. */
  atLeastMissing?: number;
}

/**
 * When a system wrote nothing although it should have, and then caught up: an outage.
 *
 * The life signs of a system are counted per clock hour (UTC): five-minute slots in which it wrote anything (by
 * `recorded_at`, else by when it happened; records without a time of day are left out), so that a batch of a thousand
 * rows counts as one sign. Expected of an hour is the median of the same hour of the week over the six weeks before and
 * after, in which the system wrote at all. Consecutive hours without a sign are a silence. It counts when
 * - at least `atLeastMissing` signs were expected in it,
 * - the other systems gave what is usual for *them* in those hours, less three times its square root, which chance may
 *   take away (on a holiday all are quieter), and
 * - the two hours after it hold what is usual for them and at least half of the records that were missing: people and
 *   queues catch up after an outage, and not after a quiet morning.
 *
 * Ends are the records around it.
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
      select system, date_trunc('hour', seen) as hour, count(distinct time_bucket(interval 5 minute, seen)) as signs,
        count(*) as records, min(seen) as first, max(seen) as last
      from written where isfinite(seen) group by all
    ), alive as (
      select distinct system, date_trunc('week', hour) as week from hour
    ), clock as (
      -- Hours of weeks with records alone: one date in the year 9999 would make seventy million others.
      select system, hour from (
        select system, unnest(generate_series(week, week + interval 167 hours, interval 1 hour)) as hour from alive
      ) join (select system, min(hour) as first_hour, max(hour) as last_hour from hour group by system) using (system)
      where hour between first_hour and last_hour
    ), grid as materialized (
      select system, hour, coalesce(signs, 0) as signs, coalesce(records, 0) as records,
        isodow(hour) * 24 + hour(hour) as of_week
      from clock left join hour h using (system, hour)
    ), judged as materialized (
      select *, median(signs) over around as usual_signs, median(records) over around as usual_records,
        sum((signs > 0)::integer) over (partition by system order by hour) as run
      from grid
      window around as (partition by system, of_week order by hour
        range between interval 42 days preceding and interval 42 days following exclude current row)
    ), silence as (
      select system, run, sum(usual_signs) as expected, sum(usual_records) as missing, min(hour) as first_hour,
        max(hour) as last_hour
      from judged where signs = 0 group by system, run having sum(usual_signs) >= ${atLeastMissing}
    ), others as (
      select s.system, s.run
      from silence s join judged j on j.system <> s.system and j.hour between s.first_hour and s.last_hour
      group by s.system, s.run having sum(j.signs) >= sum(j.usual_signs) - 3 * sqrt(sum(j.usual_signs))
    ), caught_up as (
      select s.system, s.run
      from silence s join judged j on j.system = s.system
        and j.hour between s.last_hour + interval 1 hour and s.last_hour + interval 2 hour
      group by s.system, s.run having sum(j.records) >= sum(j.usual_records) + any_value(s.missing) / 2
    )
    select coalesce(to_json(list({
      system: system, "from": strftime(before.last, '%Y-%m-%dT%H:%M:%S.%gZ'),
      "to": strftime(after.first, '%Y-%m-%dT%H:%M:%S.%gZ'), expected: s.expected::double
    } order by before.last, system)), '[]')::varchar as answer
    from silence s semi join others using (system, run) semi join caught_up using (system, run)
    join hour before on before.system = s.system and before.hour = s.first_hour - interval 1 hour
    join hour after on after.system = s.system and after.hour = s.last_hour + interval 1 hour`
  );
}
