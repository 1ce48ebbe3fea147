import { fork, type ChildProcess } from 'node:child_process';
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

export interface Reader {
  /**
   * @throws {BadInput} when the file cannot be understood
   * @throws {DOMException} AbortError when `signal` fires
   */
  read(task: ReadTask, onProgress: (progress: ReadProgress) => void, signal: AbortSignal): Promise<ReadReport>;
  close(): void;
}

/**
 * Reads files one after another in a process of its own: a parser that crashes, hangs or swallows memory takes nothing
 * with it. The process is started with the first file, and anew after one that ended it.
 */
export class ChildReader implements Reader {
  private child: ChildProcess | undefined;

  async read(task: ReadTask, onProgress: (progress: ReadProgress) => void, signal: AbortSignal): Promise<ReadReport> {
    signal.throwIfAborted();
    const child = (this.child ??= this.start());
    const outcome = Promise.withResolvers<ReadReport>();
    let lastWords = '';
    const onAbort = () => {
      this.close();
      outcome.reject(signal.reason as Error);
    };
    const onStderr = (bytes: Buffer) => (lastWords = (lastWords + bytes.toString()).slice(-2_000));
    const onMessage = (message: FromChild) => {
      if (message.type === 'progress') onProgress(message);
      else if (message.type === 'done') outcome.resolve(message.report);
      else outcome.reject(revived(message.error));
    };
    const onExit = (code: number | null, killedBy: NodeJS.Signals | null) => {
      const why = `${killedBy ?? `exit code ${code}`})${lastWords ? `: ${lastWords.trim()}` : ''}`;
      outcome.reject(new Error(`the reader of ${task.name} ended early (${why}`));
    };
    signal.addEventListener('abort', onAbort);
    child.stderr?.on('data', onStderr);
    child.on('message', onMessage).on('error', outcome.reject).on('exit', onExit);
    try {
      child.send(task);
      return await outcome.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      child.stderr?.off('data', onStderr);
      child.off('message', onMessage).off('error', outcome.reject).off('exit', onExit);
    }
  }

  private start(): ChildProcess {
    const child = fork(entry, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning']
    });
    // It may end between two files as well.
    const forget = () => {
      if (this.child === child) this.child = undefined;
    };
    return child.on('exit', forget).on('error', forget);
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

function revived({ kind, message, ...place }: { kind: string; message: string } & Place): Error {
  if (kind === 'BadInput') return new BadInput(message, place);
  if (kind === 'BadUse') return new BadUse(message, place.fix);
  return new Error(message);
}
