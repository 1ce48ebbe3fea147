import { hc, type InferRequestType } from 'hono/client';
import type { AppType } from '#lib/server/api/app.ts';
import { answer } from './api-client.ts';

export type LifecycleClient = ReturnType<typeof lifecycleClient>;

type One = ReturnType<typeof hc<AppType>>['api']['v1']['logs'][':log'];
/** What a route may be asked with. */
type Query<Route extends { $get: unknown }> =
  InferRequestType<Route['$get']> extends { query: infer Asked } ? Asked : never;

/** What the API says of a log's lifecycle: handoffs, what is stuck, what is not allowed. */
export function lifecycleClient(fetch: typeof globalThis.fetch) {
  const one = hc<AppType>('/', { fetch }).api.v1.logs[':log'];
  // The client puts parameters into the address as they are.
  const of = <Asked>(log: string, query: Asked) => ({ param: { log: encodeURIComponent(log) }, query });
  return {
    scorecard: (log: string, query: Query<One['handoffs']['scorecard']>) =>
      answer(one.handoffs.scorecard.$get(of(log, query))),
    handoffs: (log: string, query: Query<One['handoffs']['list']>) => answer(one.handoffs.list.$get(of(log, query))),
    rounds: async (log: string, query: Query<One['handoffs']['rounds']>) =>
      (await answer(one.handoffs.rounds.$get(of(log, query)))).rounds,
    approvals: (log: string, query: Query<One['approvals']>) => answer(one.approvals.$get(of(log, query))),
    dealToCash: (log: string, query: Query<One['deal-to-cash']>) => answer(one['deal-to-cash'].$get(of(log, query))),
    projectWays: (log: string, query: Query<One['deal-to-cash']['projects']>) =>
      answer(one['deal-to-cash'].projects.$get(of(log, query))),
    bottlenecks: (log: string, query: Query<One['bottlenecks']>) => answer(one.bottlenecks.$get(of(log, query))),
    toFix: (log: string, query: Query<One['to-fix']>) => answer(one['to-fix'].$get(of(log, query))),
    stalled: (log: string, query: Query<One['stalled']>) => answer(one.stalled.$get(of(log, query))),
    exceptions: (log: string, query: Query<One['exceptions']>) => answer(one.exceptions.$get(of(log, query)))
  };
}
