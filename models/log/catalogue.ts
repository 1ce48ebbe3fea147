import type { Engine } from '#models/store/engine.ts';
import { ident, sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import type { Setup } from '#models/lifecycle/setup.ts';
import { BadUse, NotFound } from './errors.ts';

export interface LogRow {
  log_id: number;
  name: string;
  created_at: string;
  now_at: string | null;
  calendar: string | null;
  /** What whoever installed Throughline said of the firm (`Setup`), as JSON; null for a plain log. */
  setup: string | null;
  /** Whether this is the sample firm, which Throughline loaded by itself. */
  sample: boolean;
  /** A stretch of its time that is gone through again (`Replay`), as JSON; null for none. */
  replay: string | null;
}

export interface LogOverview {
  name: string;
  created_at: string;
  sample: boolean;
  events: number;
  objects: number;
  event_objects: number;
  object_objects: number;
  first_event: string | null;
  last_event: string | null;
  sources: string[];
  last_batch: number;
  quarantined: number;
}

const selectLog = sql`select log_id, name, strftime(created_at, '%Y-%m-%dT%H:%M:%S.%gZ') as created_at,
  strftime(now_at, '%Y-%m-%dT%H:%M:%S.%fZ') as now_at, calendar, setup, sample, replay from log`;

/** @throws {NotFound} naming the logs that exist */
export async function findLog(engine: Pick<Engine, 'query'>, name: string): Promise<LogRow> {
  const [row] = await engine.query<LogRow>(sql`${selectLog} where name = ${name}`);
  if (row) return row;
  const names = await engine.query<{ name: string }>(sql`select name from log order by name limit 20`);
  const known = names.map((log) => log.name).join(', ');
  throw new NotFound(`there is no log named "${name}"`, known ? `logs in this store: ${known}` : 'import a file first');
}

/** Every log with its counts. Superseded versions of events are not counted. */
export async function listLogs(engine: Engine): Promise<LogOverview[]> {
  const rows = await engine.query<Omit<LogOverview, 'sources'> & { sources: string }>(sql`
    select name, strftime(created_at, '%Y-%m-%dT%H:%M:%S.%gZ') as created_at, sample,
      coalesce(e.events, 0)::double as events, coalesce(o.objects, 0)::double as objects,
      coalesce(eo.n, 0)::double as event_objects, coalesce(oo.n, 0)::double as object_objects,
      strftime(e.first_event, '%Y-%m-%dT%H:%M:%S.%gZ') as first_event,
      strftime(e.last_event, '%Y-%m-%dT%H:%M:%S.%gZ') as last_event,
      coalesce(s.sources, '[]') as sources, coalesce(b.last_batch, 0)::double as last_batch,
      coalesce(q.n, 0)::double as quarantined
    from log
    left join (select log_id, count(*) as events, min(happened_at) as first_event, max(happened_at) as last_event
      from event where superseded_batch is null group by log_id) e using (log_id)
    left join (select log_id, count(*) as objects from object where declared group by log_id) o using (log_id)
    left join (select log_id, count(*) as n from event_object group by log_id) eo using (log_id)
    left join (select log_id, count(*) as n from object_object group by log_id) oo using (log_id)
    left join (select log_id, to_json(list(name order by name))::varchar as sources from source group by log_id) s using (log_id)
    left join (select log_id, max(batch_no) as last_batch from batch group by log_id) b using (log_id)
    left join (select log_id, count(*) as n from quarantine group by log_id) q using (log_id)
    order by log.log_id desc`);
  return rows.map((row) => ({ ...row, sources: JSON.parse(row.sources) as string[] }));
}

/** Finds a log by name or makes it. */
export async function ensureLog(transaction: Transaction, name: string): Promise<LogRow> {
  const cleaned = name.trim();
  // An address swallows a step that is one or two dots.
  if (!cleaned || /^\.{1,2}$/.test(cleaned) || cleaned.length > 200 || [...cleaned].some((letter) => letter < ' '))
    throw new BadUse(`"${name}" cannot name a log`, 'use 1 to 200 printable characters, for example --as fines');
  const [known] = await transaction.query<LogRow>(sql`${selectLog} where name = ${cleaned}`);
  if (known) return known;
  const logId = await takeNumbers(transaction, 'log', 1);
  await transaction.execute(sql`
    insert into log values (${logId}, ${cleaned}, current_timestamp::timestamp, null, null, null, false, null)`);
  return ensureLog(transaction, cleaned);
}

/** Whether any log was ever made in this store, be it deleted since. */
export async function wasUsed(engine: Pick<Engine, 'query'>): Promise<boolean> {
  const rows = await engine.query(sql`select 1 as one from counter where name = 'log'`);
  return rows.length > 0;
}

/**
 * Fixes a log's now, so that ages in old data stay what they were, or lets it run with the clock (`null`).
 *
 * @throws {NotFound} when there is no such log
 */
export async function setNow(store: Store, name: string, at: Date | null): Promise<void> {
  await store.write(async (transaction) => {
    const { log_id } = await findLog(transaction, name);
    await writeNow(transaction, log_id, at);
  });
}

async function writeNow(transaction: Transaction, logId: number, at: Date | null): Promise<void> {
  const instant = at === null ? sql`null` : sql`${at.toISOString()}::timestamptz::timestamp`;
  await transaction.execute(sql`update log set now_at = ${instant}, replay = null where log_id = ${logId}`);
}

/**
 * Says of a log which firm's it is; makes the log where there is none. Its case views are made anew with what the
 * setup says.
 *
 * @returns the log's number
 */
export async function setUp(
  store: Store,
  name: string,
  setup: Setup,
  { sample = false }: { sample?: boolean } = {}
): Promise<number> {
  return store.write(async (transaction) => {
    const { log_id } = await ensureLog(transaction, name);
    await transaction.execute(sql`
      update log set setup = ${JSON.stringify(setup)}, sample = ${sample} where log_id = ${log_id}`);
    await writeNow(transaction, log_id, setup.now === 'live' ? null : new Date(setup.now));
    await transaction.execute(sql`update view set built_batch = 0 where log_id = ${log_id}`);
    return log_id;
  });
}

/** How a source of a log (or this file of it, which may hold a stream of its own) was read last; undefined when never. */
export async function lastMapping(engine: Engine, log: string, source: string, file?: string): Promise<unknown> {
  const ofFile = file === undefined ? sql`` : sql`and f.name = ${file}`;
  const [row] = await engine.query<{ mapping: string }>(sql`
    select mapping from batch join source s using (source_id) join log l on l.log_id = batch.log_id
    join file f using (file_id)
    where l.name = ${log.trim()} and s.name = ${source} ${ofFile} order by batch_no desc limit 1`);
  return row === undefined ? undefined : (JSON.parse(row.mapping) as unknown);
}

/** Takes `count` consecutive numbers and returns the first. The counter moves with the transaction, so there are no gaps. */
export async function takeNumbers(transaction: Transaction, name: string, count: number): Promise<number> {
  const [row] = await transaction.query<{ value: number }>(sql`select value from counter where name = ${name}`);
  if (row) await transaction.execute(sql`update counter set value = value + ${count} where name = ${name}`);
  else await transaction.execute(sql`insert into counter values (${name}, ${count})`);
  return (row?.value ?? 0) + 1;
}

/** Removes a log with all that came from it. Its batch numbers stay used, so the sequence has no doubles. */
export async function deleteLog(store: Store, name: string): Promise<void> {
  await store.write(async (transaction) => {
    const { log_id } = await findLog(transaction, name);
    const views = await transaction.query<{ view_id: number }>(sql`select view_id from view where log_id = ${log_id}`);
    for (const { view_id } of views) await dropViewTables(transaction, view_id);
    await transaction.execute(
      sql`delete from file where source_id in (select source_id from source where log_id = ${log_id})`
    );
    for (const table of tablesOfALog) {
      await transaction.execute(sql`delete from ${ident(table)} where log_id = ${log_id}`);
    }
    for (const table of tablesMadeOfALog) {
      await transaction.execute(sql`drop table if exists ${ident(`${table}_${log_id}`)}`);
    }
  });
}

const tablesOfALog = [
  'baseline',
  'stalled_project',
  'record',
  'reference',
  'confirmed_link',
  'resolved_link',
  'event_object',
  'object_object',
  'object_change',
  'event',
  'object',
  'quarantine',
  'term',
  'view',
  'batch',
  'source',
  'log'
] as const;

/** Derived tables, each named with the number of its log. */
const tablesMadeOfALog = [
  'working_window',
  'team_calendar',
  'handoff_fact',
  'handoff_anchor',
  'handoff_round',
  'handoff',
  'stage_visit',
  'deal_to_cash',
  'deal_to_cash_part',
  'exception',
  'progress_wait',
  'declared_wait'
] as const;

export async function dropViewTables(transaction: Transaction, viewId: number): Promise<void> {
  await transaction.execute(sql`drop table if exists ${ident(`segment_${viewId}`)}`);
  await transaction.execute(sql`drop table if exists ${ident(`case_${viewId}`)}`);
  await transaction.execute(sql`drop table if exists ${ident(`member_${viewId}`)}`);
}
