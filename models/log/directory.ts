import type { Engine } from '#models/store/engine.ts';
import { sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { findLog } from './catalogue.ts';
import { fileRanks } from './file-ranks.ts';

/**
 * The people directory: where each person belonged and when, from what the log says of its `person` objects.
 *
 * A change holds from its instant to the person's next one, or to the end of its last day (`valid_to`, on the clocks of
 * its `zone`, UTC without one that is known), whichever is first. Who is in no period belongs to no team then. Of two
 * changes at one instant the one holds that decides over attributes elsewhere: by source, file and position.
 *
 * @returns (resource, team, role, integration, valid_from, valid_to): ids of terms; half-open, `infinity` when open.
 *   Only people that some event names as its resource.
 */
export function directory(logId: number): Sql {
  return sql`
    with period as (
      select o.id, c.changed_at as valid_from,
        lead(c.changed_at) over (
          partition by c.object_no order by c.changed_at, f.file_rank, c.batch_no, c.position) as next_from,
        c.attributes ->> '$.team' as team, c.attributes ->> '$.role' as role,
        try_cast(c.attributes ->> '$.integration' as boolean) as integration,
        try_cast(c.attributes ->> '$.valid_to' as date) as last_day,
        coalesce(z.name, 'UTC') as zone
      from object_change c join (${fileRanks(logId)}) f using (file_id)
      left join pg_timezone_names() z on z.name = (c.attributes ->> '$.zone')
      join (select object_no, id from object where log_id = ${logId} and type = 'person') o using (object_no)
      where c.log_id = ${logId} and c.changed_at is not null and c.superseded_batch is null
    )
    select r.id as resource, t.id as team, l.id as role, coalesce(integration, false) as integration, valid_from,
      least(coalesce(next_from, timestamp 'infinity'), coalesce(case when last_day < date '9999-12-31'
        then timezone(zone, (last_day + 1)::timestamp)::timestamp end, timestamp 'infinity')) as valid_to
    from period p
    join (select id, value from term where log_id = ${logId} and kind = 'resource') r on r.value = p.id
    left join (select id, value from term where log_id = ${logId} and kind = 'team') t on t.value = p.team
    left join (select id, value from term where log_id = ${logId} and kind = 'role') l on l.value = p.role
    where p.next_from is null or p.next_from > p.valid_from`;
}

/** Teams and roles that only the directory names are words of the log too. */
export async function encodeDirectory(transaction: Transaction, logId: number, batchNo: number): Promise<void> {
  for (const kind of ['team', 'role'] as const) {
    await transaction.execute(sql`
      insert into term
      select ${logId}, ${kind}, (select coalesce(max(id), 0) from term where log_id = ${logId} and kind = ${kind})
        + row_number() over (order by value), value, md5_number_lower(value) >> 24
      from (
        select distinct attributes ->> ${`$.${kind}`} as value from object_change
        where log_id = ${logId} and batch_no = ${batchNo}
          and object_no in (select object_no from object where log_id = ${logId} and type = 'person'))
      where value <> '' and value not in (select value from term where log_id = ${logId} and kind = ${kind})`);
  }
}

export interface Person {
  id: string;
  name: string | null;
  team: string | null;
  role: string | null;
  department: string | null;
  office: string | null;
  integration: boolean;
  /** The last day of the latest period, yyyy-MM-dd; null while it lasts. */
  until: string | null;
}

/**
 * Everybody whom the log describes, as their latest period says, by id.
 *
 * @throws {NotFound} when there is no such log
 */
export async function listPeople(engine: Pick<Engine, 'query'>, logName: string): Promise<Person[]> {
  const { log_id: logId } = await findLog(engine, logName);
  return engine.query<Person>(sql`
    select id, a ->> '$.name' as name, a ->> '$.team' as team, a ->> '$.role' as role,
      a ->> '$.department' as department, a ->> '$.office' as office,
      coalesce(try_cast(a ->> '$.integration' as boolean), false) as integration,
      nullif(a ->> '$.valid_to', '') as until
    from (
      select o.id, arg_max(c.attributes, (coalesce(c.changed_at, timestamp '-infinity'), c.batch_no, c.position)) as a
      from object_change c join (select object_no, id from object where log_id = ${logId} and type = 'person') o
        using (object_no)
      where c.log_id = ${logId} and c.superseded_batch is null and c.attributes is not null group by o.id
    ) order by id`);
}
