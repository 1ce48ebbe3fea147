import { hc, type InferRequestType } from 'hono/client';
import type { Approvals, DealToCash, Segment, ToFix } from '#dashboards/boards/results.ts';
import type { AppType } from '#lib/server/api/app.ts';
import type { HandoffList } from '#mining/handoff-list.ts';
import type { HandoffScorecard } from '#mining/handoff-scorecard.ts';
import { answer, Problem } from './api-client.ts';

export type LifecycleClient = ReturnType<typeof lifecycleClient>;

type Query = Record<string, string | number | null | undefined>;
interface Period {
  from: string;
  to: string;
}
type Asked<Get> = Get extends (...asked: never[]) => unknown
  ? InferRequestType<Get> extends { query: infer Query }
    ? Query
    : never
  : never;

/** What the API says of a log's lifecycle: handoffs, what is stuck, what is not allowed, what was promised. */
export function lifecycleClient(fetch: typeof globalThis.fetch) {
  const one = hc<AppType>('/', { fetch }).api.v1.logs[':log'];
  // The client puts parameters into the address as they are.
  const name = (log: string) => ({ log: encodeURIComponent(log) });
  async function get<T>(log: string, path: string, query: Query = {}): Promise<T> {
    const params = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) if (value != null && value !== '') params.set(key, String(value));
    const response = await fetch(`/api/v1/logs/${encodeURIComponent(log)}/${path}?${params.toString()}`);
    if (!response.ok) throw new Problem(response.status, (await response.json().catch(() => ({}))) as object);
    return (await response.json()) as T;
  }
  return {
    scorecard: (log: string, { period, by }: { period: Period | null; by: Segment | null }) =>
      get<HandoffScorecard>(log, 'handoffs/scorecard', { ...period, segment: by }),
    handoffList: (log: string, query: Query) => get<HandoffList>(log, 'handoffs/list', query),
    approvals: (log: string) => get<Approvals>(log, 'approvals'),
    dealToCash: (log: string, period: Period | null) => get<DealToCash>(log, 'deal-to-cash', { ...period }),
    toFix: (log: string) => get<ToFix>(log, 'to-fix'),
    stalled: (log: string, query: Asked<typeof one.stalled.$get>) =>
      answer(one.stalled.$get({ param: name(log), query })),
    exceptions: (log: string, query: Asked<typeof one.exceptions.$get>) =>
      answer(one.exceptions.$get({ param: name(log), query }))
  };
}
