import { z } from 'zod';
import type { Lifecycle } from '#models/lifecycle/schema.ts';
import { Setup, lifecycleOf } from '#models/lifecycle/setup.ts';
import { typesReached } from '#models/lifecycle/traversal.ts';
import { ViewDefinition } from '#models/lifecycle/view-definition.ts';
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
  /** A view by traversal: what belongs to a case besides its own object. Null: nothing does. */
  definition: ViewDefinition | null;
  /** A case is closed when its last activity is one of these. Empty: the definition's end condition decides. */
  endActivities: string[];
  /** Names of the view's tables; `members` only of a view by traversal. */
  segments: string;
  cases: string;
  members: string;
  builtBatch: number;
  /** Grain instance: starts without complete and the reverse, each kept as an instance of no length. */
  unpaired: number;
  /** Grain instance: events of other transitions (schedule, suspend, …), which belong to no instance. */
  ignoredTransitions: number;
  /** Null where an event is of one case at most, and before the view is built. */
  overlap: Overlap | null;
  calendar: string | null;
  /** The log's fixed now, ISO 8601 UTC; null when it is live. */
  now: string | null;
}

/** Events that are reached from several cases stand in each; totals over cases count them as often. */
export interface Overlap {
  /** Distinct events (grain instance: instances). */
  events: number;
  /** The sum over the cases. */
  case_events: number;
  /** Events that are in more than one case. */
  shared_events: number;
}

export const NewView = z.strictObject({
  // `~` stands for a log's first view, and an address swallows dots.
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((name) => !['~', '.', '..'].includes(name), 'this name means something in an address: use another'),
  /** Each object of this type is a case. A definition says it as `leading`. */
  object_type: z.string().min(1).optional(),
  grain: Grain.optional(),
  end_activities: z.array(z.string()).max(1_000).default([]),
  definition: ViewDefinition.optional()
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
  definition: string | null;
  overlap: string | null;
}

type Queries = Pick<Engine, 'query'>;

/** The engine, and the layout of our tables: what another of either built is built anew. */
export const builtBy = raw(`version() || ' 2'`);

/** Up to which batch a view is built; 0 when never, or by another version. */
export const builtBatch = sql`case when built_by = ${builtBy} then built_batch else 0 end`;

/**
 * The views of a log: `case` before all, then those of the firm's lifecycle in its order, then the one with the most
 * events behind it.
 */
export async function listViews(engine: Queries, logName: string): Promise<View[]> {
  const log = await findLog(engine, logName);
  const views = await viewsOf(engine, log);
  const order = ofSetup(log.setup)?.views.map(({ id }) => id) ?? [];
  const place = ({ objectType, definition }: View): number => {
    if (objectType === 'case') return -1;
    const found = order.indexOf(definition?.lifecycle_view ?? '');
    return found < 0 ? order.length : found;
  };
  // Counting takes a while where events are many, and has no say where the lifecycle has.
  const counts = views.filter((view) => place(view) === order.length).length > 1 ? await eventsByType(engine, log) : [];
  const events = new Map(counts.map(({ type, events }) => [type, events]));
  return views.sort((a, b) => place(a) - place(b) || (events.get(b.objectType) ?? 0) - (events.get(a.objectType) ?? 0));
}

/** By type, grain and age. */
async function viewsOf(engine: Queries, log: LogRow): Promise<View[]> {
  const rows = await engine.query<ViewRow>(sql`
    select view_id, name, object_type, grain, end_activities, ${builtBatch}::double as built_batch,
      unpaired::double as unpaired, ignored_transitions::double as ignored_transitions, definition, overlap
    from view where log_id = ${log.log_id} order by object_type, grain, view_id`);
  return rows.map((row) => toView(row, log));
}

function eventsByType(engine: Queries, log: LogRow): Promise<{ type: string; events: number }[]> {
  return engine.query(sql`
    select o.type, count(*)::double as events from event_object l join object o using (log_id, object_no)
    where log_id = ${log.log_id} group by o.type`);
}

/**
 * Finds a view by name; without a name, the log's first.
 *
 * @throws {NotFound} naming the views that exist
 */
export async function findView(engine: Queries, logName: string, name?: string): Promise<View> {
  const known = name === undefined ? [] : await viewsOf(engine, await findLog(engine, logName));
  const named = known.find((view) => view.name === name);
  if (named) return named;
  const views = await listViews(engine, logName);
  const [first] = views;
  if (name === undefined && first) return first;
  if (views.length === 0) throw new NotFound(`log "${logName}" has no case view yet`, 'import events into it first');
  throw new NotFound(
    `log "${logName}" has no view "${name}"`,
    `its views: ${views.map((candidate) => candidate.name).join(', ')}`
  );
}

/**
 * @throws {BadUse} when the name is taken, or the log does not hold what the view is to be made of
 */
export async function addView(store: Store, logName: string, input: NewView): Promise<View> {
  const { name, object_type, end_activities, ...wanted } = NewView.parse(input);
  const definition = wanted.definition ? { ...wanted.definition, lifecycle_view: undefined } : null;
  const objectType = definition?.leading ?? object_type;
  const grain = definition?.grain ?? wanted.grain ?? 'event';
  if (objectType === undefined)
    throw new BadUse('a view needs an object type', 'give object_type, or a definition with its leading type');
  if (object_type !== undefined && object_type !== objectType)
    throw new BadUse(
      `the definition's leading type is "${objectType}", not "${object_type}"`,
      'leave object_type away: the definition says it'
    );
  if (wanted.grain !== undefined && wanted.grain !== grain)
    throw new BadUse(`the definition's grain is ${grain}, not ${wanted.grain}`, 'give the grain in the definition');
  await store.write(async (transaction) => {
    const log = await findLog(transaction, logName);
    const taken = await transaction.query(
      sql`select 1 as one from view where log_id = ${log.log_id} and name = ${name}`
    );
    if (taken.length > 0) throw new BadUse(`log "${logName}" has a view "${name}" already`, 'use another name');
    await requireTypes(transaction, log, definition ? typesReached(objectType, definition.steps) : [objectType]);
    const ends = (definition?.end?.all ?? []).flatMap(({ reached, undone_by }) => [...reached, ...undone_by]);
    await requireActivities(transaction, log.log_id, [...end_activities, ...ends]);
    await insertView(transaction, log.log_id, {
      name,
      objectType,
      grain,
      endActivities: end_activities,
      definition
    });
  });
  return findView(store.engine, logName, name);
}

async function requireTypes(transaction: Transaction, log: LogRow, wanted: readonly string[]): Promise<void> {
  const rows = await transaction.query<{ type: string }>(
    sql`select distinct type from object where log_id = ${log.log_id} and type <> '' order by type`
  );
  const types = rows.map(({ type }) => type);
  const missing = wanted.find((type) => !types.includes(type));
  if (missing === undefined) return;
  throw new BadUse(`log "${log.name}" holds no object of type "${missing}"`, `its types: ${types.join(', ')}`);
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

/**
 * The views that a log has by itself. With a setup: those of the firm's lifecycle whose leading type is there; they
 * follow the lifecycle when it changes. Else each object type that an event touches has a view of its own name.
 */
export async function ensureDefaultViews(transaction: Transaction, logId: number): Promise<void> {
  const [log] = await transaction.query<{ setup: string | null }>(sql`select setup from log where log_id = ${logId}`);
  const lifecycle = ofSetup(log?.setup ?? null);
  if (lifecycle) return ensureLifecycleViews(transaction, logId, lifecycle.views);
  const missing = await transaction.query<{ type: string }>(sql`
    select distinct type from object where log_id = ${logId} and type <> '' and declared
      and type not in (select name from view where log_id = ${logId})
      and object_no in (select object_no from event_object where log_id = ${logId})
    order by type`);
  for (const { type } of missing) {
    await insertView(transaction, logId, plainView(type));
  }
}

async function ensureLifecycleViews(
  transaction: Transaction,
  logId: number,
  views: readonly { id: string; definition: ViewDefinition }[]
): Promise<void> {
  const present = await transaction.query<{ type: string }>(
    sql`select distinct type from object where log_id = ${logId} and declared`
  );
  const types = new Set(present.map(({ type }) => type));
  const known = await transaction.query<{ name: string; definition: string | null; end_activities: string }>(
    sql`select name, definition, end_activities from view where log_id = ${logId}`
  );
  for (const { id, definition } of views) {
    if (!types.has(definition.leading)) continue;
    const wanted = { ...definition, lifecycle_view: id };
    const view = known.find(({ name }) => name === id);
    if (!view) {
      const { leading: objectType, grain } = definition;
      await insertView(transaction, logId, { name: id, objectType, grain, endActivities: [], definition: wanted });
      continue;
    }
    // A view of this name that a person made is theirs. One that stood here before the setup came is not.
    const current = view.definition === null ? null : ViewDefinition.parse(JSON.parse(view.definition));
    if (current === null ? view.end_activities !== '[]' : current.lifecycle_view !== id) continue;
    if (JSON.stringify(current) === JSON.stringify(wanted)) continue;
    await transaction.execute(sql`
      update view set definition = ${JSON.stringify(wanted)}, object_type = ${wanted.leading}, grain = ${wanted.grain},
        built_batch = 0 where log_id = ${logId} and name = ${id}`);
  }
}

/** The lifecycle of the firm that a log is of; undefined for a log of no firm. */
function ofSetup(setup: string | null): Lifecycle | undefined {
  return setup === null ? undefined : lifecycleOf(Setup.parse(JSON.parse(setup)));
}

type Made = Pick<View, 'name' | 'objectType' | 'grain' | 'endActivities' | 'definition'>;

const plainView = (objectType: string): Made => ({
  name: objectType,
  objectType,
  grain: 'event',
  endActivities: [],
  definition: null
});

async function insertView(transaction: Transaction, logId: number, view: Made): Promise<void> {
  const viewId = await takeNumbers(transaction, 'view', 1);
  const definition = view.definition === null ? null : JSON.stringify(view.definition);
  await transaction.execute(sql`
    insert into view (view_id, log_id, name, object_type, grain, end_activities, built_batch, built_by, unpaired,
      ignored_transitions, definition)
    values (${viewId}, ${logId}, ${view.name}, ${view.objectType}, ${view.grain}, ${JSON.stringify(view.endActivities)},
      0, '', 0, 0, ${definition})`);
}

function toView(row: ViewRow, log: LogRow): View {
  return {
    id: row.view_id,
    logId: log.log_id,
    log: log.name,
    name: row.name,
    objectType: row.object_type,
    grain: row.grain,
    definition: row.definition === null ? null : ViewDefinition.parse(JSON.parse(row.definition)),
    endActivities: JSON.parse(row.end_activities) as string[],
    segments: `segment_${row.view_id}`,
    cases: `case_${row.view_id}`,
    members: `member_${row.view_id}`,
    builtBatch: row.built_batch,
    unpaired: row.unpaired,
    ignoredTransitions: row.ignored_transitions,
    overlap: row.overlap === null || row.built_batch === 0 ? null : (JSON.parse(row.overlap) as Overlap),
    calendar: log.calendar,
    now: log.now_at
  };
}
