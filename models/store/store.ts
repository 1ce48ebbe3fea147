import { availableParallelism, totalmem } from 'node:os';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { execute, query, queryArrow, type Engine } from './engine.ts';
import { migrate } from './migrations.ts';
import { raw, sql, type Sql } from './sql.ts';

/** Another process has the store open. Says which. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
  readonly fix = 'stop that process, or run this command while its server is up (it then goes through the server)';
}

/** The folder or its database cannot be used at all. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
  readonly fix = 'name another folder with --store; put a backup in the place of a damaged log.duckdb';
}

/** One writing transaction. What it wrote is there for others when it commits, all of it or nothing. */
export interface Transaction {
  query<Row extends object>(statement: Sql): Promise<Row[]>;
  execute(statement: Sql): Promise<number>;
}

/** The event log's database: one instance a process, many readers, one writer at a time. */
export interface Store {
  readonly directory: string;
  /** A folder that the database may read files from; imports are staged here. */
  readonly staging: string;
  readonly engine: Engine;
  /** Raised with each commit: while it stays, so does all that can be read. */
  readonly revision: number;
  /** Runs `work` alone, in one transaction: commits when it returns, rolls back when it throws. */
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** How long to wait for another process to let go of the store. */
  waitMs?: number;
  memoryLimitBytes?: number;
  threads?: number;
  readers?: number;
}

const open = new Set<string>();

/**
 * Opens (and creates) the store in `directory` and hardens it: no file outside the staging folder can be read or
 * written by SQL, no extension loads, and the configuration is locked.
 *
 * @throws {StoreBusy} when another process still has it after `waitMs`
 * @throws {StoreUnusable} when the folder cannot be made or the database is damaged
 */
export async function openStore(
  directory: string,
  {
    waitMs = 5_000,
    memoryLimitBytes = Math.max(1e9, Math.floor(totalmem() / 2)),
    threads = availableParallelism(),
    readers = 4
  }: StoreOptions = {}
): Promise<Store> {
  const home = await mkdir(directory, { recursive: true }).then(
    () => realpath(directory),
    (error: unknown) => {
      throw new StoreUnusable(`${directory} cannot be used as a store: ${(error as Error).message}`, { cause: error });
    }
  );
  const file = joinPath(home, 'log.duckdb');
  // Two instances of one file in one process drop the file lock and can corrupt it.
  if (open.has(file)) throw new StoreBusy(`${file} is open in this process already`);
  open.add(file);
  try {
    const instance = await openWaiting(file, waitMs);
    const staging = joinPath(home, 'staging');
    const temp = joinPath(home, 'temp');
    // What a killed import left behind.
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true });
    await mkdir(temp, { recursive: true });
    const writer = await instance.connect();
    await configure(writer, { staging, temp, memoryLimitBytes, threads });
    const pool = await Promise.all(Array.from({ length: readers }, () => instance.connect()));
    await migrate(writer);
    await harden(writer);
    return new DuckStore(home, staging, instance, writer, pool, () => open.delete(file));
  } catch (error) {
    open.delete(file);
    throw error;
  }
}

async function openWaiting(file: string, waitMs: number): Promise<DuckDBInstance> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await DuckDBInstance.create(file);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!/lock/i.test(message)) {
        const [reason] = message.split('\n', 1);
        throw new StoreUnusable(`${file} cannot be opened: ${reason}`, { cause: error });
      }
      if (performance.now() >= deadline) {
        const holder = /PID (\d+)/.exec(message)?.[1];
        throw new StoreBusy(`the store ${file} is held by ${holder ? `process ${holder}` : 'another process'}`, {
          cause: error
        });
      }
      await sleep(100);
    }
  }
}

interface Limits {
  staging: string;
  temp: string;
  memoryLimitBytes: number;
  threads: number;
}

async function configure(connection: DuckDBConnection, { staging, temp, memoryLimitBytes, threads }: Limits) {
  const set = (name: string, value: string) => connection.run(`set global ${name} = '${value.replaceAll("'", "''")}'`);
  await set('TimeZone', 'UTC');
  await set('temp_directory', temp);
  await set('memory_limit', `${Math.floor(memoryLimitBytes / 1e6)}MB`);
  await set('threads', String(threads));
  // A table made in the same transaction seems to have no rows, and an ASOF join of it would be done row by row.
  await set('asof_loop_join_threshold', '0');
  await set('autoinstall_known_extensions', 'false');
  await set('autoload_known_extensions', 'false');
  await set('allow_community_extensions', 'false');
  await connection.run(`set global allowed_directories = ['${staging.replaceAll("'", "''")}']`);
}

async function harden(connection: DuckDBConnection) {
  await connection.run('set global enable_external_access = false');
  await connection.run('set global lock_configuration = true');
}

class DuckStore implements Store {
  readonly directory: string;
  readonly staging: string;
  readonly engine: Engine;
  revision = 0;
  private readonly instance: DuckDBInstance;
  private readonly writer: DuckDBConnection;
  private readonly readers: DuckDBConnection[];
  private readonly idle: DuckDBConnection[];
  private readonly waiting: ((connection: DuckDBConnection) => void)[] = [];
  private readonly release: () => void;
  private tail: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    directory: string,
    staging: string,
    instance: DuckDBInstance,
    writer: DuckDBConnection,
    readers: DuckDBConnection[],
    release: () => void
  ) {
    this.directory = directory;
    this.staging = staging;
    this.instance = instance;
    this.writer = writer;
    this.readers = readers;
    this.idle = [...readers];
    this.release = release;
    this.engine = {
      query: <Row extends object>(statement: Sql) => this.reading((connection) => query<Row>(connection, statement)),
      arrow: (statement) => this.reading((connection) => queryArrow(connection, statement))
    };
  }

  async write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const turn = this.tail.then(() => this.transact(work));
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.tail;
    while (this.idle.length < this.readers.length) await sleep(5);
    for (const connection of this.readers) connection.closeSync();
    this.writer.closeSync();
    this.instance.closeSync();
    this.release();
  }

  private async transact<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    if (this.closed) throw new Error('the store is closed');
    const { writer } = this;
    await execute(writer, raw('begin transaction'));
    try {
      const result = await work({
        query: <Row extends object>(statement: Sql) => query<Row>(writer, statement),
        execute: (statement) => execute(writer, statement)
      });
      await execute(writer, raw('commit'));
      this.revision += 1;
      return result;
    } catch (error) {
      // A failed statement has aborted the transaction already; the rollback then only clears it.
      await execute(writer, raw('rollback')).catch(() => undefined);
      throw error;
    }
  }

  private async reading<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
    if (this.closed) throw new Error('the store is closed');
    const connection = this.idle.pop() ?? (await new Promise<DuckDBConnection>((take) => this.waiting.push(take)));
    try {
      return await work(connection);
    } finally {
      const next = this.waiting.shift();
      if (next) next(connection);
      else this.idle.push(connection);
    }
  }
}

/** The version of the database engine, for `doctor`. */
export async function engineVersion(engine: Engine): Promise<string> {
  const [row] = await engine.query<{ version: string }>(sql`select version() as version`);
  return row?.version ?? 'unknown';
}
