import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { deleteLog, findLog, listLogs, type LogOverview } from '#models/log/catalogue.ts';
import type { Finding } from '#models/log/staged.ts';
import { sql } from '#models/store/sql.ts';
import { addView, listViews, NewView, setEndActivities, type View } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import type { Services } from '../services.ts';
import { json, LogParam, problem, result, ViewParam } from './schemas.ts';

export interface ViewSummary {
  name: string;
  object_type: string;
  grain: 'event' | 'instance';
  end_activities: string[];
  unpaired: number;
  ignored_transitions: number;
}

export interface LogSummary extends LogOverview {
  now: { mode: 'live' | 'fixed'; at?: string };
  default_view: string | null;
  views: ViewSummary[];
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

const Page = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  offset: z.coerce.number().int().min(0).default(0)
});

export function logRoutes({ store }: Services) {
  const describe = async (overview: LogOverview): Promise<LogSummary> => {
    const log = await findLog(store.engine, overview.name);
    const views = await listViews(store.engine, overview.name);
    return {
      ...overview,
      now: log.now_at === null ? { mode: 'live' } : { mode: 'fixed', at: log.now_at },
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
  return {
    name: view.name,
    object_type: view.objectType,
    grain: view.grain,
    end_activities: view.endActivities,
    unpaired: view.unpaired,
    ignored_transitions: view.ignoredTransitions
  };
}
