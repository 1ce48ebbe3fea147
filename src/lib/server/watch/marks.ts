import type { LogRow } from '#models/log/catalogue.ts';
import type { Engine } from '#models/store/engine.ts';
import { sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';

/** A log as far as the watch must know it before it looks. */
export interface MarkedLog extends Pick<LogRow, 'log_id' | 'name' | 'now_at' | 'calendar' | 'setup' | 'replay'> {
  /** The newest committed batch; 0 before any. */
  batch_no: number;
  /** Differs whenever something that verdicts are made of was committed: a batch, a setup, a calendar, a settled code. */
  mark: string;
}

/** What was read of each store, and at which of its revisions. */
const read = new WeakMap<Store, { revision: number; logs: Promise<MarkedLog[]> }>();

/**
 * Every log as it is committed now: asked again only after a commit, for each delivery must know it. What was committed
 * while it was asked is asked for too.
 */
export async function markedLogs(store: Store): Promise<MarkedLog[]> {
  for (;;) {
    const { revision } = store;
    const known = read.get(store);
    const entry = known?.revision === revision ? known : { revision, logs: queryLogs(store.engine) };
    read.set(store, entry);
    try {
      const logs = await entry.logs;
      if (store.revision === revision) return logs;
    } catch (error) {
      if (read.get(store) === entry) read.delete(store);
      throw error;
    }
  }
}

async function queryLogs(engine: Engine): Promise<MarkedLog[]> {
  return engine.query<MarkedLog>(sql`
    select l.log_id, name, strftime(now_at, '%Y-%m-%dT%H:%M:%S.%fZ') as now_at, calendar, setup, replay,
      coalesce(b.batch_no, 0)::double as batch_no,
      md5(concat_ws('|', b.batch_no, setup, calendar, c.said)) as mark
    from log l left join (select log_id, max(batch_no) as batch_no from batch group by log_id) b using (log_id)
    left join (
      select log_id, string_agg(concat_ws('~', from_no, qualifier, to_type, to_no), ',' order by from_no, qualifier, to_type)
        as said from confirmed_link group by log_id
    ) c using (log_id) order by l.log_id`);
}
