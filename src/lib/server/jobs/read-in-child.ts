import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReadReport } from '#ingest/read-file.ts';
import { BadInput, BadUse, type Place } from '#models/log/errors.ts';

const entry = fileURLToPath(new URL('../../../../ingest/read-file.ts', import.meta.url));

export interface ReadProgress {
  bytesDone: number;
  bytesTotal: number;
  rows: number;
}

export interface ReadTask {
  path: string;
  name: string;
  mapping?: unknown;
  /** How the source was read the last time: the same file must be read alike again. */
  previous?: unknown;
  staging: string;
}

type FromChild =
  | ({ type: 'progress' } & ReadProgress)
  | { type: 'done'; report: ReadReport }
  | { type: 'failed'; error: { kind: string; message: string } & Place };

/**
 * Reads one file in a process of its own: a parser that crashes, hangs or swallows memory takes nothing with it.
 *
 * @throws {BadInput} when the file cannot be understood
 * @throws {DOMException} AbortError when `signal` fires; the child is killed
 */
export function readInChild(
  task: ReadTask,
  onProgress: (progress: ReadProgress) => void,
  signal: AbortSignal
): Promise<ReadReport> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = fork(entry, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning']
    });
    let settled = false;
    let lastWords = '';
    const settle = (finish: () => void) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      child.kill('SIGKILL');
      finish();
    };
    const onAbort = () => settle(() => reject(signal.reason as Error));
    signal.addEventListener('abort', onAbort);
    child.stderr?.on('data', (bytes: Buffer) => (lastWords = (lastWords + bytes.toString()).slice(-2_000)));
    child.on('message', (message: FromChild) => {
      if (message.type === 'progress') onProgress(message);
      else if (message.type === 'done') settle(() => resolve(message.report));
      else settle(() => reject(revived(message.error)));
    });
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code, killedBy) =>
      settle(() =>
        reject(
          new Error(
            `the reader of ${task.name} ended early (${killedBy ?? `exit code ${code}`})${lastWords ? `: ${lastWords.trim()}` : ''}`
          )
        )
      )
    );
    child.send(task);
  });
}

function revived({ kind, message, ...place }: { kind: string; message: string } & Place): Error {
  if (kind === 'BadInput') return new BadInput(message, place);
  if (kind === 'BadUse') return new BadUse(message, place.fix);
  return new Error(message);
}
