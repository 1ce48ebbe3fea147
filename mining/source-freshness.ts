import type { Engine } from '#models/store/engine.ts';
import { sql } from '#models/store/sql.ts';
import { ask } from './context.ts';

export interface SourceFreshness {
  system: string;
  /** The last that it recorded, ISO 8601 UTC: up to then its facts are known. */
  last: string;
  /** How many signs of life it would usually have given since. */
  expected: number;
  stale: boolean;
}

export interface FreshnessOptions {
  /** With fewer signs missing, silence is chance. */
  atLeastMissing?: number;
  /** Whether now runs with the clock. Only then does the rhythm of imports say anything. */
  live?: boolean;
}

/**
 * Whether each system is still heard of, so that a project that seems to rest is told apart from a source that is silent.
 *
 * A sign of life is a five-minute slot (UTC) in which the system recorded anything (`recorded_at`, else when it
 * happened; facts without a time of day are left out). Usual is the mean of the same hour of the week over the six weeks
 * before the last sign. A source is stale when `atLeastMissing` signs or more are missing in the whole hours since: after
 * an hour or two of a busy system on a working day, after days of a rare one, and not because of a weekend. (If signs
 * come at random, 12 missing ones are chance once in e¹² = 160,000 times.)
 *
 * Files come by the day rather than by the minute: a source of a live log that was imported three times or more is not
 * stale before twice the longest of its last five gaps between imports has gone by since the last.
 *
 * Compare the no-data state of Prometheus' `absent_over_time`.
 *
 * @param now ISO 8601; what was recorded later is not seen
 */
export async function sourceFreshness(
  engine: Pick<Engine, 'query'>,
  logId: number,
  now: string,
  { atLeastMissing = 12, live = false }: FreshnessOptions = {}
): Promise<SourceFreshness[]> {
  return ask<SourceFreshness[]>(
    engine as Engine,
    sql`
    with bound as (select ${now}::timestamptz::timestamp as now_at), written as (
      select t.value as system, source_id, coalesce(recorded_at, happened_at) as seen
      from event join (select id, value from term where log_id = ${logId} and kind = 'system') t on t.id = event.system
      where log_id = ${logId} and superseded_batch is null and (recorded_at is not null or precision = 'instant')
        and coalesce(recorded_at, happened_at) <= (select now_at from bound)
        and isfinite(coalesce(recorded_at, happened_at))
    ), last as materialized (
      select system, max(seen) as seen from written group by system
    ), usual as (
      select w.system, isodow(w.seen) * 24 + hour(w.seen) as of_week,
        count(distinct time_bucket(interval 5 minute, w.seen)) / 6 as signs
      from written w join last l on l.system = w.system
        and w.seen > date_trunc('hour', l.seen) - interval 42 days and w.seen <= l.seen
      group by all
    ), missed as (
      select l.system, sum(u.signs) as expected
      from (
        select system, unnest(generate_series(date_trunc('hour', seen) + interval 1 hour,
          date_trunc('hour', (select now_at from bound)) - interval 1 hour, interval 1 hour)) as hour from last
      ) l
      join usual u on u.system = l.system and u.of_week = isodow(l.hour) * 24 + hour(l.hour)
      group by l.system
    ), import as (
      select source_id, committed_at,
        epoch_us(committed_at) - lag(epoch_us(committed_at)) over (partition by source_id order by committed_at) as gap_us
      from (select distinct source_id, date_trunc('minute', committed_at) as committed_at from batch
        where log_id = ${logId})
    ), rhythm as (
      select source_id, max(committed_at) as at_last, count(*) as times, max(gap_us) as gap_us
      from (select * from import qualify row_number() over (partition by source_id order by committed_at desc) <= 5)
      group by source_id
    ), excused as (
      select distinct w.system from written w join rhythm r using (source_id)
      where ${live} and r.times >= 3
        and epoch_us((select now_at from bound)) - epoch_us(r.at_last) < 2 * r.gap_us
    )
    select coalesce(to_json(list({
      system: l.system, "last": strftime(l.seen, '%Y-%m-%dT%H:%M:%S.%gZ'), expected: round(coalesce(m.expected, 0), 1),
      stale: coalesce(m.expected, 0) >= ${atLeastMissing} and e.system is null
    } order by l.system)), '[]')::varchar as answer
    from last l left join missed m using (system) left join excused e using (system)`
  );
}
