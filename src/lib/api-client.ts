import type { hc, InferResponseType } from 'hono/client';
import type { AppType } from '#lib/server/api/app.ts';
import type { AttributeProfile } from '#mining/attributes.ts';
import type { CaseDetail } from '#mining/case-detail.ts';
import type { Cases } from '#mining/cases.ts';
import type { CycleTime } from '#mining/cycle-time.ts';
import type { DirectlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import type { TransitionHandoffs } from '#mining/handoffs.ts';
import type { Rework } from '#mining/rework.ts';
import type { Summary } from '#mining/summary.ts';
import type { Variants } from '#mining/variants.ts';
import type { Filter } from '#models/filter/filter.ts';

type Routes = ReturnType<typeof hc<AppType>>['api']['v1'];
export type LogSummary = InferResponseType<Routes['logs']['$get'], 200>['logs'][number];
export type ViewSummary = LogSummary['views'][number];
export type LoadedBatch = InferResponseType<Routes['logs'][':log']['imports']['$get'], 200>['batches'][number];
export type QuarantinedRow = InferResponseType<Routes['logs'][':log']['quarantine']['$get'], 200>['rows'][number];
export type Job = InferResponseType<Routes['imports']['$get'], 200>['jobs'][number];
export type Preview = InferResponseType<Routes['imports']['preview']['$post'], 200>;

export interface Upload {
  upload: string;
  name: string;
}

export type Mapping = Record<string, unknown>;

/** Where to look: a view of a log. */
export interface Place {
  log: string;
  view: string;
}
export interface Question extends Place {
  filter: Filter;
}

/** An RFC 9457 answer: what went wrong, and what mends it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly fix: string | undefined;
  constructor(status: number, problem: { title?: string; detail?: string; message?: string; fix?: string }) {
    const title = problem.title ?? problem.message ?? `The server answered ${status}`;
    super(problem.detail ?? title);
    this.status = status;
    this.title = title;
    this.detail = problem.detail;
    this.fix = problem.fix;
  }
}

type Options = Record<string, string | number | boolean | null | undefined>;
export type ApiClient = ReturnType<typeof apiClient>;

const base = '/api/v1';

/** The API as functions. Takes Kit's `fetch` in a load function, the browser's elsewhere. */
export function apiClient(fetch: typeof globalThis.fetch) {
  async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${base}${path}`, init);
    if (!response.ok) throw new Problem(response.status, await problemOf(response));
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
  const send = <T>(method: string, path: string, body: unknown) =>
    call<T>(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const at = ({ log, view }: Place) => `/logs/${encodeURIComponent(log)}/views/${encodeURIComponent(view)}`;
  const analyse =
    <T, O extends Options = Options>(analysis: string) =>
    (question: Question, options?: O) =>
      call<T>(`${at(question)}/${analysis}${query(question.filter, options)}`);

  return {
    logs: async () => (await call<{ logs: LogSummary[] }>('/logs')).logs,
    deleteLog: (log: string) => call<void>(`/logs/${encodeURIComponent(log)}`, { method: 'DELETE' }),
    setEndActivities: ({ log, view }: Place, endActivities: string[]) =>
      send<unknown>('PATCH', at({ log, view }), { end_activities: endActivities }),

    summary: analyse<Summary>('summary'),
    dfg: analyse<DirectlyFollowsGraph>('dfg'),
    variants: analyse<Variants>('variants'),
    cycleTime: analyse<CycleTime>('cycle-time'),
    handoffs: analyse<TransitionHandoffs>('handoffs'),
    rework: analyse<Rework>('rework'),
    attributes: analyse<AttributeProfile>('attributes'),
    cases: analyse<Cases>('cases'),
    case: (place: Place, id: string) => call<CaseDetail>(`${at(place)}/cases/${encodeURIComponent(id)}`),

    batches: async (log: string) =>
      (await call<{ batches: LoadedBatch[] }>(`/logs/${encodeURIComponent(log)}/imports`)).batches,
    quarantine: (log: string, limit: number, offset: number) =>
      call<{ total: number; rows: QuarantinedRow[] }>(
        `/logs/${encodeURIComponent(log)}/quarantine?limit=${limit}&offset=${offset}`
      ),

    preview: ({ upload }: Upload, mapping?: Mapping) => send<Preview>('POST', '/imports/preview', { upload, mapping }),
    startImport: (log: string, uploads: Upload[], mapping?: Mapping) =>
      send<{ job: string }>('POST', '/imports', { log, uploads, mapping }),
    jobs: async () => (await call<{ jobs: Job[] }>('/imports')).jobs,
    cancel: (job: string) => call<unknown>(`/imports/${job}`, { method: 'DELETE' }),
    progressAddress: (job: string) => `${base}/imports/${job}/events`,
    uploadAddress: (name: string) => `${base}/uploads?name=${encodeURIComponent(name)}`
  };
}

function query(filter: Filter, options: Options = {}): string {
  const params = new URLSearchParams();
  if (filter.length > 0) params.set('filter', JSON.stringify(filter));
  for (const [key, value] of Object.entries(options)) if (value != null) params.set(key, String(value));
  const text = params.toString();
  return text && `?${text}`;
}

async function problemOf(response: Response): Promise<{ title?: string; detail?: string; fix?: string }> {
  try {
    return (await response.json()) as { title?: string };
  } catch {
    return { title: `The server answered ${response.status} ${response.statusText}` };
  }
}
