import type { LogRow } from '#models/log/catalogue.ts';
import { fileRanks } from '#models/log/file-ranks.ts';
import { links } from '#models/log/links.ts';
import { resolution } from '#models/log/references.ts';
import type { Engine } from '#models/store/engine.ts';
import { join, sql, type Sql } from '#models/store/sql.ts';
import { ask } from './context.ts';
import { silentHours } from './silent-hours.ts';

export interface QualityFinding {
  kind:
    | 'quarantined_rows'
    | 'duplicate_rows'
    | 'late_facts'
    | 'missing_fields'
    | 'unmatched_code'
    | 'contradictory_code'
    | 'fast_clock'
    | 'outage'
    | 'repeated_hour'
    | 'missing_hour'
    | 'dangling_link';
  /** The system, object type or field it is about. */
  about: string;
  count: number;
  example?: string;
  /** Of a clock: whole minutes that it is fast, at least. */
  minutes?: number;
  /** Of an outage: between which two instants nothing was recorded, ISO 8601 UTC. */
  from?: string;
  to?: string;
}

export interface DataQualityOptions {
  /** A fact is late when it was recorded more than so many days after it happened. */
  lateAfterDays?: number;
  /** Attributes that every object of a type must have. */
  required?: readonly { object: string; attribute: string }[];
  /** Facts that other systems repeat. */
  echoes?: readonly { fact: string; echo: string; link: string }[];
}

/**
 * What is wrong with a log's data, counted over the whole of it.
 *
 * - quarantined rows: of each file as it last came in; duplicate rows: as it first came in.
 * - late facts: events with `recorded_at − happened_at` above `lateAfterDays`.
 * - missing fields: objects that are described and lack a required attribute (absent or empty), one finding a field.
 * - unmatched and contradictory codes: references that lead nowhere, or to several objects, and that nobody decided.
 * - fast clock: an echo is never earlier than its fact. The 99th percentile of `fact − echo` over linked pairs, of at
 *   least 20, is how much the clock of the fact's system is ahead of the other's, at least; told from one minute on.
 * - outages: see `silentHours`.
 * - repeated and missing hours: local times that the change of clocks makes ambiguous or impossible, as their readers
 *   counted them.
 * - dangling links: objects that a link or an event names and nothing describes.
 *
 * Kinds without any case are absent.
 */
export async function dataQuality(
  engine: Engine,
  log: LogRow,
  { lateAfterDays = 7, required = [], echoes = [] }: DataQualityOptions = {}
): Promise<QualityFinding[]> {
  const parts = [
    rowsOfImports(log.log_id),
    lateFacts(log.log_id, lateAfterDays),
    ...(required.length > 0 ? [missingFields(log.log_id, required)] : []),
    openReferences(log.log_id),
    ...echoes.map((echo) => fastClock(log.log_id, echo)),
    readersFindings(log.log_id),
    danglingLinks(log.log_id)
  ];
  const found = await ask<QualityFinding[]>(
    engine,
    sql`select coalesce(to_json(list({kind: kind, about: about, count: count, example: example, minutes: minutes}
        order by kind, about)), '[]')::varchar as answer
      from (${join(
        parts.map((part) => sql`(${part})`),
        ' union all '
      )}) where count > 0`
  );
  const outages = await silentHours(engine, log.log_id);
  return [
    ...found.map(({ example, minutes, ...finding }) => ({
      ...finding,
      ...(example === null || example === undefined ? {} : { example }),
      ...(minutes === null || minutes === undefined ? {} : { minutes })
    })),
    ...outages.map(({ system, from, to, expected }) => ({
      kind: 'outage' as const,
      about: system,
      count: 1,
      example: `the same hours of other weeks have records in about ${Math.round(expected)} slots of five minutes`,
      from,
      to
    }))
  ];
}

const columns = (kind: Sql, about: Sql, count: Sql, example: Sql, minutes: Sql = sql`null`): Sql =>
  sql`(${kind})::varchar as kind, (${about})::varchar as about, (${count})::double as count,
    (${example})::varchar as example, (${minutes})::double as minutes`;

/** The same file again brings nothing but duplicates, and a mended or grown one other rows in quarantine. */
function rowsOfImports(logId: number): Sql {
  return sql`
    select ${columns(sql`kind`, sql`s.name`, sql`sum(n)`, sql`arg_max(f.name, n)`)}
    from (
      select file_id, source_id, 'duplicate_rows' as kind, duplicates as n from batch
      where log_id = ${logId} qualify row_number() over (partition by file_id order by batch_no) = 1
      union all
      select file_id, source_id, 'quarantined_rows', quarantined from batch
      where log_id = ${logId} qualify row_number() over (partition by file_id order by batch_no desc) = 1
    ) join source s using (source_id) join file f using (file_id) group by kind, s.name`;
}

function lateFacts(logId: number, days: number): Sql {
  return sql`
    select ${columns(sql`'late_facts'`, sql`coalesce(t.value, '')`, sql`count(*)`, sql`min(source_ref)`)}
    from event left join (select id, value from term where log_id = ${logId} and kind = 'system') t on t.id = system
    where log_id = ${logId} and superseded_batch is null and epoch_us(recorded_at) - epoch_us(happened_at)
      > ${days}::double * 86400e6
    group by coalesce(t.value, '')`;
}

function missingFields(logId: number, required: readonly { object: string; attribute: string }[]): Sql {
  const fields = required.map(({ object, attribute }) => sql`(${object}, ${attribute})`);
  return sql`
    select ${columns(sql`'missing_fields'`, sql`r.object || '.' || r.attribute`, sql`count(*)`, sql`min(o.id)`)}
    from (select distinct * from (values ${join(fields, ', ')}) f(object, attribute)) r
    join (select object_no, type, id from object where log_id = ${logId} and declared) o on o.type = r.object
    left join (
      select c.object_no, j.key, max_by(j.value ->> '$', (coalesce(c.changed_at, timestamp '-infinity'), f.file_rank,
        c.batch_no, c.position)) as value
      from object_change c join (${fileRanks(logId)}) f using (file_id), json_each(c.attributes) j
      where c.log_id = ${logId} and c.superseded_batch is null and c.object_no in (
        select object_no from object where log_id = ${logId} and type in (${join(
          required.map(({ object }) => sql`${object}`),
          ', '
        )}))
      group by c.object_no, j.key
    ) a on a.object_no = o.object_no and a.key = r.attribute
    where coalesce(trim(a.value), '') = '' group by r.object, r.attribute`;
}

function openReferences(logId: number): Sql {
  return sql`
    select ${columns(sql`r.state || '_code'`, sql`o.type`, sql`count(*)`, sql`min(o.id)`)}
    from (${resolution(logId)}) r join (select object_no, type, id from object where log_id = ${logId}) o
      on o.object_no = r.from_no
    where r.state in ('unmatched', 'contradictory') group by r.state, o.type`;
}

function fastClock(logId: number, { fact, echo, link }: { fact: string; echo: string; link: string }): Sql {
  const times = (activity: string) => sql`
    select l.object_no, min(e.happened_at) as seen, any_value(s.value) as system
    from (select event_no, activity, system, happened_at from event
      where log_id = ${logId} and superseded_batch is null) e
    join (select id from term where log_id = ${logId} and kind = 'activity' and value = ${activity}) t
      on t.id = e.activity
    left join (select id, value from term where log_id = ${logId} and kind = 'system') s on s.id = e.system
    join (select event_no, object_no from event_object where log_id = ${logId}) l using (event_no)
    group by l.object_no`;
  return sql`
    select ${columns(sql`'fast_clock'`, sql`system`, sql`n`, sql`null`, sql`ahead`)}
    from (
      select any_value(f.system) as system, count(*) as n,
        round(quantile_cont(epoch_us(f.seen) - epoch_us(e.seen), 0.99) / 60e6) as ahead
      from (${times(fact)}) f join (${links(logId)}) k on k.from_no = f.object_no and k.qualifier = ${link}
      join (${times(echo)}) e on e.object_no = k.to_no
    ) where n >= 20 and ahead >= 1`;
}

/** Of each file's newest import, so that importing it again counts nothing twice. */
function readersFindings(logId: number): Sql {
  return sql`
    select ${columns(
      sql`finding ->> '$.kind'`,
      sql`name`,
      sql`sum((finding ->> '$.count')::double)`,
      sql`min(finding ->> '$.example')`
    )}
    from (
      select s.name, unnest(from_json(findings, '["JSON"]')) as finding from batch join source s using (source_id)
      where batch.log_id = ${logId}
      qualify row_number() over (partition by batch.file_id order by batch_no desc) = 1
    ) where finding ->> '$.kind' in ('repeated_hour', 'missing_hour') group by (finding ->> '$.kind'), name`;
}

function danglingLinks(logId: number): Sql {
  return sql`
    with bare as (select object_no, type, id from object where log_id = ${logId} and not declared)
    select ${columns(sql`'dangling_link'`, sql`type`, sql`count(*)`, sql`min(id)`)}
    from bare where object_no in (
      select from_no from (${links(logId)}) union all select to_no from (${links(logId)})
      union all
      select l.object_no from (select event_no, object_no from event_object where log_id = ${logId}) l
      semi join bare using (object_no)
      semi join (select event_no from event where log_id = ${logId} and superseded_batch is null) e using (event_no)
    ) group by type`;
}
