import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi } from '#lib/server/api/app.ts';
import { closeServices, createServices, type Services } from '#lib/server/services.ts';
import { openStore } from '#models/store/store.ts';
import { employee, functions, office } from '../mining/office.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';

let directory: string;
let services: Services;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-odd-'));
  const store = await openStore(join(directory, 'store'), { threads: 2, memoryLimitBytes: 2e9 });
  services = createServices(store, 'the token', () => new Date(at(0, 30)));
  api = createApi(services);
  const by = (resource: string) => ({ resource });
  const waiting = (id: string, links: string[], amount?: number) =>
    thing(
      `milestone:${id}`,
      [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Invoice posted', at(9, 6), by('f1')]
      ],
      links,
      amount === undefined ? {} : { amount }
    );
  const firms: Record<string, Parameters<typeof load>[2]> = {
    'people alone': [office('BER', 'Europe/Berlin'), employee('d1', { department: 'Delivery', office: 'BER' })],
    'deals alone': [thing('opportunity:O1', [['Deal won', at(9)]], [], { amount: 5, currency: 'EUR' })],
    'a project without events': [thing('project:P1')],
    'no links': [thing('project:P1', [['Project created', at(9)]]), waiting('M1', [], 100)],
    // Nobody of them is in the directory, no office has hours, and nothing has an amount.
    'nobody known': [thing('project:P1', [['Project created', at(9)]]), waiting('M1', ['part_of project:P1'])],
    // Of a person without office, in an office without hours; amounts of 0 and below.
    'no hours': [
      employee('d1', { department: 'Delivery', office: '' }),
      employee('f1', { department: 'Finance', office: 'NYC' }),
      thing('project:P1', [['Project created', at(9)]], [], { currency: 'EUR' }),
      waiting('M1', ['part_of project:P1'], 0),
      waiting('M2', ['part_of project:P1'], -50)
    ]
  };
  for (const [log, records] of Object.entries(firms)) {
    await startFirm(store, log, { functions });
    await load(store, log, records);
  }
  await startFirm(store, 'nothing', { functions });
});
afterAll(async () => {
  await closeServices(services);
  await rm(directory, { recursive: true, force: true });
});

const get = async (log: string, path: string) => {
  const answer = await api.fetch(new Request(`http://test/api/v1/logs/${encodeURIComponent(log)}/${path}`));
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
};

const analyses = [
  ...['handoffs/scorecard', 'handoffs/scorecard?segment=region', 'handoffs/list?order=money', 'approvals'],
  ...['approvals/steps', 'deal-to-cash', 'deal-to-cash/projects', 'bottlenecks', 'bottlenecks?segment=region'],
  ...['to-fix', 'stalled', 'exceptions', 'sla/status', 'sla/clocks?project=P1']
];

test.each([
  'people alone',
  'deals alone',
  'a project without events',
  'no links',
  'nobody known',
  'no hours',
  'nothing'
])('of a firm with %s every analysis answers, or says what is missing', async (log) => {
  for (const path of analyses) {
    const { status, body } = await get(log, path);
    if (status !== 200) expect([path, status, body['fix']]).toEqual([path, 404, expect.any(String)]);
  }
});

test('without hours there is no business time, without a worth no cost, and who is unknown picks nothing up', async () => {
  const invoices = async (log: string) => {
    const { handoffs } = (await get(log, 'handoffs/scorecard')).body as unknown as { handoffs: { id: string }[] };
    return handoffs.find(({ id }) => id === 'milestone_to_invoice');
  };
  expect(await invoices('no hours')).toMatchObject({ n: 2, business: null, wall: { median_ms: 48 * 3_600_000 } });
  expect(await invoices('nobody known')).toMatchObject({ n: 0, business: null, wall: null, open: { n: 1, money: [] } });
  for (const log of ['nobody known', 'no hours']) {
    expect((await get(log, 'bottlenecks')).body).toMatchObject({ by_cost: [], without_rate: [] });
    expect((await get(log, 'to-fix')).body).toMatchObject({ items: [], without_rate: [] });
  }
});

test('a firm without projects says what to import', async () => {
  for (const log of ['deals alone', 'people alone', 'nothing'])
    expect(await get(log, 'stalled')).toMatchObject({
      status: 404,
      body: { fix: expect.stringContaining('import its projects') as unknown }
    });
});
