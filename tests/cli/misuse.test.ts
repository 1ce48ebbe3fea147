import { expect, test } from 'vitest';
import { run, temporaryFolder } from './command.ts';

test.each([
  [['references', 'firm', '--to', 'PRJ-1'], 'which reference?'],
  [['now', 'firm', '--fixed', '2026-02-31T00:00:00Z'], 'is no instant'],
  [['demo', '--verify', '--exports', 'no-such-folder'], 'holds no truth.json'],
  [['demo', '--verify', '--seed', '0x10'], 'is no seed'],
  [['demo', '--verify', '--seed', '5000000000'], 'is no seed']
])('%j is told what is wrong with it', async (args, message) => {
  using folder = temporaryFolder();
  const store = args[0] === 'demo' ? [] : ['--store', folder.path];
  const { code, stderr } = await run(...args, ...store);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
