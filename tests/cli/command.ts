/** Runs the `throughline` command as a person would: as a process, with its own store. For the tests of this folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
const ENTRY = join(ROOT, 'src/cli/throughline.ts');

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** Resolves when the process has ended, whatever ended it. */
  ended: Promise<Outcome>;
}

/** Starts the command without waiting for it. */
export function start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
  const inherited = { ...process.env };
  // What the developer's shell says must not reach the tests.
  for (const name of ['THROUGHLINE_STORE', 'PORT', 'HOST', 'ORIGIN']) delete inherited[name];
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: ROOT,
    // Tests bring their own logs; the one of the sample firm asks for it.
    env: { ...inherited, THROUGHLINE_SAMPLE: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command to its end. */
export function run(...args: string[]): Promise<Outcome> {
  return start(args).ended;
}

/** Runs the command with --json, and reads the one document it must print. */
export async function runJson<T>(...args: string[]): Promise<T> {
  const outcome = await run(...args, '--json');
  if (outcome.code !== 0) {
    throw new Error(`throughline ${args.join(' ')} ended with ${outcome.code}:\n${outcome.stdout}${outcome.stderr}`);
  }
  return JSON.parse(outcome.stdout) as T;
}

export interface Server extends Running {
  url: string;
  /** Asks the server to stop, as Ctrl+C does, and waits until it has. */
  stop: () => Promise<Outcome>;
}

/** Starts `serve` on a free port and waits until it has printed its URL. */
export async function serve(store: string, env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const running = start(['serve', '--store', store], { PORT: '0', ...env });
  const url = await new Promise<string>((resolve, reject) => {
    let seen = '';
    const late = setTimeout(() => {
      reject(new Error(`serve printed no URL in 60 s:\n${seen}`));
      running.child.kill('SIGKILL');
    }, 60_000);
    const read = (text: string) => {
      seen += text;
      const found = /https?:\/\/[^\s/]+:\d+/.exec(seen);
      if (!found) return;
      clearTimeout(late);
      resolve(found[0]);
    };
    running.child.stdout?.on('data', read);
    running.child.stderr?.on('data', read);
    void running.ended.then(({ code }) => {
      clearTimeout(late);
      reject(new Error(`serve ended with ${code} before it printed a URL:\n${seen}`));
    });
  });
  const stop = () => {
    running.child.kill('SIGINT');
    return running.ended;
  };
  return { ...running, url, stop };
}

/** A folder that is gone when its scope ends (`await using` or `using`). */
export function temporaryFolder(): { path: string; [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'throughline-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
