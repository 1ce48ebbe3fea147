import { rejectedColumns } from '#ingest/mapping/compile.ts';
import { BadInput } from '#models/log/errors.ts';
import { headOf, bytesOf, type InputFile } from './bytes.ts';
import { JsonBroken, JsonSplitter } from './json-elements.ts';
import { parseRecord, Unparsed } from './json-values.ts';
import type { Reading } from './reading.ts';
import { encodingOf, headText, textOf } from './text.ts';

export type JsonShape = 'ndjson' | 'json';
export type JsonRow = Record<string, unknown>;

/** The text of a file's first 256 KB, and whether its array (if it is one) has one record a line. */
export async function jsonStart(file: InputFile, shape: JsonShape): Promise<{ text: string; isByLine: boolean }> {
  const head = await headOf(file);
  const text = headText(head, encodingOf(head));
  if (shape === 'ndjson') return { text, isByLine: true };
  const lines = text.split('\n');
  // The head may cut the last one.
  if (head.length >= 2 ** 18) lines.pop();
  const records: string[] = [];
  const splitter = arrayLines((record) => records.push(record));
  lines.forEach(splitter.line);
  const isRecord = (record: string) => !(rowOf(record) instanceof Unparsed);
  const isByLine = records.slice(0, 2).some(isRecord) && records.filter(isRecord).length * 2 > records.length;
  return { text, isByLine };
}

interface Splitting {
  write(text: string): void;
  /** @throws {JsonBroken} when the file is cut off */
  end(): void;
}

/**
 * Cuts JSON into the texts of its records: the lines of NDJSON, the elements of an array. Where an array has a record a
 * line, a record that is cut off or broken costs its line and no more.
 */
export function jsonSplitter(shape: JsonShape, isByLine: boolean, onRecord: (text: string) => void): Splitting {
  if (!isByLine) return new JsonSplitter(({ text }) => onRecord(text));
  const array = shape === 'json' ? arrayLines(onRecord) : undefined;
  const line = (text: string) => {
    if (text.trim() === '') return;
    if (array) array.line(text);
    else onRecord(text);
  };
  let rest = '';
  return {
    write(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(line);
      if (rest.length > 2 ** 26) throw new JsonBroken('a line is longer than 64 MB');
    },
    end() {
      line(rest);
      rest = '';
      if (array && !array.isClosed()) throw new JsonBroken('the document is cut off');
    }
  };
}

function arrayLines(onRecord: (text: string) => void) {
  let isOpen = false;
  let isClosed = false;
  return {
    isClosed: () => isClosed,
    line(text: string) {
      let record = text.trim();
      if (!isOpen && record.startsWith('[')) record = record.slice(1).trim();
      isOpen = true;
      if (record.startsWith(',')) record = record.slice(1).trim();
      if (record === ']' || record.endsWith('}]')) {
        isClosed = true;
        record = record.slice(0, -1);
      }
      if (record.endsWith(',')) record = record.slice(0, -1).trim();
      if (record !== '') onRecord(record);
    }
  };
}

/** A record as an object, or what is wrong with it. */
export function rowOf(text: string): JsonRow | Unparsed {
  try {
    return parseRecord(text);
  } catch (error) {
    if (error instanceof Unparsed) return error;
    throw error;
  }
}

function notUtf8(text: string): Unparsed {
  const row = rowOf(text);
  return row instanceof Unparsed ? row : new Unparsed('some of its bytes are no UTF-8', 'save the file as UTF-8');
}

/**
 * Fills `source_row` (`position`, the columns that `valuesOf` gives, `raw`) and `rejected`, which holds what is no record.
 *
 * @returns how many records there were
 * @throws {BadInput} when the document is no JSON between its records
 */
export async function loadJsonRows(
  { file, staging, progress, signal }: Omit<Reading, 'mapping'>,
  { shape, isByLine }: { shape: JsonShape; isByLine: boolean },
  columns: readonly string[],
  valuesOf: (row: JsonRow) => (string | null)[]
): Promise<number> {
  const types = Object.fromEntries([...columns, 'raw'].map((name) => [name, 'varchar' as const]));
  const writer = await staging.table('source_row', { position: 'double', ...types });
  const rejected = await staging.table('rejected', rejectedColumns);
  let rows = 0;
  const split = jsonSplitter(shape, isByLine, (text) => {
    const position = rows;
    rows += 1;
    const row = text.includes('\ufffd') ? notUtf8(text) : rowOf(text);
    if (row instanceof Unparsed) {
      const raw = text.replaceAll('\0', '\ufffd').slice(0, 100_000);
      rejected.append([position, row.message, null, row.fix, raw]);
      return;
    }
    const values = valuesOf(row);
    if (values.some((value) => value?.includes('\0'))) {
      rejected.append([position, 'it holds a NUL character', null, 'remove it', text.slice(0, 100_000)]);
      return;
    }
    writer.append([position, ...values, text]);
  });
  try {
    for await (const text of textOf(bytesOf(file, { onBytes: progress.bytes, signal }), { file: file.name })) {
      split.write(text);
      progress.rows(rows);
    }
    split.end();
  } catch (error) {
    if (!(error instanceof JsonBroken)) throw error;
    throw new BadInput(
      `${file.name}: ${error.message} (after ${rows} records)`,
      { file: file.name, row: rows + 1, fix: 'export it again; nothing was loaded' },
      { cause: error }
    );
  }
  writer.close();
  rejected.close();
  return rows;
}
