import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { lifecycleExceptions, type Exceptions } from '#mining/exceptions.ts';
import { stalledProjects, type Stalled } from '#mining/stalled.ts';
import { baselineOf, setBaseline, type Baseline } from '#models/log/baseline.ts';
import { findLog } from '#models/log/catalogue.ts';
import { freshFirm } from '#models/views/firm.ts';
import type { Services } from '../services.ts';
import { json, LogParam, Page, problem, result } from './schemas.ts';

const Instant = z.iso.datetime({ offset: true, error: 'write an instant like 2026-06-30T16:00:00Z' });
const Period = z.strictObject({ from: Instant, to: Instant });

const StalledQuery = z.strictObject({
  ...Page.shape,
  project: z.string().optional(),
  region: z.string().optional(),
  legal_entity: z.string().optional(),
  service_line: z.string().optional()
});
const ExceptionsQuery = z.strictObject({
  ...Page.shape,
  rule: z.string().optional(),
  state: z.enum(['open', 'closed']).optional(),
  project: z.string().optional(),
  region: z.string().optional(),
  legal_entity: z.string().optional(),
  service_line: z.string().optional()
});

/** What somebody has to look after: projects that rest, and what the lifecycle does not allow. */
export function worklistRoutes({ store, clock }: Services) {
  const nowOf = (fixed: string | null): string => fixed ?? clock().toISOString();
  const baseline = async (name: string): Promise<Baseline> => {
    const { log_id, now_at } = await findLog(store.engine, name);
    return baselineOf(store.engine, log_id, nowOf(now_at));
  };
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/stalled',
        summary:
          'open projects that rest longer than such projects do, each with what blocks it and the action that fits',
        request: { params: LogParam, query: StalledQuery },
        responses: { 200: json('the worklist', result<Stalled>('stalled')), 400: problem, 404: problem }
      }),
      async (c) => {
        const firm = await freshFirm(store, c.req.valid('param').log);
        return c.json(await stalledProjects(store, firm, clock(), c.req.valid('query')), 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/exceptions',
        summary: 'what the rules of the lifecycle do not allow and yet happened, with owner, severity and evidence',
        request: { params: LogParam, query: ExceptionsQuery },
        responses: { 200: json('the exceptions', result<Exceptions>('exceptions')), 400: problem, 404: problem }
      }),
      async (c) => {
        const firm = await freshFirm(store, c.req.valid('param').log);
        return c.json(await lifecycleExceptions(store, firm, nowOf(firm.now), c.req.valid('query')), 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/baseline',
        summary: 'the period that says what is usual',
        request: { params: LogParam },
        responses: { 200: json('the baseline', result<Baseline>('baseline')), 404: problem }
      }),
      async (c) => c.json(await baseline(c.req.valid('param').log), 200)
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/logs/{log}/baseline',
        summary: 'chooses the period that says what is usual; null: the first year',
        request: {
          params: LogParam,
          body: { required: true, content: { 'application/json': { schema: Period.nullable() } } }
        },
        responses: { 200: json('the baseline', result<Baseline>('baseline')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        const period = c.req.valid('json');
        await setBaseline(store, log, period && { from: new Date(period.from), to: new Date(period.to) });
        return c.json(await baseline(log), 200);
      }
    );
}
