import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '#lib/server/api/app.ts';
import { closeServices, createServices, type Services } from '#lib/server/services.ts';
import { openStore } from '#models/store/store.ts';
import { employee, functions, roundTheClock } from '../mining/office.ts';
import { loadRecordFile } from '../models/log/record-fixture.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';

let directory: string;
let services: Services;
let api: ReturnType<typeof createApi>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-worklist-'));
  const store = await openStore(join(directory, 'store'), { threads: 2, memoryLimitBytes: 2e9 });
  services = createServices(store, 'the token', () => new Date(at(0, 30)));
  api = createApi(services);
  await startFirm(store, 'firm', { functions });
  await load(store, 'firm', [
    roundTheClock('BER'),
    employee('s1', { department: 'Staffing', office: 'BER' }),
    thing('project:P1', [['Staffing confirmed', at(0), { resource: 's1' }]], [], { region: 'EMEA' }),
    thing('change_request:C1', [['Change work started', at(1)]], ['part_of project:P1'])
  ]);
  await startFirm(store, 'two', { functions });
  const setUp = (id: string) => [
    thing(`project:${id}`, [['Staffing confirmed', at(0), { resource: 's1' }]], [], { region: ' ' }),
    thing(`milestone:M${id}`, [['Evidence submitted', at(1)]], [`part_of project:${id}`])
  ];
  await load(store, 'two', [
    roundTheClock('BER'),
    employee('s1', { department: 'Staffing', office: 'BER' }),
    ...setUp('P1'),
    ...setUp('P2'),
    // A milestone's clock is none of a project's.
    thing('milestone:P1', [['Evidence submitted', at(1)]])
  ]);
  await loadRecordFile(store, {
    log: 'plain',
    source: 's',
    records: [{ ref: 'a', objects: [['case', 'A']], events: [{ activity: 'Do', at: at(0), objects: [['case', 'A']] }] }]
  });
});
afterAll(async () => {
  await closeServices(services);
  await rm(directory, { recursive: true, force: true });
});

const call = async (method: string, path: string, body?: unknown) => {
  const answer = await api.fetch(
    new Request(`http://test/api/v1/logs/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) })
    })
  );
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const get = (path: string) => call('GET', path);

describe('the worklist over the API', () => {
  test('lists stalled projects and exceptions of a live log by the clock', async () => {
    // 29 days of 24 hours since 1 March, and twice the goal of 3 days is the limit.
    expect(await get('firm/stalled?region=EMEA&limit=5')).toMatchObject({
      status: 200,
      body: { open: 1, total: 1, rows: [{ project: 'P1', business_ms: 29 * 24 * 3_600_000, compared_with: 'goal' }] }
    });
    expect(await get('firm/stalled?region=APAC')).toMatchObject({ body: { open: 1, total: 0, rows: [] } });
    expect(await get('firm/exceptions?rule=approval_before_change_work&project=P1')).toMatchObject({
      status: 200,
      body: { total: 1, rows: [{ anchor_id: 'C1', project: 'P1', opened_at: at(1), closed_at: null }] }
    });
  });

  test('what one project has to be looked after is asked for by its id; what says no region is of an unknown one', async () => {
    const projects = async (query: string) =>
      ((await get(`two/stalled?${query}`)).body['rows'] as { project: string }[]).map(({ project }) => project).sort();
    expect(await projects('')).toEqual(['P1', 'P2']);
    expect(await projects('project=P2')).toEqual(['P2']);
    expect(await projects('project=P3')).toEqual([]);
    expect(await projects('region=unknown')).toEqual(['P1', 'P2']);
    const counts = async (query: string) =>
      (await get(`two/exceptions?rule=transition_to_cs&${query}`)).body['total'] as number;
    expect(await counts('region=unknown')).toBe(await counts(''));

    const policy = { name: 'Invoice', anchor: 'milestone', start: ['Evidence submitted'], stop: ['Invoice posted'] };
    expect(await call('POST', 'two/sla/policies', { ...policy, id: 'invoice', goal: { wall: 'PT24H' } })).toMatchObject(
      { status: 201 }
    );
    expect(await get('two/sla/clocks?open=true')).toMatchObject({ body: { total: 3 } });
    expect(await get('two/sla/clocks?open=true&project=P1')).toMatchObject({
      body: { total: 1, rows: [{ policy: 'invoice', subject_type: 'milestone', subject: 'MP1', state: 'breached' }] }
    });
    expect(await get('two/sla/clocks?project=nowhere')).toMatchObject({ status: 200, body: { total: 0, rows: [] } });
  });

  test('a baseline is chosen, and given back', async () => {
    const chosen = { from: at(0), to: at(0, 10) };
    expect(await call('PUT', 'firm/baseline', chosen)).toEqual({ status: 200, body: { ...chosen, chosen: true } });
    expect(await get('firm/baseline')).toMatchObject({ body: { chosen: true } });
    expect(await get('firm/stalled')).toMatchObject({ body: { baseline: { ...chosen, chosen: true } } });
    expect(await call('PUT', 'firm/baseline', null)).toMatchObject({ status: 200, body: { chosen: false } });
  });

  test('what makes no sense is refused, with what would mend it', async () => {
    expect(await get('plain/stalled')).toMatchObject({
      status: 400,
      body: { fix: expect.stringContaining('setup.json') as string }
    });
    expect(await get('plain/exceptions')).toMatchObject({ status: 400 });
    expect(await get('nowhere/exceptions')).toMatchObject({ status: 404 });
    expect(await get('firm/exceptions?state=ajar')).toMatchObject({ status: 400 });
    expect(await call('PUT', 'firm/baseline', { from: at(2), to: at(1) })).toMatchObject({ status: 400 });
    expect(await call('PUT', 'firm/baseline', { from: 'long ago', to: at(1) })).toMatchObject({ status: 400 });
    expect(await call('PUT', 'nowhere/baseline', null)).toMatchObject({ status: 404 });
  });
});
