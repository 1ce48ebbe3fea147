import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReferenceCount } from '#lib/server/api/quality-routes.ts';
import type { LogSummary } from '#lib/server/api/log-routes.ts';
import type { Summary } from '#mining/summary.ts';
import type { QualityFinding } from '#mining/data-quality.ts';
import type { ReferencePage } from '#models/log/references.ts';
import type { SourceOverview } from '#models/log/sources.ts';
import type { Fact } from '#sample-logs/verify.ts';
import { run, runJson, temporaryFolder } from './command.ts';

const LOG = 'Sample firm';

describe('the sample firm on the command line', () => {
  const folder = temporaryFolder();
  const here = ['--store', folder.path];
  beforeAll(async () => {
    const { code, stdout, stderr } = await run('demo', ...here);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('rows are loaded');
  }, 300_000);
  afterAll(() => folder[Symbol.dispose]());

  test('is a log of its own with a fixed now and the views of the lifecycle, the project first', async () => {
    const [log] = await runJson<LogSummary[]>('logs', ...here);
    expect(log).toMatchObject({
      name: LOG,
      sample: true,
      now: { mode: 'fixed', at: '2026-06-30T16:00:00.000000Z' },
      default_view: 'project'
    });
    expect(log?.views.map(({ name }) => name)).toEqual([
      'project',
      'opportunity',
      'change_request',
      'milestone',
      'invoice'
    ]);
    const { open_cases, closed_cases } = await runJson<Summary>('mine', 'summary', '--log', LOG, ...here);
    expect(open_cases + closed_cases).toBeGreaterThan(1_100);
    expect(open_cases).toBeGreaterThan(100);
  });

  test('quality shows seven sources that add up, and what is wrong', async () => {
    const { sources, findings } = await runJson<{ sources: SourceOverview[]; findings: QualityFinding[] }>(
      'quality',
      LOG,
      ...here
    );
    expect(sources.map(({ name }) => name)).toEqual([
      'Aftercare',
      'Buydesk',
      'Ledgerline',
      'Northforce',
      'Peopledesk',
      'Planbase',
      'Signoff'
    ]);
    for (const { rows_in, loaded, quarantined, duplicates } of sources)
      expect(rows_in).toBe(loaded + quarantined + duplicates);
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'fast_clock', about: 'Ledgerline', minutes: 7 }));
    const { stdout } = await run('quality', LOG, ...here);
    expect(stdout).toMatch(/^fast clock, Ledgerline: 7 minutes/m);
  });

  test('a person settles a reference, and takes it back', async () => {
    type Listed = ReferencePage & { counts: ReferenceCount[] };
    const list = (state: string) => runJson<Listed>('references', LOG, '--state', state, ...here);
    const { total, rows } = await list('contradictory');
    const [first] = rows;
    const meant = first?.candidates[0]?.id ?? '';
    expect((await run('references', LOG, first?.key ?? '', '--to', meant, '--by', 'Ada', ...here)).code).toBe(0);
    expect((await list('confirmed')).rows).toMatchObject([
      { key: first?.key, confirmed_to: meant, confirmed_by: 'Ada' }
    ]);
    expect((await list('contradictory')).total).toBe(total - 1);
    expect((await run('references', LOG, first?.key ?? '', '--undo', ...here)).code).toBe(0);
    expect((await list('contradictory')).total).toBe(total);
    const refused = await run('references', LOG, first?.key ?? '', ...here);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('--to ID, --none or --undo');
  });

  test('its now can run, and be fixed again', async () => {
    expect(await runJson('now', LOG, '--live', ...here)).toEqual({ mode: 'live' });
    expect(await runJson('now', LOG, '--fixed', '2026-06-30T18:00:00+02:00', ...here)).toEqual({
      mode: 'fixed',
      at: '2026-06-30T16:00:00.000Z'
    });
    expect(await run('now', LOG, '--fixed', 'yesterday', ...here)).toMatchObject({ code: 2 });
  });
});

test('demo --verify finds every fact that was planted and can be measured', { timeout: 300_000 }, async () => {
  const { seed, facts } = await runJson<{ seed: number; facts: Fact[] }>('demo', '--verify');
  expect(seed).toBe(7);
  expect(facts.filter(({ verdict }) => verdict === 'missed')).toEqual([]);
  const found = facts.filter(({ verdict }) => verdict === 'found').map(({ group }) => group);
  const truths = ['T1', 'T3', 'T4', 'T5', 'T7', 'T8', 'T12', 'T13', 'T15', 'waits', 'to fix', 'deal to cash'];
  expect(new Set(found)).toEqual(new Set(['rows', 'objects', 'activities', 'dirt', ...truths]));
  expect(found.length).toBeGreaterThan(190);
});
