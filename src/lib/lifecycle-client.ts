import type {
  Approvals,
  DealToCash,
  HandoffList,
  HandoffScorecard,
  Period,
  Segment,
  Stalled,
  ToFix
} from '#dashboards/boards/results.ts';
import type { Exceptions } from '#mining/exceptions.ts';
import { Problem } from './api-client.ts';

export type LifecycleClient = ReturnType<typeof lifecycleClient>;

type Query = Record<string, string | number | null | undefined>;

/** What the API says of a log's lifecycle: handoffs, what is stuck, what is not allowed, what was promised. */
export function lifecycleClient(fetch: typeof globalThis.fetch) {
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
    stalled: (log: string) => get<Stalled>(log, 'stalled'),
    exceptions: (log: string, query: Query) => get<Exceptions>(log, 'exceptions', query)
  };
}
