import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { deleteLog, findLog, listLogs, setNow, type LogOverview, type LogRow } from '#models/log/catalogue.ts';
import { nowOf, startReplay, type LogNow, type Replay } from '#models/log/now.ts';
import { stepInWords } from '#models/lifecycle/traversal.ts';
import type { ViewDefinition } from '#models/lifecycle/view-definition.ts';
import type { Finding } from '#models/log/staged.ts';
import { sql } from '#models/store/sql.ts';
import { addView, listViews, NewView, setEndActivities, type Overlap, type View } from '#models/views/catalogue.ts';
import { endCondition } from '#models/views/end-condition.ts';
import { freshView } from '#models/views/materialise.ts';
import type { Services } from '../services.ts';
import { json, LogParam, Page, problem, result, ViewParam } from './schemas.ts';

export interface ViewSummary {
  name: string;
  /** `plain`: each object of a type with its own events; else by traversal, as the lifecycle or somebody declared it. */
  kind: 'plain' | 'lifecycle' | 'declared';
  object_type: string;
  grain: 'event' | 'instance';
  /** What belongs to a case besides its own object, a step each: `project ← milestone (part_of)`. */
  steps: string[];
  definition: ViewDefinition | null;
  end_activities: string[];
  /** What closes a case, in words: parts that must all hold. */
  end_condition: string[] | 'none';
  unpaired: number;
  ignored_transitions: number;
  /** How many events stand in several cases; null before the view is built, and where none can. */
  overlap: Overlap | null;
}

export interface LogSummary extends LogOverview {
  now: NowOfLog;
  default_view: string | null;
  views: ViewSummary[];
}

/** What counts as now. While a replay runs, the watch's: what is measured for the pages stays as of before it. */
export interface NowOfLog {
  mode: LogNow['mode'];
  at?: string;
  replay?: Replay;
}

export interface LoadedBatch {
  batch_no: number;
  source: string;
  file: string;
  format: string;
  committed_at: string;
  rows_in: number;
  loaded: number;
  quarantined: number;
  duplicates: number;
  superseded: number;
  events: number;
  objects: number;
  event_objects: number;
  object_objects: number;
  mapping: unknown;
  findings: Finding[];
}

export interface QuarantinedRow {
  batch_no: number;
  file: string;
  locator: string;
  reason: string;
  field: string | null;
  fix: string | null;
  raw: string | null;
}

export function logRoutes({ store, clock }: Services) {
  const nowIn = (log: LogRow): NowOfLog => {
    const { mode, at, replay } = nowOf(log, clock().getTime());
    if (mode === 'live') return { mode };
    return {
      mode,
      at: mode === 'fixed' && log.now_at !== null ? log.now_at : new Date(at).toISOString(),
      ...(replay ? { replay } : {})
    };
  };
  const describe = async (overview: LogOverview): Promise<LogSummary> => {
    const log = await findLog(store.engine, overview.name);
    const views = await listViews(store.engine, overview.name);
    return {
      ...overview,
      now: nowIn(log),
      default_view: views[0]?.name ?? null,
      views: views.map(summarise)
    };
  };

  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs',
        responses: { 200: json('every log, newest first', result<{ logs: LogSummary[] }>('logs')) }
      }),
      async (c) => c.json({ logs: await Promise.all((await listLogs(store.engine)).map(describe)) }, 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}',
        request: { params: LogParam },
        responses: { 200: json('one log', result<LogSummary>('log')), 404: problem }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        await findLog(store.engine, log);
        const overview = (await listLogs(store.engine)).find(({ name }) => name === log) as LogOverview;
        return c.json(await describe(overview), 200);
      }
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/logs/{log}/now',
        summary: 'fixes what counts as now in a log, lets it run with the clock, or goes through its last days again',
        request: {
          params: LogParam,
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z.union([
                  z.strictObject({ mode: z.literal('live') }),
                  z.strictObject({ mode: z.literal('fixed'), at: z.iso.datetime({ offset: true }) }),
                  z.strictObject({
                    mode: z.literal('replay'),
                    days: z.number().positive().max(3_650).default(7),
                    /** A week passes in ten minutes. */
                    speed: z.number().positive().max(1e9).default(1_008)
                  })
                ])
              }
            }
          }
        },
        responses: { 200: json('the now of the log', result<LogSummary['now']>('now')), 400: problem, 404: problem }
      }),
      async (c) => {
        const now = c.req.valid('json');
        const { log } = c.req.valid('param');
        if (now.mode === 'replay') {
          const back = now.days * 24 * 3_600_000;
          await startReplay(store, log, { back, speed: now.speed }, clock());
        } else await setNow(store, log, now.mode === 'live' ? null : new Date(now.at));
        return c.json(now.mode === 'replay' ? nowIn(await findLog(store.engine, log)) : now, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/logs/{log}',
        request: { params: LogParam },
        responses: { 200: json('the log is gone', result<{ deleted: string }>('name')), 404: problem }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        await deleteLog(store, log);
        return c.json({ deleted: log }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/views',
        request: { params: LogParam },
        responses: { 200: json('the case views of a log', result<{ views: ViewSummary[] }>('views')), 404: problem }
      }),
      async (c) => {
        const views = await listViews(store.engine, c.req.valid('param').log);
        return c.json({ views: views.map(summarise) }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/logs/{log}/views',
        request: {
          params: LogParam,
          body: { required: true, content: { 'application/json': { schema: NewView } } }
        },
        responses: { 201: json('the new view', result<ViewSummary>('view')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        const { name } = await addView(store, log, c.req.valid('json'));
        return c.json(summarise(await freshView(store, log, name)), 201);
      }
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/logs/{log}/views/{view}',
        request: {
          params: ViewParam,
          body: {
            required: true,
            content: {
              'application/json': { schema: z.strictObject({ end_activities: z.array(z.string()).max(1_000) }) }
            }
          }
        },
        responses: { 200: json('the changed view', result<ViewSummary>('view')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log, view } = c.req.valid('param');
        const { end_activities } = c.req.valid('json');
        return c.json(summarise(await setEndActivities(store, log, view, end_activities)), 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/imports',
        request: { params: LogParam },
        responses: {
          200: json('what was loaded, newest first', result<{ batches: LoadedBatch[] }>('batches')),
          404: problem
        }
      }),
      async (c) => {
        const { log_id } = await findLog(store.engine, c.req.valid('param').log);
        const rows = await store.engine.query<LoadedBatch & { mapping: string; findings: string }>(sql`
          select batch_no, s.name as source, f.name as file, format,
            strftime(committed_at, '%Y-%m-%dT%H:%M:%S.%gZ') as committed_at, rows_in, loaded, quarantined, duplicates,
            superseded, events, objects, event_objects, object_objects, mapping, findings
          from batch join source s using (source_id) join file f using (file_id)
          where batch.log_id = ${log_id} order by batch_no desc`);
        const batches = rows.map((row) => ({
          ...row,
          mapping: JSON.parse(row.mapping) as unknown,
          findings: JSON.parse(row.findings as unknown as string) as Finding[]
        }));
        return c.json({ batches }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/quarantine',
        request: { params: LogParam, query: Page },
        responses: {
          200: json('rows that could not be understood', result<{ total: number; rows: QuarantinedRow[] }>('rows')),
          404: problem
        }
      }),
      async (c) => {
        const { log_id } = await findLog(store.engine, c.req.valid('param').log);
        const { limit, offset } = c.req.valid('query');
        const [count] = await store.engine.query<{ total: number }>(
          sql`select count(*)::double as total from quarantine where log_id = ${log_id}`
        );
        const rows = await store.engine.query<QuarantinedRow>(sql`
          select q.batch_no, f.name as file, locator, reason, field, fix, raw
          from quarantine q join file f using (file_id) where q.log_id = ${log_id}
          order by q.batch_no desc, q.position limit ${limit} offset ${offset}`);
        return c.json({ total: count?.total ?? 0, rows }, 200);
      }
    );
}

function summarise(view: View): ViewSummary {
  const { definition } = view;
  return {
    name: view.name,
    kind: definition === null ? 'plain' : definition.lifecycle_view === undefined ? 'declared' : 'lifecycle',
    object_type: view.objectType,
    grain: view.grain,
    steps: (definition?.steps ?? []).map(stepInWords),
    definition,
    end_activities: view.endActivities,
    end_condition: endCondition(view),
    unpaired: view.unpaired,
    ignored_transitions: view.ignoredTransitions,
    overlap: view.overlap
  };
}
