import { join as joinPath } from 'node:path';
import { join, raw, sql, type Sql } from '#models/store/sql.ts';

export interface Finding {
  kind: string;
  message: string;
  count: number;
  example?: string | undefined;
}

/** What a reader says of the file it staged. `rowsIn` is its own count, made while reading. */
export interface StagedReport {
  format: string;
  rowsIn: number;
  /** Whether an object is a record of the file too (OCEL), or only follows from events. */
  countsObjects: boolean;
  /**
   * Whether a row of the file is a record of which several events follow: rows are then counted, told apart and
   * superseded as records.
   */
  countsRecords?: boolean | undefined;
  mapping: unknown;
  findings: Finding[];
}

export interface StagedFile {
  log: string;
  /** A file's source is its name unless the user gave another. */
  source: string;
  file: string;
  /** The folder of Parquet files that the reader wrote; inside the store's staging folder. */
  folder: string;
  report: StagedReport;
}

/** An event of a record stands at position = record × this + its place among the record's events. */
export const positionsPerRecord = 4096;

/** Where a batch's rows come from. */
export interface Origin {
  logId: number;
  sourceId: number;
  fileId: number;
  batchNo: number;
}

/** What a batch brought, by kind. Rows in = loaded + quarantined + duplicates. */
export interface Said {
  loaded: number;
  duplicates: number;
  superseded: number;
  events: number;
  objects: number;
  event_objects: number;
  object_objects: number;
}

/** A relation of the staged file. */
export const parquet = (staged: StagedFile, name: string): Sql =>
  sql`read_parquet(${joinPath(staged.folder, `${name}.parquet`)})`;

/** Separates values inside a hashed text; NULL and the empty text must differ. */
export const digest = (values: readonly string[]): Sql =>
  sql`md5_number(concat_ws(chr(31), ${join(
    values.map((value) => raw(`coalesce(${value}::varchar, chr(30))`)),
    ', '
  )}))`;

/** A wide number as text. DuckDB's own cast of UHUGEINT to VARCHAR takes 70 µs a value. */
export const hex = (wide: Sql): Sql =>
  sql`printf('%016x%016x', (${wide} >> 64)::ubigint, (${wide} & 18446744073709551615::uhugeint)::ubigint)`;
