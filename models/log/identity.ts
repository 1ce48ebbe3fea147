import { ident, sql, raw } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { hex, type Origin } from './staged.ts';

/** What is told apart: events that stand for themselves, or records of which several things follow. */
export type Fact = 'event' | 'record';

export interface Taken {
  /** Rows that came in. */
  staged: number;
  /** Of them, those that say something new. */
  loaded: number;
  /** Versions, old or new, that this batch found to be superseded. */
  superseded: number;
}

/**
 * Leaves in the temporary table `new_event` or `new_record` what the source did not say yet, of `staged_…`, with
 * `fact_key` and `superseded_batch`; marks old versions as superseded.
 *
 * A fact is known by the source's own id, else by its content and its ordinal among equal rows.
 *
 * @param readOtherwise batches that were read differently: an older version of a fact that one of them superseded counts
 *   as new again
 */
export async function takeNew(
  transaction: Transaction,
  kind: Fact,
  origin: Origin,
  isFirst: boolean,
  readOtherwise: readonly number[] = []
): Promise<Taken> {
  const { logId, sourceId } = origin;
  const staged = ident(`staged_${kind}`);
  const fresh = ident(`new_${kind}`);
  const known = ident(kind);
  // Without an id of the source's own, equal rows are told apart by their ordinal: true duplicates stay.
  await transaction.execute(sql`
    create or replace temp table ${fresh} as
    with repeated as (
      select content_key from ${staged} where source_ref is null group by content_key having count(*) > 1
    ), ordinal as (
      select position, row_number() over (partition by content_key order by position) - 1 as n
      from ${staged} semi join repeated using (content_key) where source_ref is null
    )
    select s.*,
      case when s.source_ref is not null then md5_number('id:' || s.source_ref)
        when coalesce(o.n, 0) = 0 then s.content_key
        else md5_number(${hex(raw('s.content_key'))} || '#' || o.n) end as fact_key,
      null::bigint as superseded_batch
    from ${staged} s left join ordinal o using (position)`);
  const before = await count(transaction, kind);
  // One id again with the content and the recording time of a version says nothing new; recorded at another time it
  // may decide which version is the newest.
  await transaction.execute(sql`
    delete from ${fresh} where source_ref is not null and position in (
      select position from (
        select position,
          row_number() over (partition by fact_key, content_key, recorded_at order by position) as n
        from ${fresh} where source_ref is not null) where n > 1)`);
  if (!isFirst) {
    const misread = sql`
      select 1 from ${known} c where log_id = ${logId} and source_id = ${sourceId} and c.fact_key = n.fact_key
        and c.superseded_batch is null and c.content_key <> n.content_key
        and c.batch_no in (select unnest(from_json(${JSON.stringify(readOtherwise)}, '["BIGINT"]')))`;
    await transaction.execute(sql`
      delete from ${fresh} where source_ref is null and fact_key in (
        select fact_key from ${known} where log_id = ${logId} and source_id = ${sourceId} and content_key is null)`);
    await transaction.execute(sql`
      delete from ${fresh} n where source_ref is not null and exists (
        select 1 from ${known} e
        where log_id = ${logId} and source_id = ${sourceId} and e.fact_key = n.fact_key
          and e.content_key = n.content_key
          and (n.recorded_at is null or e.recorded_at is not distinct from n.recorded_at))
        ${readOtherwise.length === 0 ? sql`` : sql`and not exists (${misread})`}`);
  }
  const superseded = await supersede(transaction, kind, origin);
  return { staged: before, loaded: await count(transaction, kind), superseded };
}

async function count(transaction: Transaction, kind: Fact): Promise<number> {
  const [row] = await transaction.query<{ n: number }>(sql`select count(*)::double as n from ${ident(`new_${kind}`)}`);
  return row?.n ?? 0;
}

/**
 * Newest `recorded_at` wins where every version has one, else the newest batch, then the later row. Losers stay, marked
 * with this batch.
 */
async function supersede(transaction: Transaction, kind: Fact, { logId, sourceId, batchNo }: Origin): Promise<number> {
  const fresh = ident(`new_${kind}`);
  const known = ident(kind);
  const [ids] = await transaction.query<{ n: number }>(sql`select count(source_ref)::double as n from ${fresh}`);
  if (!ids?.n) return 0;
  await transaction.execute(sql`
    create or replace temp table version as
    select v.*, row_number() over (partition by fact_key
      order by case when dated then recorded_at end desc, batch_no desc, position desc) as rank
    from (
      select *, bool_and(recorded_at is not null) over (partition by fact_key) as dated from (
      select fact_key, position, recorded_at, ${batchNo}::bigint as batch_no from ${fresh}
      where source_ref is not null
      union all
      select fact_key, position, recorded_at, batch_no from ${known}
      where log_id = ${logId} and source_id = ${sourceId} and superseded_batch is null and content_key is not null
        and fact_key in (select fact_key from ${fresh} where source_ref is not null)
      )
    ) v`);
  await transaction.execute(sql`
    update ${fresh} set superseded_batch = ${batchNo}
    where position in (select position from version where rank > 1 and batch_no = ${batchNo})`);
  const old = await transaction.execute(sql`
    update ${known} set superseded_batch = ${batchNo}
    where log_id = ${logId} and source_id = ${sourceId} and superseded_batch is null
      and (fact_key, batch_no, position) in (
        select (fact_key, batch_no, position) from version where rank > 1 and batch_no <> ${batchNo})`);
  const [own] = await transaction.query<{ n: number }>(sql`select count(superseded_batch)::double as n from ${fresh}`);
  await transaction.execute(sql`drop table version`);
  return old + (own?.n ?? 0);
}
