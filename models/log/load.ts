import { join as joinPath } from 'node:path';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { ensureLog, takeNumbers } from './catalogue.ts';

export interface Finding {
  kind: string;
  message: string;
  count: number;
  example?: string | undefined;
}

/** What a reader says of the file it staged. `rowsIn` is its own count, made while reading. */
export interface StagedReport {
  format: string;
  rowsIn: number;
  /** Whether an object is a record of the file too (OCEL), or only follows from events. */
  countsObjects: boolean;
  mapping: unknown;
  findings: Finding[];
}

export interface StagedFile {
  log: string;
  /** A file's source is its name unless the user gave another. */
  source: string;
  file: string;
  /** The folder of Parquet files that the reader wrote; inside the store's staging folder. */
  folder: string;
  report: StagedReport;
}

export interface Batch {
  batch_no: number;
  rows_in: number;
  loaded: number;
  quarantined: number;
  duplicates: number;
  superseded: number;
  events: number;
  objects: number;
  event_objects: number;
  object_objects: number;
  findings: Finding[];
}

/** What was read is not what was staged: a defect of ours. Nothing was loaded. */
export class RowsUnaccounted extends Error {
  override readonly name = 'RowsUnaccounted';
}

const words = ['activity', 'lifecycle', 'resource', 'team', 'role', 'system', 'legal_entity'] as const;

/**
 * Commits a staged file as one batch: new facts in, known ones counted as duplicates, new versions of a fact beside
 * the old ones, what could not be understood into quarantine. All of it or, at any failure, nothing.
 *
 * Rows in = loaded + quarantined + duplicates, checked before the commit. What follows from new facts (case views to
 * make) goes into the same transaction.
 *
 * @throws {RowsUnaccounted} when the staged rows do not add up
 */
export async function loadStaged(
  store: Store,
  staged: StagedFile,
  inTheSameTransaction: (transaction: Transaction, logId: number) => Promise<void> = async () => undefined
): Promise<Batch> {
  const { report } = staged;
  return store.write(async (transaction) => {
    const { log_id: logId } = await ensureLog(transaction, staged.log);
    const source = await ensureNamed(transaction, 'source', 'log_id', logId, staged.source);
    const file = await ensureNamed(transaction, 'file', 'source_id', source.id, staged.file);
    const batchNo = await takeNumbers(transaction, 'batch', 1);
    const origin = { logId, sourceId: source.id, fileId: file.id, batchNo };

    const events = await loadEvents(transaction, staged, origin, source.isNew);
    const objects = await loadObjects(transaction, staged, origin);
    const event_objects = await loadEventObjects(transaction, staged, origin);
    const changes = await loadObjectChanges(transaction, staged, origin, source.isNew);
    const object_objects = await loadObjectObjects(transaction, staged, origin);
    const quarantined = await loadQuarantine(transaction, staged, origin);
    for (const table of temporary) await transaction.execute(sql`drop table ${ident(table)}`);

    const loaded = events.loaded + (report.countsObjects ? changes.loaded : 0);
    const duplicates = events.duplicates + (report.countsObjects ? changes.duplicates : 0);
    if (loaded + quarantined + duplicates !== report.rowsIn) {
      throw new RowsUnaccounted(
        `${staged.file}: ${report.rowsIn} rows were read, but ${loaded} loaded + ${quarantined} quarantined + ${duplicates} duplicates were staged; nothing was loaded`
      );
    }
    const findings = [...report.findings, ...(await danglingLinks(transaction, origin))];
    const batch: Batch = {
      batch_no: batchNo,
      rows_in: report.rowsIn,
      loaded,
      quarantined,
      duplicates,
      superseded: events.superseded,
      events: events.loaded,
      objects,
      event_objects,
      object_objects,
      findings
    };
    await transaction.execute(sql`
      insert into batch values (${batchNo}, ${logId}, ${source.id}, ${file.id}, ${report.format},
        current_timestamp::timestamp, ${batch.rows_in}, ${loaded}, ${quarantined}, ${duplicates}, ${events.superseded},
        ${events.loaded}, ${objects}, ${event_objects}, ${object_objects},
        ${JSON.stringify(report.mapping ?? null)}, ${JSON.stringify(findings)})`);
    await inTheSameTransaction(transaction, logId);
    return batch;
  });
}

interface Origin {
  logId: number;
  sourceId: number;
  fileId: number;
  batchNo: number;
}

const temporary = ['staged_event', 'new_event', 'staged_object', 'object_key'] as const;

const parquet = (staged: StagedFile, name: string): Sql =>
  sql`read_parquet(${joinPath(staged.folder, `${name}.parquet`)})`;

/** Separates values inside a hashed text; NULL and the empty text must differ. */
const digest = (values: readonly string[]): Sql =>
  sql`md5_number(concat_ws(chr(31), ${join(
    values.map((value) => raw(`coalesce(${value}::varchar, chr(30))`)),
    ', '
  )}))`;

/** A wide number as text. DuckDB's own cast of UHUGEINT to VARCHAR takes 70 µs a value. */
const hex = (wide: Sql): Sql =>
  sql`printf('%016x%016x', (${wide} >> 64)::ubigint, (${wide} & 18446744073709551615::uhugeint)::ubigint)`;

async function ensureNamed(
  transaction: Transaction,
  table: 'source' | 'file',
  parent: 'log_id' | 'source_id',
  parentId: number,
  name: string
): Promise<{ id: number; isNew: boolean }> {
  const key = ident(`${table}_id`);
  const [row] = await transaction.query<{ id: number }>(
    sql`select ${key} as id from ${ident(table)} where ${ident(parent)} = ${parentId} and name = ${name}`
  );
  if (row) return { id: row.id, isNew: false };
  const id = await takeNumbers(transaction, table, 1);
  await transaction.execute(sql`insert into ${ident(table)} values (${id}, ${parentId}, ${name})`);
  return { id, isNew: true };
}

async function loadEvents(transaction: Transaction, staged: StagedFile, origin: Origin, sourceIsNew: boolean) {
  const { logId, sourceId, fileId, batchNo } = origin;
  // Two rows that say the same of different cases are two facts, so the links are part of the content.
  await transaction.execute(sql`
    create or replace temp table staged_event as
    select e.*, ${digest([
      'l.links',
      'activity',
      'happened_at',
      'start_at',
      'precision',
      'lifecycle',
      'instance',
      'resource',
      'team',
      'role',
      'system',
      'legal_entity',
      'attributes'
    ])} as content_key
    from ${parquet(staged, 'event')} e
    left join (
      select position, ${hex(sql`bit_xor(${digest(['object_type', 'object_id', 'qualifier'])})`)} as links
      from (select distinct * from ${parquet(staged, 'event_object')}) group by position
    ) l using (position)`);
  // Without an id of the source's own, equal rows are told apart by their ordinal: true duplicates stay.
  await transaction.execute(sql`
    create or replace temp table new_event as
    with repeated as (
      select content_key from staged_event where source_ref is null group by content_key having count(*) > 1
    ), ordinal as (
      select position, row_number() over (partition by content_key order by position) - 1 as n
      from staged_event semi join repeated using (content_key) where source_ref is null
    )
    select s.*,
      case when s.source_ref is not null then md5_number('id:' || s.source_ref)
        when coalesce(o.n, 0) = 0 then s.content_key
        else md5_number(${hex(raw('s.content_key'))} || '#' || o.n) end as fact_key,
      null::bigint as event_no, null::bigint as superseded_batch
    from staged_event s left join ordinal o using (position)`);
  const [before] = await transaction.query<{ n: number }>(sql`select count(*)::double as n from new_event`);
  // The same content of one id again, in this file or in the store, is a duplicate and not a version.
  await transaction.execute(sql`
    delete from new_event where source_ref is not null and position in (
      select position from (
        select position, row_number() over (partition by fact_key, content_key order by position) as n
        from new_event where source_ref is not null) where n > 1)`);
  if (!sourceIsNew) {
    await transaction.execute(sql`
      delete from new_event where source_ref is null and fact_key in (
        select fact_key from event where log_id = ${logId} and source_id = ${sourceId} and content_key is null)`);
    await transaction.execute(sql`
      delete from new_event where source_ref is not null and (fact_key, content_key) in (
        select (fact_key, content_key) from event
        where log_id = ${logId} and source_id = ${sourceId} and content_key is not null)`);
  }
  const superseded = await supersede(transaction, origin);
  await encodeWords(transaction, logId);
  const [after] = await transaction.query<{ n: number }>(sql`select count(*)::double as n from new_event`);
  const loaded = after?.n ?? 0;
  const firstEvent = await takeNumbers(transaction, 'event', loaded);
  await transaction.execute(sql`
    update new_event set event_no = numbered.event_no from (
      select position, ${firstEvent} - 1 + row_number() over (order by position) as event_no from new_event
    ) numbered where new_event.position = numbered.position`);
  const id = (word: string) => raw(`t_${word}.id`);
  await transaction.execute(sql`
    insert into event
    select ${logId}, n.event_no, ${batchNo}, n.superseded_batch, ${sourceId}, ${fileId}, n.position, n.fact_key,
      case when n.source_ref is not null then n.content_key end, n.source_ref, ${id('activity')}, n.happened_at,
      n.start_at, n.precision, n.recorded_at, ${id('lifecycle')}, n.instance, ${id('resource')}, ${id('team')},
      ${id('role')}, ${id('system')}, ${id('legal_entity')}, n.attributes
    from new_event n
    ${join(
      words.map(
        (word) => sql`left join (select id, value from term where log_id = ${logId} and kind = ${word})
          ${ident(`t_${word}`)} on ${ident(`t_${word}`)}.value = n.${ident(word)}`
      ),
      '\n'
    )}
    order by n.position`);
  return { loaded, duplicates: (before?.n ?? 0) - loaded, superseded };
}

/** Newest `recorded_at` wins, else the newest batch, else the later row. Losers stay, marked with this batch. */
async function supersede(transaction: Transaction, { logId, sourceId, batchNo }: Origin): Promise<number> {
  const [ids] = await transaction.query<{ n: number }>(sql`select count(source_ref)::double as n from new_event`);
  if (!ids?.n) return 0;
  await transaction.execute(sql`
    create or replace temp table version as
    select v.*, row_number() over (partition by fact_key
      order by recorded_at desc nulls last, batch_no desc, position desc) as rank
    from (
      select fact_key, position, recorded_at, ${batchNo} as batch_no, null::bigint as event_no from new_event
      where source_ref is not null
      union all
      select fact_key, position, recorded_at, batch_no, event_no from event
      where log_id = ${logId} and source_id = ${sourceId} and superseded_batch is null and content_key is not null
        and fact_key in (select fact_key from new_event where source_ref is not null)
    ) v`);
  await transaction.execute(sql`
    update new_event set superseded_batch = ${batchNo}
    where position in (select position from version where rank > 1 and event_no is null)`);
  const old = await transaction.execute(sql`
    update event set superseded_batch = ${batchNo}
    where event_no in (select event_no from version where rank > 1 and event_no is not null)`);
  const [fresh] = await transaction.query<{ n: number }>(
    sql`select count(superseded_batch)::double as n from new_event`
  );
  await transaction.execute(sql`drop table version`);
  return old + (fresh?.n ?? 0);
}

async function encodeWords(transaction: Transaction, logId: number): Promise<void> {
  for (const word of words) {
    await transaction.execute(sql`
      insert into term
      select ${logId}, ${word}, (select coalesce(max(id), 0) from term where log_id = ${logId} and kind = ${word})
        + row_number() over (order by value), value, hash(value) >> 24
      from (select distinct ${ident(word)} as value from new_event where ${ident(word)} is not null)
      where value not in (select value from term where log_id = ${logId} and kind = ${word})`);
  }
}

/** Numbers every object that the file mentions. Returns how many became known by it. */
async function loadObjects(transaction: Transaction, staged: StagedFile, { logId, batchNo }: Origin): Promise<number> {
  await transaction.execute(sql`
    create or replace temp table staged_object as
    select coalesce(type, '') as type, id, bool_or(declared) as declared from (
      select object_type as type, object_id as id, object_type is not null as declared
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
const objectOf = (alias: string, type: string, id: string): Sql => {
  const o = ident(alias);
  return sql`join (
      select type, id, object_no from object_key
      union all select null, id, min(object_no) from object_key group by id
    ) ${o} on ${o}.id = ${raw(id)} and ${o}.type is not distinct from ${raw(type)}`;
};

async function loadEventObjects(transaction: Transaction, staged: StagedFile, { logId, batchNo }: Origin) {
  return transaction.execute(sql`
    insert into event_object
    select distinct ${logId}, n.event_no, o.object_no, l.qualifier, ${batchNo}
    from ${parquet(staged, 'event_object')} l
    join new_event n using (position)
    ${objectOf('o', 'l.object_type', 'l.object_id')}
    order by 2, 3`);
}

async function loadObjectChanges(
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
    select ${logId}, o.object_no, ${batchNo}, ${sourceId}, ${fileId}, s.position, s.changed_at, s.attributes, s.fact_key
    from staged_change s ${objectOf('o', 's.object_type', 's.object_id')}`);
  const [loaded] = await transaction.query<{ n: number }>(
    sql`select count(*) filter (record)::double as n from staged_change`
  );
  await transaction.execute(sql`drop table staged_change`);
  return { loaded: loaded?.n ?? 0, duplicates: (record?.n ?? 0) - (loaded?.n ?? 0) };
}

async function loadObjectObjects(transaction: Transaction, staged: StagedFile, { logId, batchNo }: Origin) {
  return transaction.execute(sql`
    insert into object_object
    select distinct ${logId}, f.object_no, t.object_no, l.qualifier, ${batchNo}
    from ${parquet(staged, 'object_object')} l
    ${objectOf('f', 'l.from_type', 'l.from_id')}
    ${objectOf('t', 'l.to_type', 'l.to_id')}
    where (f.object_no, t.object_no, l.qualifier) not in (
      select (from_no, to_no, qualifier) from object_object where log_id = ${logId})`);
}

/** A row that was quarantined before, from the same place, is kept once but counted each time it comes in. */
async function loadQuarantine(transaction: Transaction, staged: StagedFile, { logId, fileId, batchNo }: Origin) {
  const [counted] = await transaction.query<{ n: number }>(
    sql`select count(*)::double as n from ${parquet(staged, 'quarantine')}`
  );
  await transaction.execute(sql`
    insert into quarantine
    select ${logId}, ${batchNo}, ${fileId}, position, locator, reason, field, fix, raw
    from ${parquet(staged, 'quarantine')} q
    where not exists (
      select 1 from quarantine k where k.log_id = ${logId} and k.file_id = ${fileId} and k.position = q.position
        and k.reason = q.reason and k.raw is not distinct from q.raw)`);
  return counted?.n ?? 0;
}

async function danglingLinks(transaction: Transaction, { logId, batchNo }: Origin): Promise<Finding[]> {
  const [row] = await transaction.query<{ n: number; example: string | null }>(sql`
    select count(*)::double as n, min(id) as example from object
    where log_id = ${logId} and not declared and batch_no = ${batchNo}`);
  if (!row?.n) return [];
  return [
    {
      kind: 'dangling_link',
      message: 'objects that are linked to but described nowhere in the log; the links are kept',
      count: row.n,
      example: row.example ?? undefined
    }
  ];
}
