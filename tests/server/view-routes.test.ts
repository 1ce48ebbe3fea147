import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '#lib/server/api/app.ts';
import type { LogSummary, ViewSummary } from '#lib/server/api/log-routes.ts';
import { closeServices, createServices, type Services } from '#lib/server/services.ts';
import type { Summary } from '#mining/summary.ts';
import { openStore } from '#models/store/store.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';

let directory: string;
let services: Services;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-views-'));
  const store = await openStore(join(directory, 'store'));
  services = createServices(store, 'the token', () => new Date('2026-07-01T00:00:00Z'));
  api = createApi(services);
  await startFirm(store, 'firm');
  await load(store, 'firm', [
    thing('opportunity:O1', [['Deal won', at(1)]]),
    thing('project:P1', [['Project created', at(2)]], ['for opportunity:O1']),
    thing('project:P2', [['Project closed', at(3)]], ['for opportunity:O1'])
  ]);
});
afterAll(async () => {
  await closeServices(services);
  await rm(directory, { recursive: true, force: true });
});

const call = (path: string, body?: object) =>
  api.fetch(
    new Request(`http://test/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      ...(body && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' }
    })
  );
const json = async <Body>(answer: Response | Promise<Response>) => (await (await answer).json()) as Body;

describe('the views of a firm', () => {
  test('say what they follow, what ends a case, and what stands in several cases', async () => {
    expect((await call('/logs/firm/views/~/summary')).status).toBe(200);
    const { default_view, views } = await json<LogSummary>(call('/logs/firm'));
    expect(default_view).toBe('project');
    expect(views.map(({ name, kind }) => [name, kind])).toEqual([
      ['project', 'lifecycle'],
      ['opportunity', 'lifecycle']
    ]);
    expect(views[0]).toMatchObject({
      object_type: 'project',
      end_activities: [],
      end_condition: [
        'Project closed (until Project reopened)',
        'for every invoice Invoice paid, Invoice credited or Invoice written off'
      ],
      overlap: { events: 3, case_events: 4, shared_events: 1 }
    });
    expect(views[0]?.steps).toContain('project ← milestone (part_of)');
    // Nobody asked for it yet, so it is not built.
    expect(views[1]?.overlap).toBeNull();
  });

  test('come with one of a reader’s own, which filters can ask for open cases', async () => {
    const definition = {
      leading: 'opportunity',
      steps: [{ from: 'opportunity', qualifier: 'for', direction: 'in', to: 'project' }],
      end: { all: [{ every: 'project', reached: ['Project closed'] }] }
    };
    const answer = await call('/logs/firm/views', { name: 'deals', definition });
    expect(answer.status).toBe(201);
    expect(await json<ViewSummary>(answer)).toMatchObject({
      name: 'deals',
      kind: 'declared',
      object_type: 'opportunity',
      steps: ['opportunity ← project (for)'],
      end_condition: ['for every project Project closed'],
      overlap: { events: 3, case_events: 3, shared_events: 0 }
    });
    const filter = encodeURIComponent(JSON.stringify([{ kind: 'status', status: 'open' }]));
    expect(await json<Summary>(call(`/logs/firm/views/deals/summary?filter=${filter}`))).toMatchObject({
      cases: 1,
      end_condition: ['for every project Project closed']
    });
  });

  test.each<[string, object, string]>([
    [
      'a step that passes through a project',
      { steps: [step('opportunity', 'project'), step('project', 'x')] },
      'passes'
    ],
    ['an end of what is not there', { end: { all: [{ every: 'ship', reached: ['Sunk'] }] } }, 'no step reaches "ship"'],
    ['a type that the log lacks', { steps: [step('opportunity', 'ship')] }, 'no object of type "ship"'],
    ['a field that there is not', { step: [] }, 'step']
  ])('refuse %s', async (_, change, detail) => {
    const answer = await call('/logs/firm/views', { name: 'bad', definition: { leading: 'opportunity', ...change } });
    expect(answer.status).toBe(400);
    expect((await json<{ detail: string }>(answer)).detail).toContain(detail);
  });
});

function step(from: string, to: string) {
  return { from, qualifier: 'for', direction: 'in', to };
}
