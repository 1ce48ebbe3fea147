import { ident, join, raw, sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { takeNumbers } from './catalogue.ts';
import { digest, hex, parquet, type Origin, type StagedFile } from './staged.ts';

const words = ['activity', 'lifecycle', 'resource', 'team', 'role', 'system', 'legal_entity'] as const;

/**
 * Inserts the events that the source did not have yet, and the new versions of those it had. Leaves them in the
 * temporary table `new_event` with their numbers.
 */
export async function loadEvents(transaction: Transaction, staged: StagedFile, origin: Origin, sourceIsNew: boolean) {
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
  // One id again with the content and the recording time of a version says nothing new; recorded at another time it
  // may decide which version is the newest.
  await transaction.execute(sql`
    delete from new_event where source_ref is not null and position in (
      select position from (
        select position,
          row_number() over (partition by fact_key, content_key, recorded_at order by position) as n
        from new_event where source_ref is not null) where n > 1)`);
  if (!sourceIsNew) {
    await transaction.execute(sql`
      delete from new_event where source_ref is null and fact_key in (
        select fact_key from event where log_id = ${logId} and source_id = ${sourceId} and content_key is null)`);
    await transaction.execute(sql`
      delete from new_event n where source_ref is not null and exists (
        select 1 from event e
        where log_id = ${logId} and source_id = ${sourceId} and e.fact_key = n.fact_key
          and e.content_key = n.content_key
          and (n.recorded_at is null or e.recorded_at is not distinct from n.recorded_at))`);
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

/**
 * Newest `recorded_at` wins where every version has one, else the newest batch, then the later row. Losers stay, marked
 * with this batch.
 */
async function supersede(transaction: Transaction, { logId, sourceId, batchNo }: Origin): Promise<number> {
  const [ids] = await transaction.query<{ n: number }>(sql`select count(source_ref)::double as n from new_event`);
  if (!ids?.n) return 0;
  await transaction.execute(sql`
    create or replace temp table version as
    select v.*, row_number() over (partition by fact_key
      order by case when dated then recorded_at end desc, batch_no desc, position desc) as rank
    from (
      select *, bool_and(recorded_at is not null) over (partition by fact_key) as dated from (
      select fact_key, position, recorded_at, ${batchNo} as batch_no, null::bigint as event_no from new_event
      where source_ref is not null
      union all
      select fact_key, position, recorded_at, batch_no, event_no from event
      where log_id = ${logId} and source_id = ${sourceId} and superseded_batch is null and content_key is not null
        and fact_key in (select fact_key from new_event where source_ref is not null)
      )
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
        + row_number() over (order by value), value, md5_number_lower(value) >> 24
      from (select distinct ${ident(word)} as value from new_event where ${ident(word)} is not null)
      where value not in (select value from term where log_id = ${logId} and kind = ${word})`);
  }
}
