import type { Clocks } from './clocks.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

/** A column of a CSV file, or a member of a JSON object: its name, and what stands in it. */
export type Column<Row, Value> = readonly [name: string, value: (row: Row, clocks: Clocks) => Value];

interface LayoutOf<Row> {
  /** Where it stands in the folder of exports, without the `.gz`. */
  file: string;
  /** The id by which the system tells its records apart, or the natural key. */
  key: (row: Row) => string;
  /** The columns in which a record can be broken beyond reading. */
  breaks: { id?: string; time?: string; amount?: string };
}

export interface CsvLayout<Row> extends LayoutOf<Row> {
  format: 'csv';
  delimiter: ',' | ';';
  columns: readonly Column<Row, string | number | null>[];
}

/** `json` is one array of objects, `ndjson` is objects alone; both have one object a line. */
export interface JsonLayout<Row> extends LayoutOf<Row> {
  format: 'json' | 'ndjson';
  columns: readonly Column<Row, Json | undefined>[];
}

export type Layout<Row> = CsvLayout<Row> | JsonLayout<Row>;

/** The fields of a record as they stand in a CSV file, not yet quoted. */
export function csvFields<Row>({ columns }: CsvLayout<Row>, row: Row, clocks: Clocks): string[] {
  return columns.map(([, value]) => {
    const field = value(row, clocks);
    return field === null ? '' : typeof field === 'string' ? field : String(field);
  });
}

/** A field is quoted only where it has to be (RFC 4180). */
export function csvLine(fields: readonly string[], delimiter: string): string {
  const quoted = delimiter === ';' ? /[";\r\n]/ : /[",\r\n]/;
  return fields.map((field) => (quoted.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(delimiter);
}

/** A record as one line, without the line's end. */
export function lineOf<Row>(layout: Layout<Row>, row: Row, clocks: Clocks): string {
  if (layout.format === 'csv') return csvLine(csvFields(layout, row, clocks), layout.delimiter);
  const members: Record<string, Json | undefined> = {};
  for (const [name, value] of layout.columns) members[name] = value(row, clocks);
  return JSON.stringify(members);
}
