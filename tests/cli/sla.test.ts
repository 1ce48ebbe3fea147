import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SlaOverview, SlaPolicy } from '#lib/server/api/sla-routes.ts';
import type { SlaClock } from '#lib/server/watch/report.ts';
import { run, runJson } from './command.ts';
import { COLUMNS, writeSmallLog } from './small-log.ts';

let folder: string;
let store: string[];
let log: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-sla-cli-'));
  store = ['--store', join(folder, 'store')];
  log = ['--log', 'small', ...store];
  const imported = await run('import', writeSmallLog(folder), '--as', 'small', ...COLUMNS, ...store);
  expect(imported).toMatchObject({ code: 0 });
  await run('now', 'small', '--fixed', '2024-01-05T00:00:00Z', ...store);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const policy = (more: object = {}): string => {
  const path = join(folder, 'policy.json');
  const written = { id: 'closed', name: 'Closed in 12 hours', anchor: 'case', start: ['Open'], stop: ['Close'] };
  writeFileSync(path, JSON.stringify({ ...written, goal: { wall: 'PT12H' }, ...more }));
  return path;
};

describe('throughline sla', () => {
  test('adds a policy, says how its clocks stand, and lists it', async () => {
    const added = await run('sla', 'add', policy(), ...log);
    expect(added).toMatchObject({ code: 0, stderr: '' });
    // A takes 26 hours, B 11, C half an hour.
    const found = await runJson<SlaOverview & { late: { total: number; rows: SlaClock[] } }>('sla', 'check', ...log);
    expect(found).toMatchObject({
      now: '2024-01-05T00:00:00.000Z',
      mode: 'fixed',
      policies: [
        {
          id: 'closed',
          met: 2,
          breached: 1,
          adherence: { n: 3 },
          before_observation: 1,
          by_month: [{ month: '2024-01', n: 3 }]
        }
      ],
      late: { total: 0 }
    });
    expect((await run('sla', 'check', ...log)).stdout).toContain('closed: 66.7 % of 3 in time, 1 late');
    const [listed] = await runJson<SlaPolicy[]>('sla', 'list', ...log);
    expect(listed).toMatchObject({ id: 'closed', target: null, enabled: true });
  }, 60_000);

  test('says what cannot work, and what nothing in the log meets yet', async () => {
    const zero = await run('sla', 'add', policy({ id: 'zero', goal: { wall: 'PT0H' } }), ...log);
    expect(zero).toMatchObject({ code: 2, stderr: expect.stringContaining('the goal is 0') as string });
    const hours = await run('sla', 'add', policy({ id: 'hours', goal: { business: 'PT1H' }, calendar: 'log' }), ...log);
    expect(hours).toMatchObject({ code: 2, stderr: expect.stringContaining('no calendar') as string });
    const typo = await run('sla', 'add', policy({ id: 'typo', stop: ['Clsoe'] }), ...log);
    expect(typo).toMatchObject({ code: 0, stderr: expect.stringContaining('"Clsoe" yet, so it stops none') as string });
    expect(await run('sla', 'remove', 'typo', ...log)).toMatchObject({ code: 0, stdout: 'removed typo\n' });
    expect(await run('sla', 'remove', 'typo', ...log)).toMatchObject({ code: 2 });
    expect(await run('sla', 'add', policy(), ...log)).toMatchObject({ code: 2 });
    expect(await run('sla', 'list', ...store)).toMatchObject({ code: 2 });
    expect(await run('sla', 'dance', ...log)).toMatchObject({ code: 2 });
  }, 120_000);

  test('gives a policy a target on an allowed host; nothing is sent without a server', async () => {
    const url = 'http://127.0.0.1:9/hook?key=hidden';
    expect(await run('targets', 'add', 'desk', '--url', url, ...store)).toMatchObject({ code: 2 });
    // What is no number must not become no limit.
    const rate = await run('targets', 'add', 'desk', '--url', url, '--rate', 'often', ...store);
    expect(rate).toMatchObject({ code: 2, stderr: expect.stringContaining('--rate is "often"') as string });
    expect(await run('targets', 'allow', '127.0.0.1:9', '--private', ...store)).toMatchObject({ code: 0 });
    const made = await run('targets', 'add', 'desk', '--url', url, ...store);
    const secret = /whsec_\S+/.exec(made.stdout)?.[0] ?? '';
    expect(secret).toHaveLength(50);
    expect(await run('sla', 'target', 'closed', 'desk', ...log)).toMatchObject({ code: 0 });
    const shown = await Promise.all([run('targets', 'list', ...store)]);
    expect(shown[0]?.stdout).toContain('desk: http://127.0.0.1:9/hook?…');
    expect(shown[0]?.stdout).not.toContain('hidden');
    expect(shown[0]?.stdout).not.toContain(secret);
    await run('now', 'small', '--fixed', '2024-01-06T00:00:00Z', ...store);
    expect((await run('deliveries', 'list', ...log)).stdout).toBe('nothing was ever sent for this log\n');
    expect(await run('deliveries', 'retry', 'act_none', ...log)).toMatchObject({ code: 2 });
    expect(await run('sla', 'target', 'closed', '--none', ...log)).toMatchObject({ code: 0 });
  }, 120_000);

  test('now --replay goes back, and needs a sensible length', async () => {
    const replay = await run('now', 'small', '--replay', '2', '--speed', '1', ...store);
    expect(replay.stdout).toContain('2024-01-04T00:00:00.000Z to 2024-01-06T00:00:00.000Z goes by again');
    expect(await run('now', 'small', '--replay', 'x', ...store)).toMatchObject({ code: 2 });
    expect(await run('now', 'small', '--replay', '2', '--live', ...store)).toMatchObject({ code: 2 });
    expect(await run('now', 'small', '--speed', '2', ...store)).toMatchObject({ code: 2 });
  }, 60_000);
});
