import { rejectedColumns, reportZone, stageRecords, type Records } from '#ingest/mapping/compile.ts';
import { requireRoles, resolve, usedMapping, type Column, type Resolution } from '#ingest/mapping/infer.ts';
import { columnsOf, roles, type MappingInput } from '#ingest/mapping/mapping.ts';
import { reportAmbiguous } from '#ingest/mapping/order.ts';
import { keepFormats } from '#ingest/mapping/previous.ts';
import { placementOf } from '#ingest/mapping/table.ts';
import type { ReadReport } from '#ingest/report.ts';
import { BadInput } from '#models/log/errors.ts';
import { ident, sql } from '#models/store/sql.ts';
import { bytesOf, headOf, type InputFile } from './bytes.ts';
import { JsonBroken, JsonSplitter } from './json-elements.ts';
import { canonicalJson, columnText, parseRecord, sortedObject, Unparsed } from './json-values.ts';
import type { Reading } from './reading.ts';
import { encodingOf, headText, textOf } from './text.ts';

type Shape = 'ndjson' | 'json';
type Row = Record<string, unknown>;

/**
 * Reads JSON records: one object a line (`ndjson`), or one array of objects (`json`). A member is a column; what is
 * nested stays JSON in the event's attributes. A line that is no object, or is nested too deep, goes to quarantine as it is.
 */
export async function readJsonRecords(reading: Reading, shape: Shape): Promise<ReadReport> {
  const { file, mapping: asked, previous, findings, staging } = reading;
  const { columns } = await jsonHead(file, shape);
  const resolution = resolve(columns, asked);
  requireRoles(resolution, columns, file.name);
  const rowsIn = await loadRows(reading, shape, resolution);
  const kept = keepFormats(resolution, previous);
  const counted = await stageRecords(staging, { ...jsonRecords(resolution), kept }, findings);
  reportZone(findings, counted, asked.zone);
  reportAmbiguous(findings, resolution, previous);
  return {
    format: shape,
    rowsIn,
    countsObjects: false,
    emptyCases: 0,
    mapping: usedMapping(resolution),
    findings: findings.list()
  };
}

/** The columns that the records of the first 256 KB have. */
export async function jsonHead(file: InputFile, shape: Shape): Promise<{ columns: Column[]; rows: number }> {
  const head = await headOf(file);
  const samples = new Map<string, string[]>();
  let rows = 0;
  const split = splitter(shape, (text) => {
    const row = rowOf(text);
    if (row instanceof Unparsed) return;
    rows += 1;
    for (const [key, value] of Object.entries(row)) {
      const known = samples.get(key) ?? [];
      samples.set(key, known);
      if (known.length < 2_000) known.push(columnText(value) ?? '');
    }
  });
  try {
    split.write(headText(head, encodingOf(head)));
    if (rows === 0) split.end();
  } catch (error) {
    if (!(error instanceof JsonBroken)) throw error;
  }
  return { columns: [...samples].map(([name, found]) => ({ name, samples: found })), rows };
}

function rowOf(text: string): Row | Unparsed {
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

interface Splitting {
  write(text: string): void;
  end(): void;
}

function splitter(shape: Shape, onRecord: (text: string) => void): Splitting {
  if (shape === 'json') return new JsonSplitter(({ text }) => onRecord(text));
  let rest = '';
  const line = (text: string) => {
    if (text.trim() !== '') onRecord(text);
  };
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
    }
  };
}

const textColumns = [...roles, 'attributes', 'case_attributes', 'raw'] as const;

/** Fills `source_row`, a text for each role and JSON for the attributes, and `rejected`. */
async function loadRows({ file, staging, progress, signal }: Reading, shape: Shape, resolution: Resolution) {
  const { mapping } = resolution;
  const types = Object.fromEntries(textColumns.map((name) => [name, 'varchar' as const]));
  const writer = await staging.table('source_row', { position: 'double', ...types });
  const rejected = await staging.table('rejected', rejectedColumns);
  const describe = describer(mapping);
  let rows = 0;
  const split = splitter(shape, (text) => {
    const position = rows;
    rows += 1;
    const row = text.includes('\ufffd') ? notUtf8(text) : rowOf(text);
    if (row instanceof Unparsed) {
      const raw = text.replaceAll('\0', '\ufffd').slice(0, 100_000);
      rejected.append([position, row.message, null, row.fix, raw]);
      return;
    }
    const values = describe(row);
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

/** A row as the texts of the roles, then its other members as attributes of the event and of the case. */
function describer(mapping: MappingInput): (row: Row) => (string | null)[] {
  const named = roles.map((role) => columnsOf(mapping, role));
  const left = new Set([...named.flat(), ...(mapping.drop ?? [])]);
  const missing = new Set(mapping.missing);
  const ofCase = new Set(mapping.case_attributes);
  const text = (value: unknown) => {
    const found = columnText(value);
    return found !== null && missing.has(found) ? null : found;
  };
  return (row) => {
    const values = named.map((columns) => {
      const [first] = columns;
      if (first === undefined) return null;
      const found = columns.map((name) => text(row[name]) ?? '');
      return columns.length > 1 && found.some((value) => value !== '') ? found.join('+') : (found[0] ?? null);
    });
    const event: [string, string][] = [];
    const ofItsCase: [string, string][] = [];
    for (const [key, value] of Object.entries(row)) {
      if (left.has(key) || value === null || value === '' || (typeof value === 'string' && missing.has(value)))
        continue;
      const isOfCase = key.startsWith('case:') || ofCase.has(key);
      (isOfCase ? ofItsCase : event).push([key.replace(/^case:(?=.)/, ''), canonicalJson(value)]);
    }
    return [...values, sortedObject(event), sortedObject(ofItsCase)];
  };
}

function jsonRecords(resolution: Resolution): Records {
  const { mapping, times } = resolution;
  const named = (role: (typeof roles)[number]) => columnsOf(mapping, role).join('+');
  return {
    relation: sql`select * replace (position::bigint as position), id as source_ref, ${ident('case')} as case_id
      from source_row`,
    times,
    placement: placementOf(resolution),
    locator: { word: 'record', first: 1 },
    fields: {
      case: named('case'),
      activity: named('activity'),
      timestamp: named('timestamp'),
      start: named('start'),
      recorded_at: named('recorded_at')
    }
  };
}
