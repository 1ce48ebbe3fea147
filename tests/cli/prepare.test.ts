import { spawnSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint } from '#cli/prepare.mjs';
import { ROOT, temporaryFolder } from './command.ts';

test('the fingerprint of the sources follows their contents and names, and nothing else', () => {
  using folder = temporaryFolder();
  const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);
  const now = () => fingerprint(folder.path, ['src', 'package.json', 'missing.json']);
  mkdirSync(join(folder.path, 'src/deep'), { recursive: true });
  write('src/deep/a.ts', 'one');
  write('package.json', '{}');
  const first = now();
  utimesSync(join(folder.path, 'src/deep/a.ts'), 1, 1);
  write('src/.swp', 'an editor was here');
  write('other.ts', 'outside');
  expect(now()).toBe(first);
  write('src/deep/a.ts', 'two');
  const second = now();
  expect(second).not.toBe(first);
  write('src/deep/b.ts', '');
  expect(new Set([first, second, now()]).size).toBe(3);
  write('missing.json', '');
  expect(new Set([first, second, now()]).size).toBe(3);
});

test('an unknown task and a browser that is not there say what is right', () => {
  const prepare = (task: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [join(ROOT, 'src/cli/prepare.mjs'), task], {
      encoding: 'utf8',
      env: { ...process.env, ...env }
    });
  expect(prepare('sart')).toMatchObject({ status: 1, stderr: expect.stringContaining('start | build | test') });
  const missing = prepare('test', { CHROMIUM_PATH: join(ROOT, 'no-browser-here') });
  expect(missing).toMatchObject({ status: 1, stderr: expect.stringContaining('CHROMIUM_PATH') });
});
