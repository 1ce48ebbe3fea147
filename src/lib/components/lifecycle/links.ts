import { segments, type Segment } from '#lib/state/lifecycle.ts';

export type LedgerQuery = {
  handoff: string;
  status?: 'open' | 'done' | undefined;
  order?: 'money' | 'age' | 'latency' | undefined;
} & Partial<Record<Segment, string>>;

/** The ledger of one handoff: its rows, narrowed as the figure that leads there. */
export function ledgerLink(url: URL, { handoff, status, order, ...values }: LedgerQuery): string {
  const params = kept(url);
  params.set('handoff', handoff);
  for (const [key, value] of Object.entries({ status, order, ...values })) if (value) params.set(key, value);
  return `/handoffs?${params.toString()}#ledger`;
}

/** The projects behind a bar of deal to cash, those of which it takes most first. */
export function wayLink(url: URL, part: string): string {
  const params = kept(url);
  params.set('part', part);
  return `/deal-to-cash?${params.toString()}`;
}

/** One project on the worklist of what is stuck. */
export function stalledLink(url: URL, project: string): string {
  const params = new URLSearchParams();
  const log = url.searchParams.get('log');
  if (log !== null) params.set('log', log);
  params.set('project', project);
  return `/stalled?${params.toString()}`;
}

/** A project's page, from wherever its log is on show. */
export function projectLink(url: URL, project: string): string {
  const params = new URLSearchParams();
  const log = url.searchParams.get('log');
  if (log !== null) params.set('log', log);
  const query = params.toString();
  return `/cases/${encodeURIComponent(project)}${query ? `?${query}` : ''}`;
}

/** What a page about the lifecycle is narrowed to goes on to the next. */
function kept(url: URL): URLSearchParams {
  const params = new URLSearchParams();
  for (const key of ['log', 'months', 'by', ...segments]) {
    const value = url.searchParams.get(key);
    if (value !== null) params.set(key, value);
  }
  return params;
}

/** The page of an object that is a case of one of the log's views; null where it is none. */
export function subjectLink(
  url: URL,
  { views }: { views: { name: string; object_type: string }[] },
  type: string,
  id: string
): string | null {
  const view = views.find(({ object_type }) => object_type === type);
  if (!view) return null;
  const params = new URLSearchParams();
  const log = url.searchParams.get('log');
  if (log !== null) params.set('log', log);
  params.set('view', view.name);
  return `/cases/${encodeURIComponent(id)}?${params.toString()}`;
}
