import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, runJson, temporaryFolder } from './command.ts';
import { COLUMNS, writeSmallLog } from './small-log.ts';

const folder = temporaryFolder();
const store = join(folder.path, 'store');
const definition = join(folder.path, 'definition.json');

beforeAll(async () => {
  expect((await run('import', writeSmallLog(folder.path), '--as', 'small', ...COLUMNS, '--store', store)).code).toBe(0);
  const end = { all: [{ reached: ['Close'], undone_by: ['Open'] }] };
  writeFileSync(definition, JSON.stringify({ leading: 'case', end }));
});
afterAll(() => folder[Symbol.dispose]());

const view = (...args: string[]) => run('view', ...args, '--log', 'small', '--store', store);

describe('throughline view', () => {
  test('adds one by a definition, and lists them with what ends a case', async () => {
    const added = await view('ended', '--definition', definition);
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('end Close (until Open)') as string });
    const listed = await view();
    expect(listed.stdout.trim().split('\n')).toEqual([
      'case: cases are case objects, grain event, end not defined',
      'ended: cases are case objects, grain event, end Close (until Open)'
    ]);
    const summary = await runJson<object>('mine', 'summary', '--log', 'small', '--view', 'ended', '--store', store);
    expect(summary).toMatchObject({ closed_cases: 3, open_cases: 0, end_condition: ['Close (until Open)'] });
  });

  test.each<[string, string[], number, RegExp]>([
    ['a file that is not there', ['x', '--definition', 'nowhere.json'], 3, /nowhere\.json/],
    [
      'a type beside a definition that says another',
      ['x', '--type', 'y', '--definition', definition],
      2,
      /leading type/
    ],
    ['nothing to do', ['ended'], 2, /--definition/],
    ['a definition without a name', ['--definition', definition], 2, /which view/]
  ])('refuses %s', async (_, args, code, hint) => {
    const outcome = await view(...args);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(hint);
  });
});
