import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from '#cli/prepare.mjs';

const root = join(import.meta.dirname, '../..');

/** Starts the real server on an empty store, once for all browser tests. */
export default async function start(): Promise<() => Promise<void>> {
  if (!findBrowser()) return async () => {};
  if (!existsSync(join(root, 'build/handler.js'))) throw new Error('there is no build: run `npm run build` first');
  const store = await mkdtemp(join(tmpdir(), 'throughline-e2e-'));
  const child = spawn(process.execPath, ['src/cli/throughline.ts', 'serve', '--store', store], {
    cwd: root,
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let output = '';
  process.env.THROUGHLINE_URL = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (url) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`the server printed no address in 60 s:\n${output}`)), 60_000).unref();
  });
  return async () => {
    const gone = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    await rm(store, { recursive: true, force: true });
  };
}
