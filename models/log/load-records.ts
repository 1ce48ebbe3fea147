import { ident, raw, sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { takeNumbers } from './catalogue.ts';
import { encodeDirectory } from './directory.ts';
import { fileRanks } from './file-ranks.ts';
import { takeNew, type Taken } from './identity.ts';
import { insertNewEvents } from './load-events.ts';
import { loadEventObjects, loadObjects, objectOf } from './load-objects.ts';
import { digest, hex, parquet, positionsPerRecord, type Origin, type Said, type StagedFile } from './staged.ts';

/**
 * Files of which a row is a record: several events, objects, links and references follow from it. A record that is
 * known adds nothing; a new version of one takes back all that the old one said.
 */
export async function loadRecordFacts(transaction: Transaction, staged: StagedFile, origin: Origin): Promise<Said> {
  const { logId, batchNo } = origin;
  const records = await loadRecords(transaction, staged, origin);
  await takeBack(transaction, origin);
  await placeEarlier(transaction, origin);

  await transaction.execute(sql`
    create or replace temp table new_event as
    select e.*, r.record_no, null::bigint as event_no, r.superseded_batch, null::uhugeint as content_key,
      md5_number('id:' || coalesce(e.source_ref, ${hex(raw('r.fact_key'))} || '#' || e.position % ${positionsPerRecord})) as fact_key
    from ${parquet(staged, 'event')} e join new_record r on r.position = e.position // ${positionsPerRecord}`);
  const [counted] = await transaction.query<{ n: number }>(sql`select count(*)::double as n from new_event`);
  await insertNewEvents(transaction, origin, counted?.n ?? 0);
  const objects = await loadObjects(transaction, staged, origin);
  const event_objects = await loadEventObjects(transaction, staged, origin);
  await loadChanges(transaction, staged, origin);
  if (records.superseded > 0) await forgetObjects(transaction, origin);
  await encodeDirectory(transaction, logId, batchNo);
  const object_objects = await transaction.execute(sql`
    insert into object_object
    select ${logId}, f.object_no, t.object_no, l.qualifier, ${batchNo}, r.record_no, r.superseded_batch
    from ${parquet(staged, 'object_object')} l join new_record r using (position)
    ${objectOf('f', 'l.from_type', 'l.from_id')}
    ${objectOf('t', 'l.to_type', 'l.to_id')}`);
  await transaction.execute(sql`
    insert into reference
    select ${logId}, r.record_no, ${batchNo}, r.superseded_batch, o.object_no, l.qualifier, l.to_type,
      nullif(l.code, ''), l.said
    from ${parquet(staged, 'reference')} l join new_record r using (position)
    ${objectOf('o', 'l.from_type', 'l.from_id')}`);
  return {
    loaded: records.loaded,
    duplicates: records.staged - records.loaded,
    superseded: records.superseded,
    events: counted?.n ?? 0,
    objects,
    event_objects,
    object_objects
  };
}

async function loadRecords(transaction: Transaction, staged: StagedFile, origin: Origin): Promise<Taken> {
  const { logId, sourceId, fileId, batchNo } = origin;
  await transaction.execute(sql`
    create or replace temp table staged_record as
    select position, stream, source_ref, recorded_at, md5_number(content) as content_key
    from ${parquet(staged, 'record')}`);
  const known = await transaction.query(sql`
    select 1 as one from record where log_id = ${logId} and source_id = ${sourceId}
      and stream in (select stream from staged_record) limit 1`);
  const otherwise = known.length === 0 ? [] : await batchesReadOtherwise(transaction, staged, origin);
  const taken = await takeNew(transaction, 'record', origin, known.length === 0, otherwise);
  const first = await takeNumbers(transaction, 'record', taken.loaded);
  await transaction.execute(sql`
    create or replace temp table new_record as
    select *, ${first} - 1 + row_number() over (order by position) as record_no from new_record`);
  await transaction.execute(sql`
    insert into record
    select ${logId}, record_no, ${batchNo}, superseded_batch, ${sourceId}, ${fileId}, position, stream, fact_key,
      case when source_ref is not null then content_key end, source_ref, recorded_at
    from new_record order by position`);
  return taken;
}

/**
 * Batches of the stream that were read by another mapping, or on other clocks. What is known changes nothing, but to
 * return to a reading after a wrong one does: else the wrong one would stay for good.
 */
async function batchesReadOtherwise(
  transaction: Transaction,
  { report }: StagedFile,
  { logId, sourceId }: Origin
): Promise<number[]> {
  const now = report.mapping as ReadBy | null;
  const rows = await transaction.query<{ batch_no: number; mapping: string }>(sql`
    select batch_no::double as batch_no, mapping from batch where log_id = ${logId} and source_id = ${sourceId}`);
  return rows.flatMap(({ batch_no, mapping }) => {
    const then = JSON.parse(mapping) as ReadBy | null;
    if (!now || !then || now.stream !== then.stream) return [];
    const isAlike =
      now.fingerprint === then.fingerprint &&
      now.zone === then.zone &&
      Object.entries(now.offices ?? {}).every(([office, zone]) => (then.offices?.[office] ?? zone) === zone);
    return isAlike ? [] : [batch_no];
  });
}

/** What a reader says of how it read the records of a stream. */
interface ReadBy {
  stream?: string;
  fingerprint?: string;
  zone?: string;
  offices?: Record<string, string>;
}

/** What superseded versions of records said holds no longer. */
async function takeBack(transaction: Transaction, { logId, batchNo }: Origin): Promise<void> {
  const replaced = await transaction.query(sql`
    select 1 as one from record where log_id = ${logId} and superseded_batch = ${batchNo} and batch_no <> ${batchNo}
    limit 1`);
  if (replaced.length === 0) return;
  for (const table of ['event', 'object_change', 'object_object', 'reference'] as const) {
    await transaction.execute(sql`
      update ${ident(table)} set superseded_batch = ${batchNo}
      where log_id = ${logId} and superseded_batch is null and record_no in (
        select record_no from record
        where log_id = ${logId} and superseded_batch = ${batchNo} and batch_no <> ${batchNo})`);
  }
}

/**
 * A record that came in from a later file of its source and now stands in an earlier one too belongs to the earlier:
 * ties are ordered by position, and must not depend on which file arrived first.
 */
async function placeEarlier(transaction: Transaction, origin: Origin): Promise<void> {
  const { logId, sourceId, fileId } = origin;
  await transaction.execute(sql`
    create or replace temp table moved as
    with rank as (${fileRanks(logId)}), later as (
      select file_id from rank where file_rank > (select file_rank from rank where file_id = ${fileId})
    )
    select r.record_no, min(s.position) as position
    from record r join staged_record s on r.fact_key = md5_number('id:' || s.source_ref) and r.content_key = s.content_key
    where r.log_id = ${logId} and r.source_id = ${sourceId} and r.file_id in (select file_id from later)
      and s.source_ref is not null
    group by r.record_no`);
  const [any] = await transaction.query<{ n: number }>(sql`select count(*)::double as n from moved`);
  if (any?.n) {
    for (const table of ['record', 'object_change', 'event'] as const) {
      const place =
        table === 'event'
          ? sql`m.position * ${positionsPerRecord} + event.position % ${positionsPerRecord}`
          : sql`m.position`;
      await transaction.execute(sql`
        update ${ident(table)} set file_id = ${fileId}, position = ${place} from moved m
        where ${ident(table)}.log_id = ${logId} and ${ident(table)}.record_no = m.record_no`);
    }
  }
  // Ties may now be ordered otherwise in cases that this batch does not touch.
  if (any?.n) await transaction.execute(sql`update view set built_batch = 0 where log_id = ${logId}`);
  await transaction.execute(sql`drop table moved`);
}

/** Objects of which superseded records alone spoke are described no longer. */
async function forgetObjects(transaction: Transaction, { logId, batchNo }: Origin): Promise<void> {
  await transaction.execute(sql`
    update object set declared = false where log_id = ${logId} and declared and object_no in (
      select object_no from object_change where log_id = ${logId} and superseded_batch = ${batchNo}
      except select object_no from object_change where log_id = ${logId} and superseded_batch is null
      -- Where events are rows of their own, an object is described by being there.
      except select object_no from event_object where log_id = ${logId} and event_no in (
        select event_no from event where log_id = ${logId} and record_no is null))`);
}

/** Every record's own saying is kept, even where another said the same, or no attribute: either may be taken back. */
async function loadChanges(transaction: Transaction, staged: StagedFile, origin: Origin): Promise<void> {
  const { logId, sourceId, fileId, batchNo } = origin;
  await transaction.execute(sql`
    insert into object_change
    select ${logId}, o.object_no, ${batchNo}, ${sourceId}, ${fileId}, s.position, s.changed_at, s.attributes,
      ${digest(['s.object_type', 's.object_id', 's.changed_at', 's.attributes'])}, r.record_no, r.superseded_batch
    from (
      select position, object_type, object_id, null::timestamp as changed_at, attributes
      from ${parquet(staged, 'object')}
      union all
      select position, object_type, object_id, changed_at, attributes from ${parquet(staged, 'object_change')}
    ) s join new_record r using (position)
    ${objectOf('o', 's.object_type', 's.object_id')}`);
}
