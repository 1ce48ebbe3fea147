import { rejectedColumns, reportZone, stageRecords } from '#ingest/mapping/compile.ts';
import { requireRoles, resolve, usedMapping } from '#ingest/mapping/infer.ts';
import { tableRecords, type TableColumn } from '#ingest/mapping/table.ts';
import type { ReadReport } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { BadInput } from '#models/log/errors.ts';
import { ident, join, sql, type Sql } from '#models/store/sql.ts';
import type { InputFile } from './bytes.ts';
import type { Reading } from './reading.ts';

const sampleRows = 2_000;

/**
 * Reads a Parquet file, one event a row. Columns keep their types: local times are read in the mapping's zone, a
 * date is a day. The index that pandas writes beside the columns is left out.
 */
export async function readParquet(reading: Reading): Promise<ReadReport> {
  const { file, mapping: asked, findings, staging, progress } = reading;
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
    from: sql`(select file_row_number as position, * from read_parquet(${file.path}, file_row_number = true))`,
    locator: { word: 'row', first: 1 },
    raw: rowAsJson(columns)
  };
  const staged = await stageRecords(staging, tableRecords(table, resolution), findings);
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
export async function parquetColumns(staging: Staging, file: InputFile): Promise<TableColumn[]> {
  try {
    const described = await staging.query<{ column_name: string; column_type: string }>(
      sql`select column_name, column_type from (describe select * from read_parquet(${file.path}))`
    );
    const kept = described.filter(({ column_name }) => !/^__index_level_\d+__$/.test(column_name));
    const samples = await staging.query<Record<string, string | null>>(
      sql`select ${join(
        kept.map(({ column_name }, i) => sql`${ident(column_name)}::varchar as ${ident(`c${i}`)}`),
        ', '
      )} from read_parquet(${file.path}) limit ${sampleRows}`
    );
    return kept.map(({ column_name, column_type }, i) => ({
      name: column_name,
      samples: samples.map((row) => row[`c${i}`] ?? ''),
      value: ident(column_name),
      sqlType: column_type,
      ...typeOf(column_type)
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
