import { z } from 'zod';
import { BadUse, NotFound } from '#models/log/errors.ts';
import { findLog, takeNumbers, type LogRow } from '#models/log/catalogue.ts';
import type { Engine } from '#models/store/engine.ts';
import { raw, sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';

export const Grain = z.enum(['event', 'instance']);
export type Grain = z.infer<typeof Grain>;

/** A log flattened for one case notion. */
export interface View {
  id: number;
  logId: number;
  log: string;
  name: string;
  /** Each object of this type is a case. */
  objectType: string;
  grain: Grain;
  /** A case is closed when its last activity is one of these. Empty: the view has no end condition. */
  endActivities: string[];
  /** Names of the view's tables. */
  segments: string;
  cases: string;
  builtBatch: number;
  /** Grain instance: starts without complete and the reverse, each kept as an instance of no length. */
  unpaired: number;
  /** Grain instance: events of other transitions (schedule, suspend, …), which belong to no instance. */
  ignoredTransitions: number;
  calendar: string | null;
  /** The log's fixed now, ISO 8601 UTC; null when it is live. */
  now: string | null;
}

export const NewView = z.strictObject({
  // `~` stands for a log's first view, and an address swallows dots.
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((name) => !['~', '.', '..'].includes(name), 'this name means something in an address: use another'),
  object_type: z.string().min(1),
  grain: Grain.default('event'),
  end_activities: z.array(z.string()).max(1_000).default([])
});
export type NewView = z.input<typeof NewView>;

interface ViewRow {
  view_id: number;
  name: string;
  object_type: string;
  grain: Grain;
  end_activities: string;
  built_batch: number;
  unpaired: number;
  ignored_transitions: number;
}

type Queries = Pick<Engine, 'query'>;

/** Up to which batch a view is built; 0 when never, or by another version of the engine. */
export const builtBatch = raw('case when built_by = version() then built_batch else 0 end');

/** The views of a log; the one with the most cases' events behind it, `case` before all, comes first. */
export async function listViews(engine: Queries, logName: string): Promise<View[]> {
  const log = await findLog(engine, logName);
  const rows = await engine.query<ViewRow>(sql`
    select view_id, name, object_type, grain, end_activities, ${builtBatch}::double as built_batch,
      unpaired::double as unpaired, ignored_transitions::double as ignored_transitions
    from view left join (
      select o.type, count(*) as links from event_object l join object o using (log_id, object_no)
      where log_id = ${log.log_id} group by o.type
    ) linked on linked.type = view.object_type
    where log_id = ${log.log_id}
    order by object_type = 'case' desc, links desc nulls last, object_type, grain, view_id`);
  return rows.map((row) => toView(row, log));
}

/**
 * Finds a view by name; without a name, the log's first.
 *
 * @throws {NotFound} naming the views that exist
 */
export async function findView(engine: Queries, logName: string, name?: string): Promise<View> {
  const views = await listViews(engine, logName);
  const view = name === undefined ? views[0] : views.find((candidate) => candidate.name === name);
  if (view) return view;
  if (views.length === 0) throw new NotFound(`log "${logName}" has no case view yet`, 'import events into it first');
  throw new NotFound(
    `log "${logName}" has no view "${name}"`,
    `its views: ${views.map((candidate) => candidate.name).join(', ')}`
  );
}

/** @throws {BadUse} when the name is taken or the log holds no object of the type */
export async function addView(store: Store, logName: string, input: NewView): Promise<View> {
  const wanted = NewView.parse(input);
  await store.write(async (transaction) => {
    const log = await findLog(transaction, logName);
    const taken = await transaction.query(
      sql`select 1 as one from view where log_id = ${log.log_id} and name = ${wanted.name}`
    );
    if (taken.length > 0) throw new BadUse(`log "${logName}" has a view "${wanted.name}" already`, 'use another name');
    const types = await transaction.query<{ type: string }>(
      sql`select distinct type from object where log_id = ${log.log_id} and type <> '' order by type`
    );
    if (!types.some(({ type }) => type === wanted.object_type))
      throw new BadUse(
        `log "${logName}" holds no object of type "${wanted.object_type}"`,
        `its types: ${types.map(({ type }) => type).join(', ')}`
      );
    await requireActivities(transaction, log.log_id, wanted.end_activities);
    await insertView(transaction, log.log_id, wanted.name, wanted.object_type, wanted.grain, wanted.end_activities);
  });
  return findView(store.engine, logName, wanted.name);
}

/**
 * Says what ends a case; every case is then judged anew.
 *
 * @throws {BadUse} naming the activities that the log does not hold
 */
export async function setEndActivities(
  store: Store,
  logName: string,
  viewName: string,
  endActivities: string[]
): Promise<View> {
  const view = await findView(store.engine, logName, viewName);
  await store.write(async (transaction) => {
    await requireActivities(transaction, view.logId, endActivities);
    await transaction.execute(
      sql`update view set end_activities = ${JSON.stringify([...new Set(endActivities)].sort())},
        built_batch = 0 where view_id = ${view.id}`
    );
  });
  return findView(store.engine, logName, viewName);
}

async function requireActivities(transaction: Transaction, logId: number, names: readonly string[]): Promise<void> {
  const known = await transaction.query<{ value: string }>(
    sql`select value from term where log_id = ${logId} and kind = 'activity'`
  );
  const words = new Set(known.map(({ value }) => value));
  const unknown = names.filter((name) => !words.has(name));
  if (unknown.length > 0)
    throw new BadUse(`the log has no activity "${unknown.join('", "')}"`, 'pick from the activities of the log');
}

/** Each object type that an event touches has a view of its own name. */
export async function ensureDefaultViews(transaction: Transaction, logId: number): Promise<void> {
  const missing = await transaction.query<{ type: string }>(sql`
    select distinct type from object where log_id = ${logId} and type <> '' and declared
      and type not in (select name from view where log_id = ${logId})
      and object_no in (select object_no from event_object where log_id = ${logId})
    order by type`);
  for (const { type } of missing) await insertView(transaction, logId, type, type, 'event', []);
}

async function insertView(
  transaction: Transaction,
  logId: number,
  name: string,
  objectType: string,
  grain: Grain,
  endActivities: string[]
): Promise<void> {
  const viewId = await takeNumbers(transaction, 'view', 1);
  await transaction.execute(sql`
    insert into view values (${viewId}, ${logId}, ${name}, ${objectType}, ${grain}, ${JSON.stringify(endActivities)}, 0, '', 0, 0,
      null)`);
}

function toView(row: ViewRow, log: LogRow): View {
  return {
    id: row.view_id,
    logId: log.log_id,
    log: log.name,
    name: row.name,
    objectType: row.object_type,
    grain: row.grain,
    endActivities: JSON.parse(row.end_activities) as string[],
    segments: `segment_${row.view_id}`,
    cases: `case_${row.view_id}`,
    builtBatch: row.built_batch,
    unpaired: row.unpaired,
    ignoredTransitions: row.ignored_transitions,
    calendar: log.calendar,
    now: log.now_at
  };
}
