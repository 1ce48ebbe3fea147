import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, runJson, temporaryFolder, type Outcome } from './command.ts';
import { COLUMNS, writeSmallLog } from './small-log.ts';

const ANALYSES = ['summary', 'dfg', 'variants', 'cycle-time', 'transitions', 'rework'];
const folder = temporaryFolder();
const store = join(folder.path, 'store');
let csv: string;
let imported: Outcome;

beforeAll(async () => {
  csv = writeSmallLog(folder.path);
  imported = await run('import', csv, '--as', 'small', ...COLUMNS, '--store', store);
});
afterAll(() => folder[Symbol.dispose]());

describe('exit code 0', () => {
  test('an import, which states what became of every row', () => {
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.stdout).toMatch(/8\D+8\D+0\D+0/); // rows in = loaded + quarantined + duplicates
    expect(imported.stdout).toMatch(/loaded/);
    expect(imported.stdout).toMatch(/quarantined/);
    expect(imported.stdout).toMatch(/duplicates/);
  });

  test('an import again loads nothing and says so', async () => {
    const again = await run('import', csv, '--as', 'small', ...COLUMNS, '--store', store);
    expect(again).toMatchObject({ code: 0 });
    const logs = await runJson<{ name: string; events: number; objects: number }[]>('logs', '--store', store);
    expect(logs).toMatchObject([{ name: 'small', events: 8, objects: 3 }]);
  });

  test('help names every command and the exit codes', async () => {
    const help = await run('--help');
    expect(help.code).toBe(0);
    for (const command of ['import', 'logs', 'mine', 'serve', 'doctor']) expect(help.stdout).toContain(command);
    expect(help.stdout).toContain('--store');
  });

  test.each(['import', 'logs', 'mine', 'serve', 'doctor'])('help of %s', async (command) => {
    const help = await run(command, '--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toContain(command);
  });

  test('an empty store has no logs and a clean bill', async () => {
    const empty = join(folder.path, 'empty');
    expect(await runJson('logs', '--store', empty)).toEqual([]);
    expect(await runJson('doctor', '--store', empty)).toMatchObject({ ok: true });
  });

  test('a name with any letters, and a file name with spaces', async () => {
    const other = join(folder.path, 'with spaces');
    mkdirSync(other);
    const path = writeSmallLog(other);
    const name = `Größe "x" & 'y'; drop table log`;
    expect(await run('import', path, '--as', name, ...COLUMNS, '--store', other)).toMatchObject({ code: 0 });
    expect(await runJson('mine', 'summary', '--log', name, '--store', other)).toMatchObject({ cases: 3, events: 8 });
  });
});

describe('exit code 2: bad use, with what would be right', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown command', ['mien'], /mine|--help/],
    ['an unknown option', ['logs', '--jsno'], /--json|--help/],
    ['an option without its value', ['mine', 'summary', '--log'], /--log/],
    ['an analysis without a log', ['mine', 'summary'], /--log/],
    ['an unknown analysis', ['mine', 'sumary', '--log', 'small'], /summary/],
    ['no analysis', ['mine', '--log', 'small'], /summary/],
    ['an unknown log', ['mine', 'summary', '--log', 'smal'], /small|logs/],
    ['an unknown view', ['mine', 'summary', '--log', 'small', '--view', 'nope'], /nope/],
    ['a filter that is not JSON', ['mine', 'summary', '--log', 'small', '--filter', '{'], /filter/i],
    ['a filter of no known kind', ['mine', 'summary', '--log', 'small', '--filter', '[{"kind":"x"}]'], /filter|kind/i],
    ['an import of nothing', ['import'], /FILE|file/]
  ])('%s', async (_what, args, hint) => {
    const outcome = await run(...args, '--store', store);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(hint);
    expect(outcome.stderr).not.toMatch(/\n\s+at /); // no stack trace
    expect(outcome.stdout).toBe('');
  });
});

describe('exit code 3: bad input, with file and mending', () => {
  test('a file that is not there', async () => {
    const outcome = await run('import', join(folder.path, 'missing.csv'), '--as', 'x', '--store', store);
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toContain('missing.csv');
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  test('a folder in place of a file', async () => {
    expect(await run('import', folder.path, '--as', 'x', '--store', store)).toMatchObject({ code: 3 });
  });

  test('a file of no known format', async () => {
    const path = join(folder.path, 'noise.bin');
    writeFileSync(path, Buffer.from([0, 1, 2, 3, 255, 254, 0, 9]));
    const outcome = await run('import', path, '--as', 'x', '--store', store);
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toContain('noise.bin');
  });

  test('a column that the file does not have, with those it has', async () => {
    const outcome = await run(
      'import',
      csv,
      '--as',
      'x',
      '--case',
      'kase',
      '--activity',
      'activity',
      '--timestamp',
      'time',
      '--store',
      store
    );
    expect([2, 3]).toContain(outcome.code);
    expect(outcome.stderr).toContain('kase');
    expect(outcome.stderr).toContain('case');
  });

  test('a failed import leaves no log behind', async () => {
    const logs = await runJson<{ name: string }[]>('logs', '--store', store);
    expect(logs.map(({ name }) => name)).toEqual(['small']);
  });
});

describe('--json prints one document on stdout and nothing else', () => {
  test.each([
    ['logs'],
    ['doctor'],
    ...ANALYSES.map((analysis) => ['mine', analysis, '--log', 'small'] as [string, ...string[]])
  ])('%s %s', async (...args) => {
    const outcome = await run(...args, '--json', '--store', store);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout.endsWith('\n')).toBe(true);
    expect(typeof JSON.parse(outcome.stdout)).toBe('object');
  });

  test('import', async () => {
    const outcome = await run('import', csv, '--as', 'small', ...COLUMNS, '--json', '--store', store);
    expect(outcome).toMatchObject({ code: 0 });
    expect(typeof JSON.parse(outcome.stdout)).toBe('object');
  });

  test.each<[string, string[], number]>([
    ['bad use', ['mine', 'summary', '--log', 'nope'], 2],
    ['bad input', ['import', 'missing.csv', '--as', 'x'], 3]
  ])('%s: nothing, or one document', async (_what, args, code) => {
    const outcome = await run(...args, '--json', '--store', store);
    expect(outcome.code).toBe(code);
    if (outcome.stdout !== '') JSON.parse(outcome.stdout);
    expect(outcome.stderr).not.toBe('');
  });
});

describe('numbers of a log that can be counted by hand', () => {
  test('summary', async () => {
    expect(await runJson('mine', 'summary', '--log', 'small', '--store', store)).toMatchObject({
      cases: 3,
      events: 8,
      activities: 3,
      variants: 2,
      top_variants: [
        { sequence: ['Open', 'Check', 'Close'], cases: 2 },
        { sequence: ['Open', 'Close'], cases: 1 }
      ],
      first_event: expect.stringMatching(/^2024-01-01T08:00:00(\.0+)?Z$/),
      last_event: expect.stringMatching(/^2024-01-04T08:30:00(\.0+)?Z$/),
      start_activities: { Open: 3 },
      end_activities: { Close: 3 },
      case_duration_s: { mean: (26 * 3600 + 11 * 3600 + 1800) / 3, median: 11 * 3600, max: 26 * 3600 },
      self_loop_events: 0,
      loop_back_events: 0,
      resource_handoffs: 3
    });
  });

  test('dfg, and the same under a filter', async () => {
    const dfg = ['mine', 'dfg', '--log', 'small', '--store', store];
    expect(await runJson(...dfg)).toMatchObject({
      directly_follows: [
        { a: 'Check', b: 'Close', count: 2, cases: 2, mean_s: 17 * 3600 },
        { a: 'Open', b: 'Check', count: 2, cases: 2, mean_s: 1.5 * 3600 },
        { a: 'Open', b: 'Close', count: 1, cases: 1, mean_s: 1800 }
      ]
    });
    const filter = JSON.stringify([{ kind: 'activity', values: ['Check'], match: 'none' }]);
    expect(await runJson(...dfg, '--filter', filter)).toMatchObject({
      directly_follows: [{ a: 'Open', b: 'Close', count: 1, cases: 1, mean_s: 1800 }]
    });
  });
});
