import type { Clocks } from '../clocks.ts';
import { csvFields, csvLine, lineOf, type Layout } from '../layout.ts';
import type { Draw } from './draw.ts';

/** Rows of one cell that nobody can read, in each export that has columns to break. */
export const brokenPerExport = 2;

type Break = 'cut line' | 'impossible date' | 'letters in an amount' | 'missing id' | 'too few columns';

/** How a record of this file can be broken. A cut line inside an array would break the whole file, so it is cut in NDJSON only. */
function breaksOf<Row>({ format, breaks }: Layout<Row>): Break[] {
  if (breaks.id === undefined) return [];
  const kinds: Break[] = ['missing id'];
  if (breaks.time !== undefined) kinds.push('impossible date');
  if (breaks.amount !== undefined) kinds.push('letters in an amount');
  if (format === 'csv') kinds.push('too few columns');
  if (format === 'ndjson') kinds.push('cut line');
  return kinds;
}

/**
 * Broken copies of some records, each beside the good line that it spoils. No record is lost by it.
 *
 * @returns by the record that each is a copy of
 */
export function brokenCopies<Row>(
  layout: Layout<Row>,
  rows: readonly Row[],
  clocks: Clocks,
  draw: Draw
): Map<Row, string> {
  const kinds = breaksOf(layout);
  const copies = new Map<Row, string>();
  if (kinds.length === 0) return copies;
  const chosen = draw.choose(rows, brokenPerExport, layout.key);
  const firstKind = draw.below(kinds.length, layout.file);
  for (const row of chosen) {
    const kind = kinds[(firstKind + copies.size) % kinds.length] ?? 'missing id';
    copies.set(
      row,
      layout.format === 'csv' ? brokenCsv(layout, row, clocks, kind) : brokenJson(layout, row, clocks, kind)
    );
  }
  return copies;
}

function brokenCsv<Row>(layout: Layout<Row> & { format: 'csv' }, row: Row, clocks: Clocks, kind: Break): string {
  const fields = csvFields(layout, row, clocks);
  const spoil = (column: string | undefined, spoiled: (field: string) => string) => {
    const at = layout.columns.findIndex(([name]) => name === column);
    fields[at] = spoiled(fields[at] ?? '');
  };
  const { id, time, amount } = layout.breaks;
  if (kind === 'too few columns') return csvLine(fields.slice(0, Math.floor(fields.length / 2)), layout.delimiter);
  if (kind === 'impossible date') spoil(time, impossible);
  else if (kind === 'letters in an amount') spoil(amount, (field) => `${field.slice(0, -1)}O`);
  else spoil(id, () => '');
  return csvLine(fields, layout.delimiter);
}

function brokenJson<Row>(layout: Layout<Row>, row: Row, clocks: Clocks, kind: Break): string {
  const line = lineOf(layout, row, clocks);
  const { id, time, amount } = layout.breaks;
  if (kind === 'cut line') return line.slice(0, Math.floor(line.length * 0.6));
  if (kind === 'impossible date')
    return line.replace(new RegExp(`"${time}":"([^"]*)"`), (_, text: string) => `"${time}":"${impossible(text)}"`);
  if (kind === 'letters in an amount')
    return line.replace(new RegExp(`"${amount}":([\\d.]+)`), `"${amount}":"$1 h.c."`);
  return line.replace(new RegExp(`"${id}":"[^"]*",`), '');
}

/** The 30th of February, in the way of writing of the given time. */
function impossible(time: string): string {
  return time.replace(/^(\d{4})-\d\d-\d\d/, '$1-02-30').replace(/^\d\d\.\d\d\.(\d{4})/, '30.02.$1');
}
