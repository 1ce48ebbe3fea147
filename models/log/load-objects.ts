import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { takeNumbers } from './catalogue.ts';
import { digest, parquet, type Origin, type StagedFile } from './staged.ts';

/** Numbers every object that the file mentions. Returns how many became known by it. */
export async function loadObjects(
  transaction: Transaction,
  staged: StagedFile,
  { logId, batchNo }: Origin
): Promise<number> {
  // A record that describes objects says so itself; elsewhere an event's object is described by being there.
  const namedByEvent = staged.report.countsRecords ? sql`false` : sql`object_type is not null`;
  await transaction.execute(sql`
    create or replace temp table staged_object as
    select coalesce(type, '') as type, id, bool_or(declared) as declared from (
      select object_type as type, object_id as id, ${namedByEvent} as declared
      from ${parquet(staged, 'event_object')}
      union all select object_type, object_id, true from ${parquet(staged, 'object')}
      union all select object_type, object_id, true from ${parquet(staged, 'object_change')}
      union all select from_type, from_id, false from ${parquet(staged, 'object_object')}
      union all select to_type, to_id, false from ${parquet(staged, 'object_object')}
    ) group by all`);
  // A link that gives only an id means the object of that id, whatever its type.
  await transaction.execute(sql`
    delete from staged_object where type = '' and (
      id in (select id from staged_object where type <> '')
      or id in (select id from object where log_id = ${logId}))`);
  await transaction.execute(sql`
    update object set type = s.type, declared = true from (
      select id, min(type) as type from staged_object where type <> '' group by id
    ) s where object.log_id = ${logId} and object.type = '' and object.id = s.id`);
  const described = await transaction.execute(sql`
    update object set declared = true where log_id = ${logId} and not declared
      and (type, id) in (select (type, id) from staged_object where declared)`);
  await transaction.execute(sql`
    delete from staged_object where (type, id) in (select (type, id) from object where log_id = ${logId})`);
  const [counted] = await transaction.query<{ n: number; declared: number }>(
    sql`select count(*)::double as n, count(*) filter (declared)::double as declared from staged_object`
  );
  const first = await takeNumbers(transaction, 'object', counted?.n ?? 0);
  await transaction.execute(sql`
    insert into object select ${logId}, ${first} - 1 + row_number() over (order by type, id), type, id, declared,
      ${batchNo} from staged_object`);
  await transaction.execute(sql`
    create or replace temp table object_key as
    select type, id, object_no from object where log_id = ${logId}`);
  return (counted?.declared ?? 0) + described;
}

/** Joins a reference (type, id) to its object, by the id alone where the type was not given. */
export const objectOf = (alias: string, type: string, id: string): Sql => {
  const o = ident(alias);
  return sql`join (
      select type, id, object_no from object_key
      union all select null, id, arg_min(object_no, type) from object_key group by id
    ) ${o} on ${o}.id = ${raw(id)} and ${o}.type is not distinct from ${raw(type)}`;
};

/** Links the events of `new_event`. */
export async function loadEventObjects(transaction: Transaction, staged: StagedFile, { logId, batchNo }: Origin) {
  return transaction.execute(sql`
    insert into event_object
    select distinct ${logId}, n.event_no, o.object_no, l.qualifier, ${batchNo}
    from ${parquet(staged, 'event_object')} l
    join new_event n using (position)
    ${objectOf('o', 'l.object_type', 'l.object_id')}
    order by 2, 3`);
}

/** What the source says of objects: new sayings only. */
export async function loadObjectChanges(
  transaction: Transaction,
  staged: StagedFile,
  { logId, sourceId, fileId, batchNo }: Origin,
  sourceIsNew: boolean
) {
  // A row of the object file is the record; timed changes follow from it and are not counted.
  const described = staged.report.countsObjects ? sql`true` : sql`attributes is not null`;
  const known = sourceIsNew
    ? sql`false`
    : sql`s.fact_key in (select fact_key from object_change where log_id = ${logId} and source_id = ${sourceId})`;
  const [record] = await transaction.query<{ n: number }>(
    sql`select count(*)::double as n from ${parquet(staged, 'object')}`
  );
  await transaction.execute(sql`
    create or replace temp table staged_change as
    select s.* from (
      select position, object_type, object_id, null::timestamp as changed_at, attributes, true as record,
        ${digest(['object_type', 'object_id', 'attributes'])} as fact_key
      from ${parquet(staged, 'object')} where ${described}
      union all
      select position, object_type, object_id, changed_at, attributes, false,
        ${digest(['object_type', 'object_id', 'changed_at', 'attributes'])}
      from ${parquet(staged, 'object_change')}
    ) s where not ${known}
    qualify row_number() over (partition by fact_key order by position) = 1`);
  await transaction.execute(sql`
    insert into object_change
    select ${logId}, o.object_no, ${batchNo}, ${sourceId}, ${fileId}, s.position, s.changed_at, s.attributes, s.fact_key,
      null, null
    from staged_change s ${objectOf('o', 's.object_type', 's.object_id')}`);
  const [loaded] = await transaction.query<{ n: number }>(
    sql`select count(*) filter (record)::double as n from staged_change`
  );
  await transaction.execute(sql`drop table staged_change`);
  return { loaded: loaded?.n ?? 0, duplicates: (record?.n ?? 0) - (loaded?.n ?? 0) };
}

/** A link that a record says as well is kept beside it: the record may take it back. */
export async function loadObjectObjects(transaction: Transaction, staged: StagedFile, { logId, batchNo }: Origin) {
  return transaction.execute(sql`
    insert into object_object
    select distinct ${logId}, f.object_no, t.object_no, l.qualifier, ${batchNo}, null::bigint, null::bigint
    from ${parquet(staged, 'object_object')} l
    ${objectOf('f', 'l.from_type', 'l.from_id')}
    ${objectOf('t', 'l.to_type', 'l.to_id')}
    where (f.object_no, t.object_no, l.qualifier) not in (
      select (from_no, to_no, qualifier) from object_object where log_id = ${logId} and record_no is null)`);
}
