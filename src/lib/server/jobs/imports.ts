import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isStreamReading, parseMapping } from '#ingest/mapping/mapping.ts';
import { BadInput, BadUse, NotFound } from '#models/log/errors.ts';
import { loadStaged, type Batch } from '#models/log/load.ts';
import { findLog, lastMapping, setUp } from '#models/log/catalogue.ts';
import { BadSetup } from '#models/lifecycle/bad-setup.ts';
import type { Setup } from '#models/lifecycle/setup.ts';
import type { Store } from '#models/store/store.ts';
import { ensureDefaultViews, listViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { ChildReader, type Reader } from './read-in-child.ts';

export interface Problem {
  title: string;
  detail: string;
  fix?: string | undefined;
  /** What kind of mistake: decides the CLI's exit code. */
  kind: 'bad_use' | 'bad_input' | 'internal';
}

export interface FileState {
  name: string;
  state: 'waiting' | 'reading' | 'loading' | 'done' | 'failed' | 'cancelled';
  bytes_done: number;
  bytes_total: number;
  rows: number;
  batch?: Batch;
  error?: Problem;
}

export interface Job {
  id: string;
  log: string;
  state: 'queued' | 'reading' | 'loading' | 'done' | 'failed' | 'cancelled';
  files: FileState[];
  rows: number;
  bytes_done: number;
  bytes_total: number;
  /** Seconds left at the rate so far; null until there is one. */
  eta_s: number | null;
  error?: Problem;
  /** Files of a folder that no known system wrote: left where they are. */
  ignored?: string[];
  started_at: string;
  finished_at?: string;
}

export interface ImportFile {
  path: string;
  name: string;
  /** Whether to delete the file afterwards (an upload), or to leave it (a path of the user's). */
  temporary?: boolean;
  /** Of this file alone, where a request's own says nothing. */
  mapping?: unknown;
  source?: string;
}

export interface ImportRequest {
  log: string;
  files: ImportFile[];
  mapping?: unknown;
  source?: string | undefined;
  /** Said of the log before its first file. */
  setup?: Setup | undefined;
  /** Whether this is the sample firm. */
  sample?: boolean;
  ignored?: string[];
}

export interface ImportsOptions {
  clock?: () => Date;
  /** One reader a job. */
  openReader?: () => Reader;
}

interface Entry {
  job: Job;
  request: ImportRequest;
  abort: AbortController;
  listeners: Set<(job: Job) => void>;
  /** Which log it fills, once that is there: another of its name would be without its set-up. */
  logId?: number | undefined;
}

const keptJobs = 50;

/**
 * Imports, one after another. Each file is one batch: wholly in or not at all. A failing file stops its job; what
 * came before it stays loaded, and says so.
 */
export class Imports {
  private readonly store: Store;
  private readonly clock: () => Date;
  private readonly openReader: () => Reader;
  private readonly entries = new Map<string, Entry>();
  private tail: Promise<void> = Promise.resolve();
  private prepare: (log: string) => Promise<void> = () => Promise.resolve();

  constructor(
    store: Store,
    { clock = () => new Date(), openReader = (): Reader => new ChildReader() }: ImportsOptions = {}
  ) {
    this.store = store;
    this.clock = clock;
    this.openReader = openReader;
  }

  /** What a process that stays has made of a log before an import of it counts as done. If that fails, whoever asks is told. */
  prepareBy(prepare: (log: string) => Promise<void>): void {
    this.prepare = prepare;
  }

  /** @throws {BadInput} when a file is not there */
  async start(asked: ImportRequest): Promise<Job> {
    const request = { ...asked, log: asked.log.trim() };
    if (request.files.length === 0) throw new BadUse('there is no file to import', 'name at least one file');
    const files = await Promise.all(
      request.files.map(async ({ path, name }): Promise<FileState> => {
        const info = await stat(path).catch(() => null);
        if (!info) throw new BadInput(`${name}: there is no such file`, { file: name, fix: 'check the path' });
        if (info.isDirectory())
          throw new BadInput(`${name} is a folder`, { file: name, fix: 'name the files in it, for example with *' });
        return { name, state: 'waiting', bytes_done: 0, bytes_total: info.size, rows: 0 };
      })
    );
    const job: Job = {
      id: randomUUID(),
      log: request.log,
      state: 'queued',
      files,
      rows: 0,
      bytes_done: 0,
      bytes_total: files.reduce((sum, file) => sum + file.bytes_total, 0),
      eta_s: null,
      ...(request.ignored?.length ? { ignored: request.ignored } : {}),
      started_at: this.clock().toISOString()
    };
    const entry: Entry = { job, request, abort: new AbortController(), listeners: new Set() };
    this.entries.set(job.id, entry);
    this.forgetOld();
    this.tail = this.tail.then(() => this.run(entry));
    return job;
  }

  list(): Job[] {
    return [...this.entries.values()].map(({ job }) => job).reverse();
  }

  /** @throws {NotFound} */
  get(id: string): Job {
    return this.entry(id).job;
  }

  /** Stops a job; what it had committed stays. Cancelling a finished job changes nothing. */
  cancel(id: string): Job {
    const { job, abort } = this.entry(id);
    abort.abort();
    return job;
  }

  /** Cancels a job and waits until it has ended, so that what it holds can be taken away. */
  async cancelAndWait(id: string): Promise<void> {
    const { job, listeners } = this.entry(id);
    const ended = Promise.withResolvers<void>();
    const listener = ({ finished_at }: Job) => {
      if (finished_at !== undefined) ended.resolve();
    };
    listeners.add(listener);
    this.cancel(id);
    listener(job);
    await ended.promise;
    listeners.delete(listener);
  }

  /** Calls `listener` now and at every change. Returns how to stop. */
  subscribe(id: string, listener: (job: Job) => void): () => void {
    const { job, listeners } = this.entry(id);
    listeners.add(listener);
    listener(job);
    return () => listeners.delete(listener);
  }

  /** Cancels what runs and waits for it. */
  async close(): Promise<void> {
    for (const { abort } of this.entries.values()) abort.abort();
    await this.tail;
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id);
    if (!entry) throw new NotFound(`there is no import ${id}`, 'finished imports are listed under what was loaded');
    return entry;
  }

  private async run(entry: Entry): Promise<void> {
    const { job, request, abort } = entry;
    const since = performance.now();
    const reader = this.openReader();
    const changed = () => {
      job.rows = job.files.reduce((sum, file) => sum + file.rows, 0);
      job.bytes_done = job.files.reduce((sum, file) => sum + file.bytes_done, 0);
      const seconds = (performance.now() - since) / 1_000;
      const isUnderWay = job.state === 'reading' && job.bytes_done > 0;
      job.eta_s = isUnderWay ? (seconds * (job.bytes_total - job.bytes_done)) / job.bytes_done : null;
      for (const listener of entry.listeners) listener(job);
    };
    try {
      const { setup, sample = false } = request;
      // Before its first step a job that was cancelled has touched nothing, not even the set-up of its log.
      if (!sample) abort.signal.throwIfAborted();
      if (setup) entry.logId = await setUp(this.store, request.log, setup, { sample });
      for (const [index, file] of job.files.entries()) {
        const from = request.files[index] as ImportFile;
        try {
          await this.importFile(entry, reader, file, from, changed);
        } catch (error) {
          file.state = abort.signal.aborted ? 'cancelled' : 'failed';
          if (!abort.signal.aborted) file.error = job.error = problemOf(error);
          throw error;
        }
      }
      job.state = 'loading';
      changed();
      await this.refreshViews(request.log);
      await this.prepare(request.log).catch(() => undefined);
      job.state = 'done';
    } catch (error) {
      job.state = abort.signal.aborted ? 'cancelled' : 'failed';
      if (job.state === 'failed') job.error ??= problemOf(error);
    } finally {
      reader.close();
      for (const { path, temporary } of request.files) if (temporary) await rm(path, { force: true });
      job.finished_at = this.clock().toISOString();
      changed();
    }
  }

  private async importFile(entry: Entry, reader: Reader, file: FileState, from: ImportFile, changed: () => void) {
    const { path, name } = from;
    const { job, request, abort } = entry;
    const folder = join(this.store.staging, randomUUID());
    await mkdir(folder);
    try {
      job.state = file.state = 'reading';
      changed();
      const { mapping, system } = await this.mappingOf(request, from);
      const source = request.source ?? from.source ?? system ?? name;
      // A system's source has a file for each of its streams; each is compared with its own last import.
      const ofFile = system === undefined ? undefined : name;
      const previous = await lastMapping(this.store.engine, request.log, source, ofFile);
      const report = await reader.read(
        {
          path,
          name,
          staging: folder,
          previous,
          ...(mapping === undefined ? {} : { mapping })
        },
        ({ bytesDone, bytesTotal, rows }) => {
          file.bytes_done = bytesDone;
          file.bytes_total = bytesTotal;
          file.rows = rows;
          changed();
        },
        abort.signal
      );
      abort.signal.throwIfAborted();
      file.bytes_done = file.bytes_total;
      file.rows = report.rowsIn;
      job.state = file.state = 'loading';
      changed();
      let loadedInto: number | undefined;
      file.batch = await loadStaged(
        this.store,
        { log: request.log, source, file: name, folder, report },
        async (transaction, logId) => {
          if (entry.logId !== undefined && entry.logId !== logId)
            throw new BadUse(
              `the log "${request.log}" was deleted while files were imported into it`,
              'import them again if it was meant to stay'
            );
          await ensureDefaultViews(transaction, logId);
          loadedInto = logId;
        }
      );
      entry.logId = loadedInto;
      file.state = 'done';
      changed();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * The mapping of a file, with the offices of the log's set-up where the mapping names none, and the system that wrote
   * it, which is its source, where the mapping is one of records.
   */
  private async mappingOf(request: ImportRequest, from: ImportFile): Promise<{ mapping?: unknown; system?: string }> {
    const given = from.mapping ?? request.mapping;
    if (given === undefined) return {};
    const reading = parseMapping(given, from.name);
    if (!isStreamReading(reading)) return { mapping: given };
    const log = await findLog(this.store.engine, request.log).catch(() => null);
    const offices = log?.setup ? (JSON.parse(log.setup) as Setup).offices : {};
    return { mapping: { offices, ...(given as object) }, system: reading.system.system };
  }

  /** The views that people look at are up to date when the import is; the others are built when asked for. */
  private async refreshViews(log: string): Promise<void> {
    const views = await listViews(this.store.engine, log).catch(() => []);
    for (const [index, view] of views.entries()) {
      if (index === 0 || view.builtBatch > 0) await freshView(this.store, log, view.name);
    }
  }

  private forgetOld(): void {
    for (const [id, { job }] of this.entries) {
      if (this.entries.size <= keptJobs) return;
      if (job.finished_at !== undefined) this.entries.delete(id);
    }
  }
}

function problemOf(error: unknown): Problem {
  const text = error instanceof Error ? error.message : String(error);
  // Only the first line: the rest may be SQL.
  const detail = text.split('\n', 1)[0] ?? text;
  if (error instanceof BadInput)
    return { title: 'The file could not be read', detail, fix: error.fix, kind: 'bad_input' };
  if (error instanceof BadUse || error instanceof BadSetup)
    return { title: 'The import was asked for wrongly', detail, fix: error.fix, kind: 'bad_use' };
  return { title: 'The import failed', detail, kind: 'internal' };
}
