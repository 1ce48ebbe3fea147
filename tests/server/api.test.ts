import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '#lib/server/api/app.ts';
import type { LogSummary } from '#lib/server/api/log-routes.ts';
import type { Job } from '#lib/server/jobs/imports.ts';
import { closeServices, createServices, type Services } from '#lib/server/services.ts';
import type { Cases } from '#mining/cases.ts';
import type { TransitionHandoffs } from '#mining/handoffs.ts';
import type { Summary } from '#mining/summary.ts';
import { openStore } from '#models/store/store.ts';
import { engagementsCsv } from './engagements.ts';

let directory: string;
let services: Services;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-api-'));
  services = createServices(
    await openStore(join(directory, 'store')),
    'the token',
    () => new Date('2026-07-01T00:00:00Z')
  );
  api = createApi(services);
});
afterAll(async () => {
  await closeServices(services);
  await rm(directory, { recursive: true, force: true });
});

const call = async (path: string, init: RequestInit = {}) => api.fetch(new Request(`http://test/api/v1${path}`, init));
const get = async <Body>(path: string): Promise<Body> => (await call(path)).json() as Promise<Body>;
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  call(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers }
  });
const problem = async (response: Response) => ({
  media: response.headers.get('content-type'),
  ...((await response.json()) as { status: number; detail: string; fix?: string })
});

async function upload(name: string, text: string): Promise<string> {
  const answer = await call(`/uploads?name=${encodeURIComponent(name)}`, { method: 'POST', body: text });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { upload: string }).upload;
}

async function finished(id: string): Promise<Job> {
  for (;;) {
    const job = await get<Job>(`/imports/${id}`);
    if (job.finished_at !== undefined) return job;
    await new Promise((later) => setTimeout(later, 20));
  }
}

async function imported(log: string, text: string, mapping?: object): Promise<Job> {
  const id = await upload(`${log}.csv`, text);
  const answer = await post('/imports', {
    log,
    uploads: [{ upload: id, name: `${log}.csv` }],
    ...(mapping && { mapping })
  });
  expect(answer.status).toBe(202);
  return finished(((await answer.json()) as { job: string }).job);
}

const mapping = {
  case: 'engagement',
  activity: 'step',
  timestamp: 'done',
  resource: 'person',
  team: 'team',
  system: 'system'
};

describe('an import over HTTP', () => {
  test('goes from upload and preview to a log that can be mined, and back to nothing', async () => {
    const text = engagementsCsv({ count: 40, seed: 3 });
    const rows = text.trim().split('\n').length - 1;
    const id = await upload('engagements.csv', text);
    const seen = (await (await post('/imports/preview', { upload: id, mapping })).json()) as {
      format: string;
      columns: { name: string; guess: string | null }[];
      problems: string[];
    };
    expect(seen.format).toBe('csv');
    expect(seen.columns.find(({ name }) => name === 'person')?.guess).toBe('resource');

    const job = await imported('engagements', text, mapping);
    expect(job).toMatchObject({
      state: 'done',
      rows,
      files: [{ batch: { rows_in: rows, loaded: rows, duplicates: 0 } }]
    });
    const { logs } = await get<{ logs: LogSummary[] }>('/logs');
    expect(logs).toMatchObject([{ name: 'engagements', events: rows, default_view: 'case', now: { mode: 'live' } }]);
    const summary = await get<Summary>('/logs/engagements/views/~/summary');
    expect(summary).toMatchObject({ cases: 40, events: rows });
    const { batches } = await get<{ batches: object[] }>('/logs/engagements/imports');
    expect(batches).toMatchObject([{ file: 'engagements.csv', rows_in: rows, mapping }]);

    expect((await call('/logs/engagements', { method: 'DELETE' })).status).toBe(200);
    expect(await get('/logs')).toEqual({ logs: [] });
    expect((await call('/logs/engagements')).status).toBe(404);
  });

  test('tells its progress to its end', async () => {
    const id = await upload('progress.csv', engagementsCsv({ count: 30 }));
    const { job } = (await (
      await post('/imports', { log: 'progress', uploads: [{ upload: id, name: 'progress.csv' }], mapping })
    ).json()) as { job: string };
    const told = await (await call(`/imports/${job}/events`)).text();
    const states = [...told.matchAll(/data: (.*)/g)].map(([, data]) => (JSON.parse(data as string) as Job).state);
    expect(states.at(-1)).toBe('done');
    expect(states.length).toBeGreaterThan(1);
  });

  test('can be cancelled: nothing of the file is loaded, and the next import goes through', async () => {
    const id = await upload('long.csv', engagementsCsv({ count: 20_000 }));
    const { job } = (await (
      await post('/imports', { log: 'cancelled', uploads: [{ upload: id, name: 'long.csv' }], mapping })
    ).json()) as { job: string };
    await call(`/imports/${job}`, { method: 'DELETE' });
    expect(await finished(job)).toMatchObject({ state: 'cancelled', files: [{ state: 'cancelled' }] });
    expect((await call('/logs/cancelled')).status).toBe(404);
    expect(await imported('after', engagementsCsv({ count: 5 }), mapping)).toMatchObject({ state: 'done' });
  });

  test('names what is wrong with a file, with what would mend it', async () => {
    const job = await imported('unguessable', 'x,y\n1,2\n');
    expect(job).toMatchObject({ state: 'failed', error: { kind: 'bad_input' } });
    expect(job.error?.detail).toContain('unguessable.csv');
    expect(job.error?.fix).toContain('--case');
    expect((await call('/logs/unguessable')).status).toBe(404);
  });

  test('takes paths of this machine only from who knows the token', async () => {
    const path = join(directory, 'local.csv');
    await writeFile(path, engagementsCsv({ count: 3 }));
    const refused = await post('/imports', { log: 'local', paths: [path], mapping });
    expect(await problem(refused)).toMatchObject({
      status: 400,
      detail: expect.stringContaining('command line') as string
    });
    const taken = await post(
      '/imports',
      { log: 'local', paths: [path], mapping },
      { authorization: 'Bearer the token' }
    );
    expect(taken.status).toBe(202);
    expect(await finished(((await taken.json()) as { job: string }).job)).toMatchObject({ state: 'done' });
  });
});

describe('results over HTTP', () => {
  beforeAll(async () => {
    await imported('shown', engagementsCsv({ count: 60, seed: 5 }), mapping);
  });

  test('every analysis answers, filtered and not', async () => {
    const filter = encodeURIComponent(JSON.stringify([{ kind: 'activity', values: ['Invoice paid'], match: 'any' }]));
    for (const analysis of ['summary', 'dfg', 'variants', 'cycle-time', 'handoffs', 'rework', 'attributes', 'cases'])
      for (const query of ['', `?filter=${filter}`])
        expect((await call(`/logs/shown/views/case/${analysis}${query}`)).status, `${analysis}${query}`).toBe(200);
    const all = await get<Cases>('/logs/shown/views/case/cases?limit=1000');
    const paid = await get<Cases>(`/logs/shown/views/case/cases?limit=1000&filter=${filter}`);
    expect(paid.total).toBeLessThan(all.total);
    expect(paid.total).toBe(all.cases.filter(({ end_activity }) => end_activity === 'Invoice paid').length);
    const byTeam = await get<TransitionHandoffs>('/logs/shown/views/case/handoffs?dimension=team&limit=1');
    expect(byTeam.pairs).toHaveLength(1);
  });

  test('end activities make cases open, and an unknown activity is refused', async () => {
    const patch = (end_activities: string[]) =>
      call('/logs/shown/views/case', {
        method: 'PATCH',
        body: JSON.stringify({ end_activities }),
        headers: { 'content-type': 'application/json' }
      });
    expect((await patch(['Invoice paid'])).status).toBe(200);
    const { open_cases, closed_cases, cases } = await get<Summary>('/logs/shown/views/case/summary');
    expect(open_cases).toBeGreaterThan(0);
    expect(open_cases + closed_cases).toBe(cases);
    expect(await problem(await patch(['Never']))).toMatchObject({ status: 400 });
    expect((await patch([])).status).toBe(200);
  });

  test('a calendar adds business times, without one there are none', async () => {
    const set = (calendar: object | null) =>
      call('/logs/shown/calendar', {
        method: 'PUT',
        body: JSON.stringify({ calendar }),
        headers: { 'content-type': 'application/json' }
      });
    expect(await get('/logs/shown/views/case/cycle-time')).not.toHaveProperty('business');
    expect(await problem(await set({ zone: 'Nowhere/Land', weekly: {} }))).toMatchObject({ status: 400 });
    expect((await set({ zone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']] } })).status).toBe(200);
    expect(await get('/logs/shown/views/case/cycle-time')).toHaveProperty('business');
    expect((await set(null)).status).toBe(200);
  });

  test('events leave as an Arrow stream', async () => {
    const response = await call('/logs/shown/views/case/events');
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream');
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    const { events } = await get<Summary>('/logs/shown/views/case/summary');
    expect(table.numRows).toBe(events);
    expect(table.get(0)?.toJSON()).toMatchObject({ position: 0, activity: 'Deal won', team: 'Sales', system: 'CRM' });
  });

  test('errors are problem details that say what would mend them', async () => {
    for (const [path, status] of [
      ['/logs/nothing/views/~/summary', 404],
      ['/logs/shown/views/nothing/summary', 404],
      ['/logs/shown/views/case/cases/nothing', 404],
      ['/logs/shown/views/case/summary?filter=%7B', 400],
      ['/logs/shown/views/case/summary?filter=%5B%7B%22kind%22%3A%22nothing%22%7D%5D', 400],
      ['/logs/shown/views/case/summary?filter=%5B%7B%22kind%22%3A%22status%22%2C%22status%22%3A%22open%22%7D%5D', 400],
      ['/logs/shown/views/case/handoffs?dimension=colour', 400],
      ['/logs/shown/views/case/cases?limit=-1', 400],
      ['/nothing', 404],
      ['/logs/../views/case/summary', 404]
    ] as const) {
      const answer = await problem(await call(path));
      expect(answer, path).toMatchObject({ media: 'application/problem+json', status });
      expect(answer.detail, path).not.toContain('select ');
    }
  });

  test('a body that is no JSON, a view nobody could name, an end that never comes are refused with a fix', async () => {
    const send = (path: string, body: string) =>
      call(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    for (const [path, body] of [
      ['/imports', '{bad'],
      ['/logs/shown/views', '{"name":"~","object_type":"case"}'],
      ['/logs/shown/views', '{"name":"v","object_type":"case","end_activities":["Never"]}']
    ] as const) {
      const answer = await problem(await send(path, body));
      expect(answer, body).toMatchObject({ status: 400, fix: expect.any(String) as string });
    }
    const added = await send('/logs/shown/views', '{"name":"work","object_type":"case","grain":"instance"}');
    expect(added.status).toBe(201);
    expect(await added.json()).toMatchObject({ grain: 'instance', ignored_transitions: 0 });
  });

  test('a long filter goes through', async () => {
    const ids = Array.from({ length: 900 }, (_, n) => n.toString(16).padStart(16, '0'));
    const filter = encodeURIComponent(JSON.stringify([{ kind: 'variant', ids }]));
    expect((await call(`/logs/shown/views/case/cases?filter=${filter}`)).status).toBe(200);
  });

  test('says whose server it is to who asks with a token', async () => {
    const health = (token: string) => call('/health', { headers: { authorization: `Bearer ${token}` } });
    expect((await health('the token')).status).toBe(200);
    expect((await health('of another store')).status).toBe(400);
    expect((await call('/health')).status).toBe(200);
  });

  test('the OpenAPI document lists every route', async () => {
    const { openapi, paths } = await get<{ openapi: string; paths: Record<string, object> }>('/openapi.json');
    expect(openapi).toBe('3.1.0');
    for (const path of ['/api/v1/logs', '/api/v1/logs/{log}/views/{view}/dfg', '/api/v1/imports/{job}/events'])
      expect(Object.keys(paths)).toContain(path);
  });
});
