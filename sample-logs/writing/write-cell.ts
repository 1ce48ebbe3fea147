import type { Clocks } from './clocks.ts';
import { brokenCopies } from './dirt/broken.ts';
import type { Draw } from './dirt/draw.ts';
import type { ExportFile } from './export-file.ts';
import { csvLine, lineOf, type Layout } from './layout.ts';

const duplicateShare = 0.01;
/** An exact duplicate stands at most so many records behind the first. */
const farthest = 40;

/** Lines of one export. `rows` = `records` + `duplicates` + `unparsable`. */
export interface ExportCounts {
  rows: number;
  records: number;
  duplicates: number;
  unparsable: number;
}

/** What stands before the first record of a file, between two, behind each, and after the last. */
export function frameOf<Row>(layout: Layout<Row>): { before: string; between: string; behind: string; after: string } {
  switch (layout.format) {
    case 'csv': {
      const names = layout.columns.map(([name]) => name);
      return { before: `${csvLine(names, layout.delimiter)}\n`, between: '', behind: '\n', after: '' };
    }
    case 'ndjson':
      return { before: '', between: '', behind: '\n', after: '' };
    case 'json':
      return { before: '[\n', between: ',\n', behind: '', after: '\n]\n' };
  }
}

export interface RecordsOptions<Row> {
  clocks: Clocks;
  draw: (decision: string) => Draw;
  /** Whether nothing is in the file yet. */
  isFirst: boolean;
  /** Records that stand in the file once, and whole. */
  isSpared: (row: Row) => boolean;
}

/** Writes a cell's records of one export, with the duplicates and the broken copies among them. */
export async function writeRecords<Row>(
  file: ExportFile,
  layout: Layout<Row>,
  rows: readonly Row[],
  { clocks, draw, isFirst, isSpared }: RecordsOptions<Row>
): Promise<ExportCounts> {
  const { between, behind } = frameOf(layout);
  const able = rows.filter((row) => !isSpared(row));
  const broken = brokenCopies(layout, able, clocks, draw('broken'));
  const by = draw(`duplicate in ${layout.file}`);
  const twice = by.choose(able, Math.round(rows.length * duplicateShare), layout.key);
  const waiting = new Map<number, string[]>();
  let separator = isFirst ? '' : between;
  for (const [at, row] of rows.entries()) {
    const line = lineOf(layout, row, clocks);
    if (twice.has(row)) {
      const place = Math.min(rows.length - 1, at + by.below(farthest, `place of ${layout.key(row)}`));
      waiting.set(place, [...(waiting.get(place) ?? []), line]);
    }
    const spoiled = broken.get(row);
    for (const one of [line, ...(spoiled === undefined ? [] : [spoiled]), ...(waiting.get(at) ?? [])]) {
      const full = file.write(separator + one + behind);
      if (full) await full;
      separator = between;
    }
    waiting.delete(at);
  }
  return {
    rows: rows.length + twice.size + broken.size,
    records: rows.length,
    duplicates: twice.size,
    unparsable: broken.size
  };
}
