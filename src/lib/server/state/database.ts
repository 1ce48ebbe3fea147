import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { migrations } from './migrations.ts';

export type Value = SQLInputValue;

/** The state cannot be read: it was written by a newer Throughline, or is no database. */
export class StateUnusable extends Error {
  override readonly name = 'StateUnusable';
  readonly fix = 'update the program, or put a backup in the place of state.sqlite';
}

/**
 * What must survive a crash to the last commit: policies, clocks, actions, attempts, secrets. One writer; every commit is
 * on the disk when it returns (write-ahead log, synchronous FULL).
 */
export class Database {
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  /**
   * @param file is made where it is missing, readable by its owner alone: it holds signing secrets
   * @throws {StateUnusable}
   */
  constructor(file: string) {
    // SQLite makes its -wal and -shm with the rights of the database, so they are set before the first byte.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    try {
      this.db = new DatabaseSync(file);
      this.db.exec(
        'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000'
      );
      this.migrate();
    } catch (error) {
      if (error instanceof StateUnusable) throw error;
      throw new StateUnusable(`${file} cannot be opened: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Every row of a statement; values are bound. */
  all<Row extends object>(text: string, ...values: Value[]): Row[] {
    return this.prepare(text).all(...values) as Row[];
  }

  get<Row extends object>(text: string, ...values: Value[]): Row | undefined {
    return this.prepare(text).get(...values) as Row | undefined;
  }

  /** Returns how many rows were changed. */
  run(text: string, ...values: Value[]): number {
    return Number(this.prepare(text).run(...values).changes);
  }

  /** All of it or nothing. */
  transaction<Result>(work: () => Result): Result {
    this.db.exec('begin immediate');
    try {
      const result = work();
      this.db.exec('commit');
      return result;
    } catch (error) {
      this.db.exec('rollback');
      throw error;
    }
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  private prepare(text: string): StatementSync {
    const known = this.statements.get(text);
    if (known) return known;
    const made = this.db.prepare(text);
    this.statements.set(text, made);
    return made;
  }

  private migrate(): void {
    const [{ user_version: done = 0 } = {}] = this.db.prepare('pragma user_version').all() as {
      user_version: number;
    }[];
    if (done > migrations.length)
      throw new StateUnusable(`the state has schema ${done}, and this program knows ${migrations.length}`);
    for (const [index, text] of migrations.entries()) {
      if (index < done) continue;
      this.transaction(() => {
        this.db.exec(text);
        this.db.exec(`pragma user_version = ${index + 1}`);
      });
    }
  }
}
