import { ident, sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { ensureLog, takeNumbers } from './catalogue.ts';
import { encodeDirectory } from './directory.ts';
import { loadEvents } from './load-events.ts';
import { loadEventObjects, loadObjectChanges, loadObjectObjects, loadObjects } from './load-objects.ts';
import { loadRecordFacts } from './load-records.ts';
import { resolveReferences } from './references.ts';
import { parquet, positionsPerRecord, type Finding, type Origin, type Said, type StagedFile } from './staged.ts';

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

    const said = await (report.countsRecords ? loadRecordFacts : loadFacts)(transaction, staged, origin, source.isNew);
    const quarantined = await loadQuarantine(transaction, staged, origin);
    for (const table of temporary) await transaction.execute(sql`drop table if exists ${ident(table)}`);

    const { loaded, duplicates, superseded } = said;
    if (loaded + quarantined + duplicates !== report.rowsIn) {
      throw new RowsUnaccounted(
        `${staged.file}: ${report.rowsIn} rows were read, but ${loaded} loaded + ${quarantined} quarantined + ${duplicates} duplicates were staged; nothing was loaded`
      );
    }
    await resolveReferences(transaction, logId);
    // Records come in from several systems, in any order: what is missing yet is judged over the whole log.
    const dangling = report.countsRecords ? [] : await danglingLinks(transaction, origin);
    const findings = [...report.findings, ...dangling];
    const batch: Batch = {
      batch_no: batchNo,
      rows_in: report.rowsIn,
      loaded,
      quarantined,
      duplicates,
      superseded,
      events: said.events,
      objects: said.objects,
      event_objects: said.event_objects,
      object_objects: said.object_objects,
      findings
    };
    await transaction.execute(sql`
      insert into batch values (${batchNo}, ${logId}, ${source.id}, ${file.id}, ${report.format},
        current_timestamp::timestamp, ${batch.rows_in}, ${loaded}, ${quarantined}, ${duplicates}, ${superseded},
        ${batch.events}, ${batch.objects}, ${batch.event_objects}, ${batch.object_objects},
        ${JSON.stringify(report.mapping ?? null)}, ${JSON.stringify(findings)},
        ${report.countsRecords ? positionsPerRecord : 1})`);
    await inTheSameTransaction(transaction, logId);
    return batch;
  });
}

const temporary = ['staged_event', 'new_event', 'staged_record', 'new_record', 'staged_object', 'object_key'] as const;

/** Files of which each row is one event (or, in OCEL, one object). */
async function loadFacts(
  transaction: Transaction,
  staged: StagedFile,
  origin: Origin,
  isNewSource: boolean
): Promise<Said> {
  const events = await loadEvents(transaction, staged, origin, isNewSource);
  const objects = await loadObjects(transaction, staged, origin);
  const event_objects = await loadEventObjects(transaction, staged, origin);
  const changes = await loadObjectChanges(transaction, staged, origin, isNewSource);
  await encodeDirectory(transaction, origin.logId, origin.batchNo);
  const object_objects = await loadObjectObjects(transaction, staged, origin);
  const counted = staged.report.countsObjects ? changes : { loaded: 0, duplicates: 0 };
  return {
    loaded: events.loaded + counted.loaded,
    duplicates: events.staged - events.loaded + counted.duplicates,
    superseded: events.superseded,
    events: events.loaded,
    objects,
    event_objects,
    object_objects
  };
}

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
