import { bytesOf } from '#ingest/formats/bytes.ts';
import type { Reading } from '#ingest/formats/reading.ts';
import { textOf } from '#ingest/formats/text.ts';
import { rejectedColumns, reportZone, stageRecords } from '#ingest/mapping/compile.ts';
import { requireRoles, resolve, usedMapping } from '#ingest/mapping/infer.ts';
import { reportAmbiguous, settleOrder } from '#ingest/mapping/order.ts';
import { keepFormats } from '#ingest/mapping/previous.ts';
import { tableRecords, usesDecimalComma, type Table } from '#ingest/mapping/table.ts';
import type { ReadReport } from '#ingest/report.ts';
import { BadInput } from '#models/log/errors.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import { csvHead, type CsvHead } from './dialect.ts';
import { RecordSplitter } from './records.ts';

/** Reads delimited text: comma, semicolon, tab or bar, quoted or not, in whatever encoding. */
export async function readCsv(reading: Reading): Promise<ReadReport> {
  const { file, mapping: asked, previous, findings, staging } = reading;
  const head = await csvHead(file, asked, findings);
  const resolution = resolve(head.columns, asked);
  requireRoles(resolution, head.columns, file.name);
  const rowsIn = await loadRows(reading, head);

  const columns = head.columns.map((column, i) => ({
    ...column,
    value: ident(`c${i}`),
    isDecimalComma: usesDecimalComma(column.samples)
  }));
  const table: Table = {
    columns,
    from: sql`source_row`,
    locator: { word: 'row', first: head.hasHeader ? 2 : 1 },
    raw: lineAgain(
      columns.map(({ value }) => value),
      head.dialect.delimiter
    )
  };
  const isSettled = await settleOrder(staging, resolution, table);
  const kept = keepFormats(resolution, previous);
  if (!isSettled) reportAmbiguous(findings, resolution, previous);
  const counted = await stageRecords(staging, { ...tableRecords(table, resolution), kept }, findings);
  reportZone(findings, counted, asked.zone);
  const attributes = new Set([...resolution.eventAttributes, ...resolution.caseAttributes].map(({ column }) => column));
  const decimal_comma = columns.filter((c) => c.isDecimalComma && attributes.has(c.name)).map(({ name }) => name);
  return {
    format: 'csv',
    rowsIn,
    countsObjects: false,
    emptyCases: 0,
    mapping: {
      ...usedMapping(resolution),
      delimiter: head.dialect.delimiter,
      ...(decimal_comma.length === 0 ? {} : { decimal_comma })
    },
    findings: findings.list()
  };
}

/** Fills `source_row` (position, c0 …) and `rejected`. Returns how many rows the parser met. */
export async function loadRows(
  { file, staging, progress, signal }: Omit<Reading, 'mapping'>,
  head: CsvHead
): Promise<number> {
  const width = head.columns.length;
  const types = Object.fromEntries(head.columns.map((_, i) => [`c${i}`, 'varchar' as const]));
  const writer = await staging.table('source_row', { position: 'double', ...types });
  const rejected = await staging.table('rejected', rejectedColumns);
  let rows = 0;
  let isHeader = head.hasHeader;
  const firstRow = head.hasHeader ? 1 : 0;
  const splitter = new RecordSplitter(head.dialect, {
    onRecord(fields, number) {
      if (isHeader) {
        isHeader = false;
        return;
      }
      rows += 1;
      writer.append([number - firstRow, ...fields]);
    },
    onBroken({ reason, fix, raw: text }, number) {
      rows += 1;
      rejected.append([number - firstRow, reason, null, fix, text.replaceAll('\0', '\ufffd').slice(0, 100_000)]);
    }
  });
  splitter.width = width;
  let skips = head.hasSeparatorLine;
  const bytes = bytesOf(file, { onBytes: progress.bytes, signal });
  try {
    for await (const text of textOf(bytes, { encoding: head.encoding, file: file.name })) {
      splitter.write(skips ? text.replace(/^[^\n]*\n/, '') : text);
      skips = false;
      progress.rows(rows);
    }
    splitter.end();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadInput(
      `${file.name}: ${error.message}`,
      { file: file.name, fix: 'is it delimited text?' },
      { cause: error }
    );
  }
  writer.close();
  rejected.close();
  return rows;
}

/** The row as a line again. */
export function lineAgain(values: readonly Sql[], delimiter: string): Sql {
  const quoted = values.map(
    (value) => sql`if(contains(${value}, ${delimiter}) or regexp_matches(${value}, ${raw(`'["\\r\\n]'`)}),
      '"' || replace(${value}, '"', '""') || '"', ${value})`
  );
  return sql`concat_ws(${delimiter}, ${join(quoted, ', ')})`;
}
