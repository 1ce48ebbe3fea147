/** Reads small files through the public door and gives back what was staged, as plain rows. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { readFile, type ReadReport } from '#ingest/read-file.ts';

export const logs = fileURLToPath(new URL('../../../shared/logs', import.meta.url));
export const hasLogs = existsSync(logs);

type Row = Record<string, string | number | boolean | null>;
export interface Staged {
  report: ReadReport;
  event: Row[];
  event_object: Row[];
  object: Row[];
  object_change: Row[];
  object_object: Row[];
  quarantine: Row[];
}

const tables = ['event', 'event_object', 'object', 'object_change', 'object_object', 'quarantine'] as const;
const database = await DuckDBInstance.create(':memory:');

/** Instants come out as text, `2020-01-01 10:00:00.123456`, positions as numbers. */
export async function query(text: string): Promise<Row[]> {
  const connection = await database.connect();
  try {
    const rows = (await connection.runAndReadAll(text)).getRowObjectsJson() as Row[];
    return rows;
  } finally {
    connection.closeSync();
  }
}

export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'ingest-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function readPath(path: string, name: string, mapping?: unknown, previous?: unknown): Promise<Staged> {
  return inFolder(async (folder) => {
    const report = await readFile({ path, name, staging: folder, mapping, previous });
    const staged = { report } as Staged;
    for (const table of tables) {
      const rows = await query(`select * from read_parquet('${join(folder, table)}.parquet')`);
      for (const row of rows) row['position'] = Number(row['position']);
      staged[table] = rows;
    }
    return staged;
  });
}

/** Writes `content` under `name` and reads it. */
export async function read(
  name: string,
  content: string | Uint8Array,
  mapping?: unknown,
  previous?: unknown
): Promise<Staged> {
  return inFolder(async (folder) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return readPath(path, name, mapping, previous);
  });
}

/** The values of some columns. */
export function pick(rows: readonly Row[], ...columns: string[]): (string | number | boolean | null | undefined)[][] {
  return rows.map((row) => columns.map((column) => row[column]));
}

export function kinds({ report }: Staged): string[] {
  return report.findings.map(({ kind }) => kind);
}
