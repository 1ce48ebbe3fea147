import { join } from 'node:path';
import { loadStaged, type Batch } from '#models/log/load.ts';
import { positionsPerRecord } from '#models/log/staged.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { writeStaged } from '../../staged-files.ts';

type Named = [type: string, id: string];

/** A row of a source, with all that follows from it. */
export interface WrittenRecord {
  /** The source's own id; a record without one is known by what it says. */
  ref?: string;
  recorded?: string;
  events?: {
    activity: string;
    at: string;
    resource?: string;
    team?: string;
    system?: string;
    attributes?: Record<string, unknown>;
    objects: Named[];
  }[];
  objects?: [...Named, attributes?: Record<string, unknown>][];
  changes?: [...Named, at: string, attributes: Record<string, unknown>][];
  links?: [from: Named, qualifier: string, to: Named][];
  references?: [from: Named, qualifier: string, toType: string, code: string | null, said: string][];
}

export interface RecordFile {
  log: string;
  source: string;
  file?: string;
  records: WrittenRecord[];
}

/** Loads records written by hand through the door of real imports. */
export async function loadRecordFile(
  store: Store,
  { log, source, file = 'records.json', records }: RecordFile,
  inTheSameTransaction?: (transaction: Transaction, logId: number) => Promise<void>
): Promise<Batch> {
  const folder = join(store.staging, `records-${Math.random()}`);
  const json = (attributes?: Record<string, unknown>) => (attributes ? JSON.stringify(attributes) : null);
  const each = <Row>(rows: (record: WrittenRecord, position: number) => Row[]): Row[] => records.flatMap(rows);
  const eventPosition = (position: number, slot: number) => position * positionsPerRecord + slot;
  await writeStaged(store, folder, {
    record: each(({ ref, recorded, ...said }, position) => [
      {
        position,
        stream: 'rows',
        source_ref: ref === undefined ? null : `rows:${ref}`,
        content: JSON.stringify(said),
        recorded_at: recorded ?? null
      }
    ]),
    event: each(({ ref, recorded, events = [] }, position) =>
      events.map(({ at, objects: _objects, ...event }, slot) => ({
        ...event,
        position: eventPosition(position, slot),
        source_ref: ref === undefined ? null : `rows:${ref}#${slot}`,
        happened_at: at,
        precision: 'instant',
        recorded_at: recorded ?? null
      }))
    ),
    event_object: each(({ events = [] }, position) =>
      events.flatMap(({ objects }, slot) =>
        objects.map(([object_type, object_id]) => ({
          position: eventPosition(position, slot),
          object_type,
          object_id,
          qualifier: ''
        }))
      )
    ),
    object: each(({ objects = [] }, position) =>
      objects.map(([object_type, object_id, attributes]) => ({
        position,
        object_type,
        object_id,
        attributes: json(attributes)
      }))
    ),
    object_change: each(({ changes = [] }, position) =>
      changes.map(([object_type, object_id, changed_at, attributes]) => ({
        position,
        object_type,
        object_id,
        changed_at,
        attributes: json(attributes)
      }))
    ),
    object_object: each(({ links = [] }, position) =>
      links.map(([[from_type, from_id], qualifier, [to_type, to_id]]) => ({
        position,
        from_type,
        from_id,
        to_type,
        to_id,
        qualifier
      }))
    ),
    reference: each(({ references = [] }, position) =>
      references.map(([[from_type, from_id], qualifier, to_type, code, said]) => ({
        position,
        from_type,
        from_id,
        qualifier,
        to_type,
        code,
        said
      }))
    )
  });
  return loadStaged(
    store,
    {
      log,
      source,
      file,
      folder,
      report: {
        format: 'json',
        rowsIn: records.length,
        countsObjects: false,
        countsRecords: true,
        mapping: null,
        findings: []
      }
    },
    inTheSameTransaction
  );
}
