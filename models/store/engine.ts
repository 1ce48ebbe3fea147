import type { DuckDBConnection } from '@duckdb/node-api';
import { toArrow } from './arrow.ts';
import { render, type Sql } from './sql.ts';

export type Cell = string | number | boolean | null;

/**
 * The seam between analyses and the database that runs them. DuckDB, embedded, is the default; a distributed engine
 * can run the same SQL.
 */
export interface Engine {
  /** Rows as plain values. Integers wider than 53 bits are refused: cast them in SQL. Throws {@link QueryError}. */
  query<Row extends object>(statement: Sql): Promise<Row[]>;
  /** The same as an Arrow IPC stream, for results too large for JSON. */
  arrow(statement: Sql): Promise<Uint8Array>;
}

/** A statement failed; carries its SQL, and the engine's own error as `cause`. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly statement: string;
  constructor(statement: string, cause: unknown) {
    super(`${cause instanceof Error ? cause.message : String(cause)}\nin: ${statement}`, { cause });
    this.statement = statement;
  }
}

/** Runs one statement on one connection and returns its rows. */
export async function query<Row extends object>(connection: DuckDBConnection, statement: Sql): Promise<Row[]> {
  const { text, params } = render(statement);
  try {
    const reader = await connection.runAndReadAll(text, params);
    const rows = reader.getRowObjectsJS();
    return rows.map((row) => plain(row, text)) as Row[];
  } catch (error) {
    throw error instanceof QueryError ? error : new QueryError(text, error);
  }
}

/** Runs one statement for its effect and returns the number of rows it changed. */
export async function execute(connection: DuckDBConnection, statement: Sql): Promise<number> {
  const { text, params } = render(statement);
  try {
    const result = await connection.run(text, params);
    return Number(result.rowsChanged);
  } catch (error) {
    throw new QueryError(text, error);
  }
}

/** Runs one statement and encodes its result as an Arrow IPC stream. */
export async function queryArrow(connection: DuckDBConnection, statement: Sql): Promise<Uint8Array> {
  const { text, params } = render(statement);
  try {
    return await toArrow(await connection.stream(text, params));
  } catch (error) {
    throw error instanceof QueryError ? error : new QueryError(text, error);
  }
}

function plain(row: Record<string, unknown>, text: string): Record<string, unknown> {
  for (const [key, value] of Object.entries(row)) {
    if (typeof value === 'bigint') {
      if (!Number.isSafeInteger(Number(value)))
        throw new QueryError(text, new RangeError(`column ${key} holds ${value}, which no JavaScript number can`));
      row[key] = Number(value);
    } else if (value instanceof Date) {
      // A Date has lost its microseconds already: instants leave SQL as text or as epoch milliseconds.
      throw new QueryError(text, new TypeError(`column ${key} is a timestamp: convert it in SQL`));
    }
  }
  return row;
}
