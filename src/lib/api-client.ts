import { hc, type ClientResponse, type InferRequestType, type InferResponseType } from 'hono/client';
import type { JSONValue } from 'hono/utils/types';
import type { AppType } from '#lib/server/api/app.ts';
import type { Filter } from '#models/filter/filter.ts';

type Routes = ReturnType<typeof hc<AppType>>['api']['v1'];
export type LogSummary = InferResponseType<Routes['logs']['$get'], 200>['logs'][number];
export type ViewSummary = LogSummary['views'][number];
export type LoadedBatch = InferResponseType<Routes['logs'][':log']['imports']['$get'], 200>['batches'][number];
export type QuarantinedRow = InferResponseType<Routes['logs'][':log']['quarantine']['$get'], 200>['rows'][number];
export type Job = InferResponseType<Routes['imports']['$get'], 200>['jobs'][number];
export type Status = InferResponseType<Routes['status']['$get'], 200>;
export type Source = InferResponseType<Routes['logs'][':log']['sources']['$get'], 200>['sources'][number];
export type QualityFinding = InferResponseType<Routes['logs'][':log']['quality']['$get'], 200>['findings'][number];
export type References = InferResponseType<Routes['logs'][':log']['references']['$get'], 200>;
export type Reference = References['rows'][number];
export type ReferenceState = Reference['state'];
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

export const unreachable = {
  title: 'The server does not answer. Is Throughline still running?',
  fix: 'start it again with `npx throughline serve`, then try again'
} as const;

/** Whether a request or a part of the page did not come at all: browsers word it differently, each as a TypeError. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof TypeError && /fetch|network|load failed|import(ing|ed)? .*module|module script/i.test(error.message);

export type ApiClient = ReturnType<typeof apiClient>;

type Views = Routes['logs'][':log']['views'][':view'];
type Options<Analysis extends keyof Views> = Views[Analysis] extends { $get: infer Get }
  ? Omit<InferRequestType<Get> extends { query: infer Query } ? Query : never, 'filter'>
  : never;

/** The API as functions, typed by its own routes. Takes Kit's `fetch` in a load function, the browser's elsewhere. */
export function apiClient(fetch: typeof globalThis.fetch) {
  const routes = hc<AppType>('/', { fetch }).api.v1;
  const one = routes.logs[':log'];
  const view = one.views[':view'];
  // The client puts parameters into the address as they are.
  const name = (log: string) => ({ log: encodeURIComponent(log) });
  const place = ({ log, view: viewName }: Place) => ({ ...name(log), view: encodeURIComponent(viewName) });
  const reference = (log: string, key: string) => ({ ...name(log), reference: encodeURIComponent(key) });
  const ask = <Asked extends object>(question: Question, options?: Asked) => ({
    param: place(question),
    query: { ...(options as Asked), ...(question.filter.length > 0 && { filter: JSON.stringify(question.filter) }) }
  });

  return {
    status: () => answer(routes.status.$get()),
    loadSample: () => answer(routes.sample.$post()),
    removeSample: () => answer(routes.sample.$delete()),

    logs: async () => (await answer(routes.logs.$get())).logs,
    deleteLog: (log: string) => answer(one.$delete({ param: name(log) })),
    setEndActivities: (at: Place, end_activities: string[]) =>
      answer(view.$patch({ param: place(at), json: { end_activities } })),

    summary: (question: Question) => answer(view.summary.$get(ask(question))),
    dfg: (question: Question, options?: Options<'dfg'>) => answer(view.dfg.$get(ask(question, options))),
    variants: (question: Question, options?: Options<'variants'>) => answer(view.variants.$get(ask(question, options))),
    cycleTime: (question: Question) => answer(view['cycle-time'].$get(ask(question))),
    handoffs: (question: Question, options?: Options<'handoffs'>) => answer(view.handoffs.$get(ask(question, options))),
    rework: (question: Question) => answer(view.rework.$get(ask(question))),
    attributes: (question: Question) => answer(view.attributes.$get(ask(question))),
    cases: (question: Question, options?: Options<'cases'>) => answer(view.cases.$get(ask(question, options))),
    case: (at: Place, id: string, { limit, offset }: { limit: number; offset: number }) => {
      const asked = { param: { ...place(at), case: encodeURIComponent(id) }, query: { limit, offset } };
      return answer(view.cases[':case'].$get(asked));
    },

    batches: async (log: string) => (await answer(one.imports.$get({ param: name(log) }))).batches,
    quarantine: (log: string, limit: number, offset: number) =>
      answer(one.quarantine.$get({ param: name(log), query: { limit, offset } })),

    sources: async (log: string) => (await answer(one.sources.$get({ param: name(log) }))).sources,
    quality: async (log: string) => (await answer(one.quality.$get({ param: name(log) }))).findings,
    people: async (log: string) => (await answer(one.people.$get({ param: name(log) }))).people,
    references: (log: string, state: ReferenceState, limit: number, offset: number) =>
      answer(one.references.$get({ param: name(log), query: { state, limit, offset } })),
    settleReference: (log: string, key: string, decision: { to: string | null; by: string; note?: string }) =>
      answer(one.references[':reference'].$put({ param: reference(log, key), json: decision })),
    reopenReference: (log: string, key: string) =>
      answer(one.references[':reference'].$delete({ param: reference(log, key) })),

    preview: ({ upload }: Upload, mapping?: Mapping) =>
      answer(routes.imports.preview.$post({ json: { upload, ...(mapping && { mapping }) } })),
    startImport: (log: string, uploads: Upload[], mapping?: Mapping) =>
      answer(routes.imports.$post({ json: { log, uploads, ...(mapping && { mapping }) } })),
    jobs: async () => (await answer(routes.imports.$get())).jobs,
    job: (job: string) => answer(routes.imports[':job'].$get({ param: { job } })),
    cancel: (job: string) => answer(routes.imports[':job'].$delete({ param: { job } })),
    progressAddress: (job: string) => `/api/v1/imports/${job}/events`,
    uploadAddress: (file: string) => `/api/v1/uploads?name=${encodeURIComponent(file)}`
  };
}

/** JSON holds no undefined: what is optional is there or not. Hono's types forget that. */
type Exact<Value> = JSONValue extends Value
  ? Value
  : Value extends object
    ? { [Key in keyof Value]: Exact<Exclude<Value[Key], undefined>> }
    : Value;
type Good<Answer> = Answer extends ClientResponse<infer Body, 200 | 201 | 202, 'json'> ? Exact<Body> : never;

/** The body of a good answer. @throws {Problem} otherwise */
export async function answer<Answer extends ClientResponse<unknown, number, string>>(
  asked: Promise<Answer>
): Promise<Good<Answer>> {
  const response = await asked;
  if (!response.ok) throw new Problem(response.status, await problemOf(response));
  return (await response.json()) as Good<Answer>;
}

async function problemOf(
  response: Pick<Response, 'json' | 'status' | 'statusText'>
): Promise<{ title?: string; detail?: string; fix?: string }> {
  try {
    return (await response.json()) as { title?: string };
  } catch {
    return { title: `The server answered ${response.status} ${response.statusText}` };
  }
}
