import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { AttributeProfile } from '#mining/attributes.ts';
import { caseDetail, type CaseDetail } from '#mining/case-detail.ts';
import type { Cases } from '#mining/cases.ts';
import type { ViewContext } from '#mining/context.ts';
import type { CycleTime } from '#mining/cycle-time.ts';
import type { DirectlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import { eventTable } from '#mining/event-table.ts';
import type { TransitionHandoffs } from '#mining/handoffs.ts';
import type { Rework } from '#mining/rework.ts';
import type { Summary } from '#mining/summary.ts';
import type { Variants } from '#mining/variants.ts';
import type { Filter } from '#models/filter/filter.ts';
import { freshView } from '#models/views/materialise.ts';
import type { Services } from '../services.ts';
import { analyses, type AnalysisName } from './analyses.ts';
import { FilterQuery, json, parseFilter, problem, result, ViewParam } from './schemas.ts';

const arrowType = 'application/vnd.apache.arrow.stream';

/** The results of the analyses; the view `~` is the log's first. */
export function miningRoutes({ store, clock }: Services) {
  const contextOf = async ({ log, view: name }: { log: string; view: string }): Promise<ViewContext> => {
    const view = await freshView(store, log, name === '~' ? undefined : name);
    return { engine: store.engine, view, now: view.now ?? clock().toISOString() };
  };
  /** Options were checked by the route; each analysis takes its own. */
  const run = async <Type>(name: AnalysisName, at: { log: string; view: string }, query: object): Promise<Type> => {
    const { filter, ...options } = query as { filter?: string };
    const analyse = analyses[name].run as (context: ViewContext, filter: Filter, options: object) => Promise<object>;
    return (await analyse(await contextOf(at), parseFilter(filter), options)) as Type;
  };
  const route = <Name extends AnalysisName, Type>(name: Name, schema: z.ZodType<Type>) =>
    createRoute({
      method: 'get',
      path: `/logs/{log}/views/{view}/${name}` as const,
      summary: analyses[name].about,
      request: {
        params: ViewParam,
        query: analyses[name].options as (typeof analyses)[Name]['options']
      },
      responses: { 200: json(analyses[name].about, schema), 400: problem, 404: problem }
    });

  return new OpenAPIHono()
    .openapi(route('summary', result<Summary>('summary')), async (c) =>
      c.json(await run<Summary>('summary', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(route('dfg', result<DirectlyFollowsGraph>('graph')), async (c) =>
      c.json(await run<DirectlyFollowsGraph>('dfg', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(route('variants', result<Variants>('variants')), async (c) =>
      c.json(await run<Variants>('variants', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(route('cycle-time', result<CycleTime>('cycle time')), async (c) =>
      c.json(await run<CycleTime>('cycle-time', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(route('handoffs', result<TransitionHandoffs>('handoffs')), async (c) =>
      c.json(await run<TransitionHandoffs>('handoffs', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(route('rework', result<Rework>('rework')), async (c) =>
      c.json(await run<Rework>('rework', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(route('attributes', result<AttributeProfile>('attributes')), async (c) =>
      c.json(await run<AttributeProfile>('attributes', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(route('cases', result<Cases>('cases')), async (c) =>
      c.json(await run<Cases>('cases', c.req.valid('param'), c.req.valid('query')), 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/views/{view}/cases/{case}',
        summary: 'one case with its events, objects and the places they came from',
        request: {
          params: ViewParam.extend({ case: z.string().min(1) }),
          query: z.object({
            limit: z.coerce.number().int().min(1).max(10_000).optional(),
            offset: z.coerce.number().int().min(0).optional()
          })
        },
        responses: { 200: json('the case', result<CaseDetail>('case')), 404: problem }
      }),
      async (c) => {
        const { case: caseId, ...at } = c.req.valid('param');
        return c.json(await caseDetail(await contextOf(at), caseId, c.req.valid('query')), 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/views/{view}/events',
        summary: 'every event of the cases that the filter leaves, as an Arrow stream',
        request: { params: ViewParam, query: FilterQuery },
        responses: {
          200: {
            description: 'an Arrow IPC stream, one row an event or instance',
            content: { [arrowType]: { schema: z.string().openapi({ format: 'binary' }) } }
          },
          400: problem,
          404: problem
        }
      }),
      async (c) => {
        const context = await contextOf(c.req.valid('param'));
        const bytes = await eventTable(context, parseFilter(c.req.valid('query').filter));
        return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { 'content-type': arrowType });
      }
    );
}
