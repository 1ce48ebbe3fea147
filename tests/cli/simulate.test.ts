import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run, runJson, temporaryFolder } from './command.ts';

interface Report {
  projects: number;
  seed: number;
  cells: number;
  files: number;
  rows: number;
  events: number;
  bytes: number;
  seconds: number;
  peak_memory_bytes: number;
}

describe('simulate', () => {
  test('writes a firm into a new folder, and says how much', async () => {
    using folder = temporaryFolder();
    const out = join(folder.path, 'deep/firm');
    const report = await runJson<Report>('simulate', '--projects', '20', '--seed', '9', '--out', out);
    const truth = JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8')) as {
      exports: Record<string, { rows: number }>;
      activities: Record<string, number>;
    };
    expect(report).toMatchObject({ projects: 20, seed: 9, cells: 1, files: 23 });
    expect(report.rows).toBe(Object.values(truth.exports).reduce((sum, { rows }) => sum + rows, 0));
    expect(report.events).toBe(Object.values(truth.activities).reduce((sum, count) => sum + count, 0));
    expect(Math.min(report.bytes, report.seconds, report.peak_memory_bytes)).toBeGreaterThan(0);
    expect(readdirSync(out).toSorted()).toEqual(
      ['approvals', 'crm', 'cs', 'erp', 'hr', 'procurement', 'psa', 'setup.json', 'truth.json'].toSorted()
    );
  });

  test('keeps its hands off a folder that holds something, unless told', async () => {
    using folder = temporaryFolder();
    const mine = join(folder.path, 'mine.txt');
    writeFileSync(mine, 'mine');
    const refused = await run('simulate', '--projects', '5', '--out', folder.path);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('is not empty: it holds mine.txt');
    expect(refused.stderr).toContain('choose an empty folder');
    expect(readdirSync(folder.path)).toEqual(['mine.txt']);
    const told = await run('simulate', '--projects', '5', '--out', folder.path, '--overwrite');
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(/^crm\/opportunities\.csv\.gz: \d+ rows$/m);
    expect(told.stdout).toMatch(/\d+ rows in 23 files \([\d.]+ MB\), \d+ events, in [\d.]+ s; peak memory [\d.]+ MB/);
    expect(readFileSync(mine, 'utf8')).toBe('mine');
  });

  test.each<[string, string[], string]>([
    ['no folder', [], 'add --out DIR'],
    ['no whole number of projects', ['--out', 'x', '--projects', '1.5'], '--projects "1.5" is no whole number'],
    ['no projects', ['--out', 'x', '--projects', '0'], '--projects "0" is no whole number from 1 to 1000000'],
    ['a seed with letters', ['--out', 'x', '--seed', '7a'], '--seed "7a" is no whole number'],
    ['a stray word', ['firm', '--out', 'x'], 'simulate takes no "firm"'],
    ['an unknown option', ['--out', 'x', '--sead', '7'], '--sead']
  ])('refuses %s', async (_what, args, message) => {
    const outcome = await run('simulate', ...args);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(message);
  });

  test('refuses a file in the place of a folder', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'a'));
    const file = join(folder.path, 'a/file');
    writeFileSync(file, '');
    const outcome = await run('simulate', '--out', file);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('is a file');
  });
});
