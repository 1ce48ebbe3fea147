import { loadRecordFile } from '../models/log/record-fixture.ts';
import type { Store } from '#models/store/store.ts';

export const LOG = 'deals';
/** What a deal may take. */
export const GOAL_MS = 60_000;
/** One deal after the other is late. */
export const STEP_MS = 50;

/** Loads events of deals as a batch of their own. */
export async function loadDeals(
  store: Store,
  file: string,
  events: readonly { id: string; activity: string; at: number }[]
): Promise<void> {
  await loadRecordFile(store, {
    log: LOG,
    source: 'CRM',
    file,
    records: events.map(({ id, activity, at }) => ({
      ref: `${id}:${activity}`,
      objects: [['deal', id]],
      events: [{ activity, at: new Date(at).toISOString(), objects: [['deal', id]] }]
    }))
  });
}
