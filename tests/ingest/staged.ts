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
  record: Row[];
  reference: Row[];
  quarantine: Row[];
}

const tables = [
  'event',
  'event_object',
  'object',
  'object_change',
  'object_object',
  'record',
  'reference',
  'quarantine'
] as const;
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

/** Zones of some offices, as a set-up would give them. */
export const offices = {
  BER: 'Europe/Berlin',
  NYC: 'America/New_York',
  SIN: 'Asia/Singapore',
  BLR: 'Asia/Kolkata'
};

/** Reads the export of a shipped system: `planbase/milestones`. */
export async function readStream(stream: string, content: string, options: Record<string, unknown> = {}) {
  return read(stream.replace('/', '-'), content, { stream, offices, ...options });
}

/** Objects as JSON, one a line, as an array or not. */
export const ndjson = (...records: readonly object[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
export const jsonArray = (...records: readonly object[]) =>
  `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`;

/** What was staged, briefly: events as `position activity @time by → objects {attributes}`, links as arrows. */
export function told(staged: Staged) {
  const touched = (position: unknown) =>
    staged.event_object
      .filter((row) => row['position'] === position)
      .map((row) => `${row['object_type']} ${row['object_id']}`)
      .join(', ');
  const braces = (attributes: unknown) => (attributes === null ? '' : ` ${String(attributes)}`);
  return {
    events: staged.event.map(
      (row) =>
        `${row['position']} ${row['activity']} @${row['happened_at']} by ${row['resource'] ?? '-'} → ${touched(row['position'])}${braces(row['attributes'])}`
    ),
    objects: staged.object.map((row) => `${row['object_type']} ${row['object_id']}${braces(row['attributes'])}`),
    changes: staged.object_change.map(
      (row) => `${row['object_type']} ${row['object_id']} @${row['changed_at']}${braces(row['attributes'])}`
    ),
    links: staged.object_object.map(
      (row) => `${row['from_type']} ${row['from_id']} --${row['qualifier']}--> ${row['to_type']} ${row['to_id']}`
    ),
    references: staged.reference.map(
      (row) =>
        `${row['from_type']} ${row['from_id']} --${row['qualifier']}--> ${row['to_type']} ${row['code'] ?? '?'} ("${row['said'] ?? ''}")`
    ),
    quarantine: staged.quarantine.map((row) => `${row['locator']}, ${row['field'] ?? '-'}: ${row['reason']}`)
  };
}
