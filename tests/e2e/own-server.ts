import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface OwnServer {
  url: string;
  /** Ends the server and takes its store away. */
  stop(): Promise<void>;
}

/** Starts the real server on an empty store of its own, which it fills with the sample firm unless told not to. */
export async function startServer({ sample }: { sample: boolean }): Promise<OwnServer> {
  if (!existsSync(join(root, 'build/handler.js'))) throw new Error('there is no build: run `npm run build` first');
  const store = await mkdtemp(join(tmpdir(), 'throughline-e2e-'));
  const env: NodeJS.ProcessEnv = { ...process.env, PORT: '0', HOST: '127.0.0.1', THROUGHLINE_SAMPLE: 'off' };
  if (sample) delete env['THROUGHLINE_SAMPLE'];
  const child = spawn(process.execPath, ['src/cli/throughline.ts', 'serve', '--store', store], {
    ...{ cwd: root, env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (address) resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`the server printed no address in 60 s:\n${output}`)), 60_000).unref();
  });
  return {
    url,
    async stop() {
      const gone = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(store, { recursive: true, force: true });
    }
  };
}
