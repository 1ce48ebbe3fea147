import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { approvalLatency, approvalSteps, type Approvals, type ApprovalStepRow } from '#mining/approval-latency.ts';
import { bottlenecks, type Bottlenecks } from '#mining/bottlenecks.ts';
import {
  dealToCash,
  projectWays,
  type DealToCash,
  type DealToCashContext,
  type ProjectWay
} from '#mining/deal-to-cash.ts';
import { handoffList, handoffRounds, type HandoffList, type HandoffRound } from '#mining/handoff-list.ts';
import { handoffScorecard, type HandoffScorecard } from '#mining/handoff-scorecard.ts';
import { segments, type LedgerContext } from '#mining/ledger-scope.ts';
import { thingsToFix, type ThingsToFix } from '#mining/things-to-fix.ts';
import { freshDealToCash } from '#models/views/deal-to-cash.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import type { Services } from '../services.ts';
import { json, LogParam, Page, problem, result } from './schemas.ts';

const Instant = z.iso
  .datetime({ offset: true, error: 'write an instant like 2026-01-01T00:00:00Z' })
  .openapi({ example: '2026-01-01T00:00:00Z' });
const Period = z.object({ from: Instant.optional(), to: Instant.optional() });
const Segments = z.object({
  region: z.string().optional(),
  legal_entity: z.string().optional(),
  service_line: z.string().optional()
});
const BySegment = z.object({ segment: z.enum(segments).optional() });
const Rate = z.object({
  rate: z.coerce.number().min(0).max(1).optional().openapi({ description: 'cost of capital as a share a year' })
});

const Scorecard = z.strictObject({ ...Period.shape, ...Segments.shape, ...BySegment.shape });
const List = z.strictObject({
  ...Period.shape,
  ...Segments.shape,
  ...Page.shape,
  handoff: z.string().optional(),
  status: z.enum(['open', 'done', 'cancelled']).optional(),
  project: z.string().optional(),
  order: z.enum(['money', 'age', 'latency']).default('age')
});
const Rounds = z.strictObject({ handoff: z.string().min(1), anchor: z.string().min(1) });
const ApprovalQuery = z.strictObject({ ...Period.shape, ...Segments.shape, kind: z.string().optional() });
const ApprovalSteps = z.strictObject({
  ...Period.shape,
  ...Segments.shape,
  ...Page.shape,
  step: z.string().optional(),
  approver: z.string().optional()
});
const Cash = z.strictObject({ ...Period.shape, ...Segments.shape });
const Ways = z.strictObject({ ...Cash.shape, ...Page.shape, part: z.string().optional() });
const Bottleneck = z.strictObject({ ...Cash.shape, ...BySegment.shape, ...Rate.shape });
const Fix = z.strictObject({
  ...Period.shape,
  ...Segments.shape,
  ...Rate.shape,
  limit: z.coerce.number().int().min(1).max(100).default(3)
});

/** The lifecycle handoffs of a log of a firm: how long work waits between its teams, and what that costs. */
export function handoffRoutes({ store, clock }: Services) {
  const contextOf = async (log: string): Promise<LedgerContext> => ({
    engine: store.engine,
    ledger: await freshLedger(store, log, clock)
  });
  const withDealToCash = async (log: string): Promise<DealToCashContext> => {
    const context = await contextOf(log);
    return { ...context, tables: await freshDealToCash(store, context.ledger) };
  };
  const get = <Path extends string, Query extends z.ZodObject, Type>(
    path: Path,
    summary: string,
    query: Query,
    schema: z.ZodType<Type>
  ) =>
    createRoute({
      method: 'get',
      path: `/logs/{log}/${path}` as const,
      summary,
      request: { params: LogParam, query },
      responses: { 200: json(summary, schema), 400: problem, 404: problem }
    });

  return new OpenAPIHono()
    .openapi(
      get(
        'handoffs/scorecard',
        'lifecycle handoffs: latency, first-time-right, goals, what is open, trend',
        Scorecard,
        result<HandoffScorecard>('scorecard')
      ),
      async (c) => c.json(await handoffScorecard(await contextOf(c.req.valid('param').log), c.req.valid('query')), 200)
    )
    .openapi(
      get('handoffs/list', 'the lifecycle handoffs themselves', List, result<HandoffList>('handoffs')),
      async (c) => c.json(await handoffList(await contextOf(c.req.valid('param').log), c.req.valid('query')), 200)
    )
    .openapi(
      get(
        'handoffs/rounds',
        'the rounds of one handoff of an anchor object',
        Rounds,
        result<{ rounds: HandoffRound[] }>('rounds')
      ),
      async (c) => {
        const { handoff, anchor } = c.req.valid('query');
        const rounds = await handoffRounds(await contextOf(c.req.valid('param').log), handoff, anchor);
        return c.json({ rounds }, 200);
      }
    )
    .openapi(
      get(
        'approvals',
        'approval latency by step, round, subject and approver, and what is open',
        ApprovalQuery,
        result<Approvals>('approvals')
      ),
      async (c) => c.json(await approvalLatency(await contextOf(c.req.valid('param').log), c.req.valid('query')), 200)
    )
    .openapi(
      get(
        'approvals/steps',
        'the steps of approvals themselves, the longest first',
        ApprovalSteps,
        result<{ total: number; rows: ApprovalStepRow[] }>('steps')
      ),
      async (c) => c.json(await approvalSteps(await contextOf(c.req.valid('param').log), c.req.valid('query')), 200)
    )
    .openapi(
      get(
        'deal-to-cash',
        'weighted mean days from deal won to first payment, cut into stages and handoffs',
        Cash,
        result<DealToCash>('deal to cash')
      ),
      async (c) => c.json(await dealToCash(await withDealToCash(c.req.valid('param').log), c.req.valid('query')), 200)
    )
    .openapi(
      get(
        'deal-to-cash/projects',
        'the way of each project from deal won to first payment',
        Ways,
        result<{ total: number; rows: ProjectWay[] }>('ways')
      ),
      async (c) => c.json(await projectWays(await withDealToCash(c.req.valid('param').log), c.req.valid('query')), 200)
    )
    .openapi(
      get(
        'bottlenecks',
        'lifecycle handoffs and stages by working time, and handoffs by cost of delay',
        Bottleneck,
        result<Bottlenecks>('bottlenecks')
      ),
      async (c) => c.json(await bottlenecks(await withDealToCash(c.req.valid('param').log), c.req.valid('query')), 200)
    )
    .openapi(get('to-fix', 'the places that cost most by waiting', Fix, result<ThingsToFix>('places')), async (c) =>
      c.json(await thingsToFix(await contextOf(c.req.valid('param').log), c.req.valid('query')), 200)
    );
}
