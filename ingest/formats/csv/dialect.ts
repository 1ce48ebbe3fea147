import { headOf, type InputFile } from '#ingest/formats/bytes.ts';
import { encodingOf, headText } from '#ingest/formats/text.ts';
import type { Column } from '#ingest/mapping/infer.ts';
import { detectTime } from '#ingest/mapping/times.ts';
import type { Findings } from '#ingest/report.ts';
import { BadInput } from '#models/log/errors.ts';
import { RecordSplitter, type Dialect } from './records.ts';

const headBytes = 2 ** 18;
const sampleRows = 2_000;
const delimiters = [',', ';', '\t', '|'];

export interface CsvHead {
  dialect: Dialect;
  /** Undefined for text that is ASCII so far: the first other byte decides. */
  encoding: string | undefined;
  hasHeader: boolean;
  /** A first line `sep=;` as spreadsheets write it. */
  hasSeparatorLine: boolean;
  columns: Column[];
  rows: number;
}

/**
 * How a delimited file is written and what its columns are called, from its first 256 KB.
 *
 * @throws {BadInput} when it cannot be read
 */
export async function csvHead(
  file: InputFile,
  mapping: { encoding?: string | undefined; delimiter?: string | undefined; hasHeader?: boolean },
  findings: Findings
): Promise<CsvHead> {
  const head = await headOf(file, headBytes);
  const encoding = mapping.encoding ?? encodingOf(head);
  if (encoding === 'windows-1252' && mapping.encoding === undefined) {
    findings.add('encoding', 'the file is not UTF-8; it was read as windows-1252');
  }
  const text = headText(head, encoding);
  const isWhole = head.length < headBytes;
  const separator = /^sep=(.)\r?\n/.exec(text);
  const body = separator ? text.slice(separator[0].length) : text;
  const dialect = sniffDialect(body, isWhole, mapping.delimiter ?? separator?.[1]);
  const [first = [], ...records] = sample(body, isWhole, dialect);
  if (first.length === 0)
    throw new BadInput(`${file.name} holds no row`, { file: file.name, fix: 'export it again, with a header line' });
  const hasHeader = mapping.hasHeader ?? looksLikeHeader(first);
  if (!hasHeader) findings.add('no_header', 'the first row is data; the columns were called column 1, column 2, …');
  const rows = hasHeader ? records : [first, ...records];
  const names = hasHeader ? distinctNames(first, findings) : first.map((_, i) => `column ${i + 1}`);
  const hasOther = head.some((byte) => byte > 127) || encoding.startsWith('utf-16');
  return {
    dialect,
    encoding: mapping.encoding ?? (hasOther ? encoding : undefined),
    hasHeader,
    hasSeparatorLine: separator !== null,
    columns: names.map((name, i) => ({
      name,
      samples: rows.filter((row) => row.length === names.length).map((row) => row[i] ?? '')
    })),
    rows: rows.length
  };
}

/** The delimiter that cuts most rows into as many fields as the first; more fields decide a tie. */
function sniffDialect(text: string, isWhole: boolean, given: string | undefined): Dialect {
  const newline = text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
  const quote = !text.includes('"') && text.startsWith("'") ? "'" : '"';
  let best = { delimiter: given ?? ',', score: 0 };
  for (const delimiter of given === undefined ? delimiters : []) {
    const [first = [], ...rows] = sample(text, isWhole, { delimiter, quote, newline });
    if (first.length < 2) continue;
    const fitting = rows.filter((row) => row.length === first.length).length;
    const score = (rows.length === 0 ? 1 : fitting / rows.length) + first.length / 1e6;
    if (score > best.score) best = { delimiter, score };
  }
  return { delimiter: best.delimiter, quote, newline };
}

/** The first records, broken ones as empty. */
function sample(text: string, isWhole: boolean, dialect: Dialect): string[][] {
  const records: string[][] = [];
  const splitter = new RecordSplitter(dialect, {
    onRecord: (fields) => records.push(fields),
    onBroken: () => records.push([])
  });
  splitter.write(text);
  // The last line of a head that is cut may be unfinished; a file of one long line has no other.
  if (isWhole || records.length === 0) splitter.end();
  return records.slice(0, sampleRows);
}

/** A header holds names: no numbers and no times. */
function looksLikeHeader(first: readonly string[]): boolean {
  return !first.some((field) => /^-?\d+([.,]\d+)?$/.test(field.trim()) || detectTime([field]) !== undefined);
}

function distinctNames(header: readonly string[], findings: Findings): string[] {
  const seen = new Set<string>();
  return header.map((field, i) => {
    const trimmed = field.trim();
    const wanted = trimmed === '' ? `column ${i + 1}` : trimmed;
    let name = wanted;
    for (let n = 2; seen.has(name); n += 1) name = `${wanted} (${n})`;
    if (trimmed === '') findings.add('unnamed_column', 'columns without a name were called after their number', name);
    else if (name !== wanted) findings.add('repeated_column', 'columns of one name were told apart by a number', name);
    seen.add(name);
    return name;
  });
}
