import { mkdir, rm } from 'node:fs/promises';
import { join as joinPath, resolve } from 'node:path';
import {
  DuckDBDataChunk,
  DuckDBInstance,
  DOUBLE,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection
} from '@duckdb/node-api';
import { execute, query } from '#models/store/engine.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';

/** The Parquet files of a staged read, with their columns in order. They always exist, all of them. */
export const stagedTables = {
  event: {
    position: 'bigint',
    source_ref: 'varchar',
    activity: 'varchar',
    happened_at: 'timestamp',
    start_at: 'timestamp',
    precision: 'varchar',
    recorded_at: 'timestamp',
    lifecycle: 'varchar',
    instance: 'varchar',
    resource: 'varchar',
    team: 'varchar',
    role: 'varchar',
    system: 'varchar',
    legal_entity: 'varchar',
    attributes: 'varchar'
  },
  event_object: { position: 'bigint', object_type: 'varchar', object_id: 'varchar', qualifier: 'varchar' },
  object: { position: 'bigint', object_type: 'varchar', object_id: 'varchar', attributes: 'varchar' },
  object_change: {
    position: 'bigint',
    object_type: 'varchar',
    object_id: 'varchar',
    changed_at: 'timestamp',
    attributes: 'varchar'
  },
  object_object: {
    position: 'bigint',
    from_type: 'varchar',
    from_id: 'varchar',
    to_type: 'varchar',
    to_id: 'varchar',
    qualifier: 'varchar'
  },
  /** Rows of a source that several things follow from; `content` tells versions apart. */
  record: {
    position: 'bigint',
    stream: 'varchar',
    source_ref: 'varchar',
    content: 'varchar',
    recorded_at: 'timestamp'
  },
  /** Codes by which a system names objects of another. */
  reference: {
    position: 'bigint',
    from_type: 'varchar',
    from_id: 'varchar',
    qualifier: 'varchar',
    to_type: 'varchar',
    code: 'varchar',
    said: 'varchar'
  },
  quarantine: {
    position: 'bigint',
    locator: 'varchar',
    reason: 'varchar',
    field: 'varchar',
    fix: 'varchar',
    raw: 'varchar'
  }
} as const;
export type StagedTable = keyof typeof stagedTables;

export interface StagingOptions {
  folder: string;
  /** A file that the database itself reads (Parquet). */
  input?: string | undefined;
  memoryLimitBytes?: number | undefined;
  signal: AbortSignal;
}

/**
 * A reader's own database: in memory, spilling into the staging folder, unable to touch any other file, to load an
 * extension or to be configured again.
 */
export class Staging implements AsyncDisposable {
  readonly folder: string;
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private readonly signal: AbortSignal;
  private readonly onAbort: () => void;

  private constructor(folder: string, instance: DuckDBInstance, connection: DuckDBConnection, signal: AbortSignal) {
    this.folder = folder;
    this.instance = instance;
    this.connection = connection;
    this.signal = signal;
    this.onAbort = () => connection.interrupt();
    signal.addEventListener('abort', this.onAbort);
  }

  static async open({ folder, input, memoryLimitBytes = 2 ** 31, signal }: StagingOptions): Promise<Staging> {
    const home = resolve(folder);
    await mkdir(joinPath(home, 'spill'), { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '2',
      memory_limit: `${Math.floor(memoryLimitBytes / 1e6)}MB`,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false'
    });
    const connection = await instance.connect();
    // Settings take no bound values.
    const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
    for (const statement of [
      `set global TimeZone = 'UTC'`,
      `set global temp_directory = ${text(joinPath(home, 'spill'))}`,
      `set global allowed_directories = [${text(home)}]`,
      `set global allowed_paths = [${input === undefined ? '' : text(resolve(input))}]`,
      `set global enable_external_access = false`,
      `set global lock_configuration = true`
    ])
      await connection.run(statement);
    return new Staging(home, instance, connection, signal);
  }

  async query<Row extends object>(statement: Sql): Promise<Row[]> {
    return this.guarded(() => query<Row>(this.connection, statement));
  }

  async execute(statement: Sql): Promise<void> {
    await this.guarded(() => execute(this.connection, statement));
  }

  /** Creates (or empties) a table whose columns are numbers or texts, and returns the way to fill it. */
  async table(name: string, columns: Record<string, 'double' | 'varchar'>): Promise<TableWriter> {
    const list = Object.entries(columns).map(([column, type]) => sql`${ident(column)} ${raw(type)}`);
    await this.execute(sql`create or replace table ${ident(name)} (${join(list, ', ')})`);
    const types = Object.values(columns).map((type) => (type === 'double' ? DOUBLE : VARCHAR));
    return new TableWriter(await this.connection.createAppender(name), types);
  }

  /** Writes one of the staged files; `select` yields its columns in order. */
  async write(table: StagedTable, select: Sql): Promise<void> {
    const path = joinPath(this.folder, `${table}.parquet`);
    await this.execute(sql`copy (${select}) to ${path} (format parquet, compression zstd)`);
  }

  async writeEmpty(table: StagedTable): Promise<void> {
    const columns = Object.entries(stagedTables[table]).map(
      ([name, type]) => sql`null::${raw(type)} as ${ident(name)}`
    );
    await this.write(table, sql`select ${join(columns, ', ')} where false`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal.removeEventListener('abort', this.onAbort);
    this.connection.closeSync();
    this.instance.closeSync();
    await rm(joinPath(this.folder, 'spill'), { recursive: true, force: true });
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    this.signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    }
  }
}

const chunkRows = 2048;
type Value = number | string | null;

/** Appends rows in column chunks; the fast way in. */
export class TableWriter {
  rows = 0;
  private readonly appender: DuckDBAppender;
  private readonly types: (typeof DOUBLE | typeof VARCHAR)[];
  private readonly columns: Value[][];
  private filled = 0;

  constructor(appender: DuckDBAppender, types: (typeof DOUBLE | typeof VARCHAR)[]) {
    this.appender = appender;
    this.types = types;
    this.columns = types.map(() => new Array<Value>(chunkRows).fill(null));
  }

  /** Values in the order of the columns; a text must not hold NUL, which ends a text in the database. */
  append(values: readonly Value[]): void {
    const { columns, filled } = this;
    for (let i = 0; i < columns.length; i += 1) (columns[i] as Value[])[filled] = values[i] ?? null;
    this.filled += 1;
    this.rows += 1;
    if (this.filled === chunkRows) this.flush();
  }

  /** Ends it without what was not written yet; its table is about to go. */
  abandon(): void {
    this.filled = 0;
    this.appender.clear();
    this.appender.closeSync();
  }

  close(): void {
    this.flush();
    this.appender.flushSync();
    this.appender.closeSync();
  }

  private flush(): void {
    if (this.filled === 0) return;
    const chunk = DuckDBDataChunk.create(this.types, this.filled);
    chunk.setColumns(this.columns.map((column) => (this.filled === chunkRows ? column : column.slice(0, this.filled))));
    this.appender.appendDataChunk(chunk);
    this.filled = 0;
  }
}
