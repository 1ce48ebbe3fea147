import { ident, join, raw, sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { takeNumbers } from './catalogue.ts';
import { takeNew, type Taken } from './identity.ts';
import { digest, hex, parquet, type Origin, type StagedFile } from './staged.ts';

const words = ['activity', 'lifecycle', 'resource', 'team', 'role', 'system', 'legal_entity'] as const;

/**
 * Inserts the events that the source did not have yet, and the new versions of those it had. Leaves them in the
 * temporary table `new_event` with their numbers.
 */
export async function loadEvents(
  transaction: Transaction,
  staged: StagedFile,
  origin: Origin,
  isFirst: boolean
): Promise<Taken> {
  // Two rows that say the same of different cases are two facts, so the links are part of the content.
  await transaction.execute(sql`
    create or replace temp table staged_event as
    select e.*, null::bigint as record_no, null::bigint as event_no, ${digest([
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
  const taken = await takeNew(transaction, 'event', origin, isFirst);
  await insertNewEvents(transaction, origin, taken.loaded);
  return taken;
}

/** Gives the events of `new_event` their numbers and writes them. */
export async function insertNewEvents(transaction: Transaction, origin: Origin, loaded: number): Promise<void> {
  const { logId, sourceId, fileId, batchNo } = origin;
  await encodeWords(transaction, logId);
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
      ${id('role')}, ${id('system')}, ${id('legal_entity')}, n.attributes, n.record_no
    from new_event n
    ${join(
      words.map(
        (word) => sql`left join (select id, value from term where log_id = ${logId} and kind = ${word})
          ${ident(`t_${word}`)} on ${ident(`t_${word}`)}.value = n.${ident(word)}`
      ),
      '\n'
    )}
    order by n.position`);
}

async function encodeWords(transaction: Transaction, logId: number): Promise<void> {
  for (const word of words) {
    await transaction.execute(sql`
      insert into term
      select ${logId}, ${word}, (select coalesce(max(id), 0) from term where log_id = ${logId} and kind = ${word})
        + row_number() over (order by value), value, md5_number_lower(value) >> 24
      from (select distinct ${ident(word)} as value from new_event where ${ident(word)} is not null)
      where value not in (select value from term where log_id = ${logId} and kind = ${word})`);
  }
}
