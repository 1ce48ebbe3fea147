import type { Step } from '#models/lifecycle/traversal.ts';
import { fileRanks } from '#models/log/file-ranks.ts';
import { list, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { membersByTraversal } from './members.ts';

/** An object type, and what hangs on each object of it. */
export interface Anchored {
  anchor: string;
  reach: readonly Step[];
}

/**
 * Leaves the anchor objects of a rule or a stage with what they reach in the temporary table `reached`, each once:
 * (anchor_no, object_no).
 */
export async function reach(transaction: Transaction, logId: number, { anchor, reach }: Anchored): Promise<void> {
  const members = membersByTraversal(logId, { leading: anchor, grain: 'event', steps: [...reach] });
  await transaction.execute(sql`
    create or replace temp table reached as select case_no as anchor_no, object_no from (${members})`);
}

/**
 * The newest version of the events of some activities, each once for every anchor object in `reached` that meets it:
 * its own, and those of what hangs on it.
 *
 * @returns (anchor_no, event_no, name, happened_at, recorded_at, resource, system, place); `place` counts an anchor's
 *   events in the order of a case
 */
export function reachedEvents(logId: number, activities: readonly string[]): Sql {
  return sql`
    select anchor_no, event_no, name, happened_at, recorded_at, resource, system,
      row_number() over (partition by anchor_no order by happened_at, file_rank, position, source_ref, fact_key) as place
    from (
      select distinct r.anchor_no, l.event_no from ${raw('reached')} r
      join (select event_no, object_no from event_object where log_id = ${logId}) l using (object_no)
    )
    join (
      select event_no, t.value as name, happened_at, recorded_at, resource, system, file_id, position, source_ref, fact_key
      from event join (
        select id, value from term where log_id = ${logId} and kind = 'activity' and value in (${list(activities)})
      ) t on t.id = activity
      where log_id = ${logId} and superseded_batch is null
    ) using (event_no)
    join (${fileRanks(logId)}) using (file_id)`;
}
