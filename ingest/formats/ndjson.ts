import { reportZone, stageRecords, type Records } from '#ingest/mapping/compile.ts';
import { requireRoles, resolve, usedMapping, type Column, type Resolution } from '#ingest/mapping/infer.ts';
import { columnsOf, roles, type TableMapping } from '#ingest/mapping/mapping.ts';
import { reportAmbiguous } from '#ingest/mapping/order.ts';
import { keepFormats } from '#ingest/mapping/previous.ts';
import { placementOf } from '#ingest/mapping/table.ts';
import type { ReadReport } from '#ingest/report.ts';
import { ident, sql } from '#models/store/sql.ts';
import type { InputFile } from './bytes.ts';
import { JsonBroken } from './json-elements.ts';
import { jsonSplitter, jsonStart, loadJsonRows, rowOf, type JsonRow, type JsonShape } from './json-records.ts';
import { canonicalJson, columnText, sortedObject, Unparsed } from './json-values.ts';
import type { Reading } from './reading.ts';

/**
 * Reads JSON records: one object a line (`ndjson`), or one array of objects (`json`). A member is a column; what is
 * nested stays JSON in the event's attributes. A line that is no object, or is nested too deep, goes to quarantine as it is.
 */
export async function readJsonRecords(reading: Reading, shape: JsonShape): Promise<ReadReport> {
  const { file, mapping: asked, previous, findings, staging } = reading;
  const { columns, isByLine } = await jsonHead(file, shape);
  const resolution = resolve(columns, asked);
  requireRoles(resolution, columns, file.name);
  const describe = describer(resolution.mapping);
  const rowsIn = await loadJsonRows(
    reading,
    { shape, isByLine },
    [...roles, 'attributes', 'case_attributes'],
    describe
  );
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
export async function jsonHead(
  file: InputFile,
  shape: JsonShape
): Promise<{ columns: Column[]; rows: number; isByLine: boolean }> {
  const { text: head, isByLine } = await jsonStart(file, shape);
  const samples = new Map<string, string[]>();
  let rows = 0;
  const split = jsonSplitter(shape, isByLine, (text) => {
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
    split.write(head);
    if (rows === 0) split.end();
  } catch (error) {
    if (!(error instanceof JsonBroken)) throw error;
  }
  return { columns: [...samples].map(([name, found]) => ({ name, samples: found })), rows, isByLine };
}

/** A row as the texts of the roles, then its other members as attributes of the event and of the case. */
function describer(mapping: TableMapping): (row: JsonRow) => (string | null)[] {
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
