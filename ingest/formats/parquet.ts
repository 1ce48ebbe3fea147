import { rejectedColumns, reportZone, stageRecords } from '#ingest/mapping/compile.ts';
import { requireRoles, resolve, usedMapping } from '#ingest/mapping/infer.ts';
import { reportAmbiguous, settleOrder } from '#ingest/mapping/order.ts';
import { keepFormats } from '#ingest/mapping/previous.ts';
import { tableRecords, type TableColumn } from '#ingest/mapping/table.ts';
import type { ReadReport } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { BadInput } from '#models/log/errors.ts';
import { ident, join, sql, type Sql } from '#models/store/sql.ts';
import type { InputFile } from './bytes.ts';
import type { Reading } from './reading.ts';

const sampleRows = 2_000;

/** A column of the file and its place among all of them: it is called `c0`, `c1` … here, whatever its own name is. */
type ParquetColumn = TableColumn & { index: number };

const numbered = (index: number): Sql => ident(`c${index}`);

const parquetFile = ({ path }: InputFile, hasRowNumber = false): Sql =>
  hasRowNumber
    ? sql`read_parquet(${path}, hive_partitioning = false, file_row_number = true)`
    : sql`read_parquet(${path}, hive_partitioning = false)`;

/** The alias that names the first `count` columns of a relation `c0`, `c1` …. */
const renamed = (count: number): Sql =>
  sql`renamed(${join(
    Array.from({ length: count }, (_, i) => numbered(i)),
    ', '
  )})`;

/**
 * Reads a Parquet file, one event a row. Columns keep their types: local times are read in the mapping's zone, a
 * date is a day. The index that pandas writes beside the columns is left out.
 */
export async function readParquet(reading: Reading): Promise<ReadReport> {
  const { file, mapping: asked, previous, findings, staging, progress } = reading;
  const columns = await parquetColumns(staging, file);
  const resolution = resolve(columns, asked);
  requireRoles(resolution, columns, file.name);
  const [counted] = await staging.query<{ rows: number }>(
    sql`select sum(num_rows)::double as "rows" from parquet_file_metadata(${file.path})`
  );
  const rejected = await staging.table('rejected', rejectedColumns);
  rejected.close();
  const table = {
    columns,
    from: await numberedRows(staging, file, columns),
    locator: { word: 'row', first: 1 },
    raw: rowAsJson(columns)
  };
  const isSettled = await settleOrder(staging, resolution, table);
  const kept = keepFormats(resolution, previous);
  if (!isSettled) reportAmbiguous(findings, resolution, previous);
  const staged = await stageRecords(staging, { ...tableRecords(table, resolution), kept }, findings);
  reportZone(findings, staged, asked.zone);
  const rowsIn = counted?.rows ?? 0;
  progress.rows(rowsIn);
  return {
    format: 'parquet',
    rowsIn,
    countsObjects: false,
    emptyCases: 0,
    mapping: usedMapping(resolution),
    findings: findings.list()
  };
}

/** The columns with their types and samples. @throws {BadInput} when the file is damaged */
export async function parquetColumns(staging: Staging, file: InputFile): Promise<ParquetColumn[]> {
  try {
    const described = await staging.query<{ column_name: string; column_type: string }>(
      sql`select column_name, column_type from (describe select * from ${parquetFile(file)})`
    );
    const names = await ownNames(
      staging,
      file,
      described.map(({ column_name }) => column_name)
    );
    const all = described.map(({ column_type }, index) => ({ name: names[index] ?? '', index, type: column_type }));
    const kept = all.filter(({ name }) => !/^__index_level_\d+__$/.test(name));
    const samples = await staging.query<Record<string, string | null>>(
      sql`select ${join(
        kept.map(({ index }) => sql`${numbered(index)}::varchar as ${numbered(index)}`),
        ', '
      )} from ${parquetFile(file)} as ${renamed(all.length)} limit ${sampleRows}`
    );
    return kept.map(({ name, index, type }) => ({
      name,
      index,
      samples: samples.map((row) => row[`c${index}`] ?? ''),
      value: numbered(index),
      sqlType: type,
      ...typeOf(type)
    }));
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new BadInput(
      `${file.name} is no readable Parquet file: ${why}`,
      { file: file.name, fix: 'export it again' },
      { cause }
    );
  }
}

/**
 * The columns as the file itself calls them, for the database renames those that differ only in case (`A`, `a_1`);
 * as the database does where a name stands twice.
 */
async function ownNames(staging: Staging, file: InputFile, described: string[]): Promise<string[]> {
  const elements = await staging.query<{ name: string; children: number }>(
    sql`select name, coalesce(num_children, 0)::double as children from parquet_schema(${file.path})`
  );
  const names: string[] = [];
  // Elements stand before their children, the root first; `open` are those still to come at each depth.
  const open: number[] = [];
  for (const { name, children } of elements) {
    if (open.length === 1) names.push(name);
    if (open.length > 0) open.push((open.pop() ?? 0) - 1);
    open.push(children);
    while (open.at(-1) === 0) open.pop();
  }
  return names.length === described.length && new Set(names).size === names.length ? names : described;
}

/** The rows as `position, c0, c1 …`. A file with a `file_row_number` of its own has its rows counted instead. */
async function numberedRows(staging: Staging, file: InputFile, columns: readonly ParquetColumn[]): Promise<Sql> {
  const all = await staging.query<{ column_name: string }>(
    sql`select column_name from (describe select * from ${parquetFile(file)})`
  );
  const hasOwn = all.some(({ column_name }) => column_name.toLowerCase() === 'file_row_number');
  const position = hasOwn ? sql`row_number() over () - 1` : sql`file_row_number`;
  const values = columns.map(({ value }) => sql`, ${value}`);
  return sql`(select ${position} as position${join(values, '')}
    from ${parquetFile(file, !hasOwn)} as ${renamed(all.length)})`;
}

function typeOf(sqlType: string): Pick<TableColumn, 'type'> {
  if (sqlType.startsWith('TIMESTAMP WITH TIME ZONE')) return { type: 'timestamptz' };
  if (sqlType.startsWith('TIMESTAMP')) return { type: 'timestamp' };
  if (sqlType === 'DATE') return { type: 'date' };
  return sqlType === 'VARCHAR' ? {} : { type: 'other' };
}

function rowAsJson(columns: readonly TableColumn[]): Sql {
  const members = columns.map(
    ({ name, value }) => sql`${`${JSON.stringify(name)}:`} || to_json(${value}::varchar)::varchar`
  );
  return sql`'{' || concat_ws(',', ${join(members, ', ')}) || '}'`;
}
