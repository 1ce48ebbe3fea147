import type { RibbonPart } from '#dashboards/boards/ribbon.ts';
import { segments, type Segment } from '#lib/state/lifecycle.ts';
import { casesLink } from '#lib/state/scope.ts';
import { professionalServices } from '#models/lifecycle/professional-services.ts';

export type LedgerQuery = {
  handoff: string;
  status?: 'open' | 'done' | undefined;
  order?: 'money' | 'age' | 'latency' | undefined;
} & Partial<Record<Segment, string>>;

/** The ledger of one handoff: its rows, narrowed as the figure that leads there. */
export function ledgerLink(url: URL, { handoff, status, order, ...values }: LedgerQuery): string {
  const params = new URLSearchParams();
  for (const key of ['log', 'months', 'by', ...segments]) {
    const value = url.searchParams.get(key);
    if (value !== null) params.set(key, value);
  }
  params.set('handoff', handoff);
  for (const [key, value] of Object.entries({ status, order, ...values })) if (value) params.set(key, value);
  return `/handoffs?${params.toString()}#ledger`;
}

/** The projects that a part of deal to cash is of: those that passed its events. */
export function behindPart(url: URL, { kind, id }: Pick<RibbonPart, 'kind' | 'id'>): string {
  if (kind === 'handoff') return ledgerLink(url, { handoff: id });
  const stage = professionalServices.stages.find((one) => one.id === id);
  return stage ? casesLink(url, [], { kind: 'activity', match: 'any', values: stage.enter }) : casesLink(url, []);
}

/** A project's page, from wherever its log is on show. */
export function projectLink(url: URL, project: string): string {
  const params = new URLSearchParams();
  const log = url.searchParams.get('log');
  if (log !== null) params.set('log', log);
  const query = params.toString();
  return `/cases/${encodeURIComponent(project)}${query ? `?${query}` : ''}`;
}
