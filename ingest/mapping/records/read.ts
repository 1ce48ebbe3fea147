import { csvHead } from '#ingest/formats/csv/dialect.ts';
import { lineAgain, loadRows } from '#ingest/formats/csv/read.ts';
import type { InputFile } from '#ingest/formats/bytes.ts';
import { jsonStart, loadJsonRows, type JsonRow } from '#ingest/formats/json-records.ts';
import { canonicalJson, columnText, sortedObject } from '#ingest/formats/json-values.ts';
import type { Reading } from '#ingest/formats/reading.ts';
import { sniffFormat } from '#ingest/formats/sniff.ts';
import type { StreamReading, UsedStream } from '#ingest/mapping/mapping.ts';
import type { Stream } from '#ingest/mapping/record-mapping.ts';
import { fingerprint } from '#ingest/mapping/systems.ts';
import type { Format, ReadReport } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { BadInput } from '#models/log/errors.ts';
import { ident, join, sql, type Sql } from '#models/store/sql.ts';
import { checksOf, explained, failures, overflows, type Check } from './checks.ts';
import { Clocks, reportClocks } from './clocks.ts';
import { Fields } from './fields.ts';
import { readLevels, zoneOf } from './levels.ts';
import { stageStream } from './stage.ts';
import { levelTable } from './tables.ts';
import { reportUnmapped, unmappedColumns, unmappedMembers, type Unmapped } from './unmapped.ts';

export type StreamRequest = Omit<Reading, 'mapping'> & { mapping: StreamReading };

/** How a file of a stream is written. @throws {BadInput} when it is not at all what the mapping is for */
export async function formatOfStream(file: InputFile, { stream, name }: StreamReading): Promise<Format> {
  const found = await sniffFormat(file);
  const isJson = found === 'json' || found === 'ndjson';
  if (stream.format === 'csv' ? found === 'csv' : isJson) return found;
  throw new BadInput(`${file.name} is ${found}, and records of ${name} come as ${stream.format}`, {
    file: file.name,
    fix: 'export it again, or import it with another mapping'
  });
}

/** What was loaded into `source_row`. */
interface Source {
  rowsIn: number;
  /** `position`, the text of each field of the record, and what else its table is to carry. */
  records: Sql;
  /** The values of the fields that the mapping names, in its order, and of all others, in that of their names. */
  named: { value: Sql }[];
  others: { name: string; value: Sql }[];
  /** Columns that nobody names; of JSON they are only known when it is read. */
  unmapped: Unmapped[] | undefined;
  locator: { word: string; first: number };
  raw: Sql;
}

/**
 * Reads the records of a system's export and stages what its mapping makes of them: objects, events, changes, links and
 * references. A record of which anything cannot be read goes to quarantine as a whole.
 *
 * Records in = records staged + quarantined.
 */
export async function readStream(request: StreamRequest, format: Format): Promise<ReadReport> {
  const { staging, mapping, findings } = request;
  const { stream, system, offices, zone } = mapping;
  const fields = new Fields(stream);
  const hasZone = typeof stream.times.zone === 'object' || zone !== undefined;
  const checks = checksOf(stream, fields, hasZone);
  const source = format === 'csv' ? await loadCsv(request, fields) : await loadJson(request, fields, format);
  await readLevels(staging, {
    stream,
    fields,
    checks,
    clocks: await Clocks.open(staging, stream),
    zone: zoneOf(stream, fields, offices, zone),
    source: source.records
  });
  await stageProblems(staging, stream, checks, source);
  const times = fields.all.filter(({ types }) => types.has('time'));
  const tables = times.map(({ name, column, list }) => ({ name, column, table: levelTable(list) }));
  await stageRecord(staging, mapping, fields, source);
  await reportClocks(staging, tables, findings);
  const unmapped = source.unmapped ?? (await unmappedMembers(staging, stream, fields));
  reportUnmapped(findings, stream, unmapped);
  await stageStream(staging, { stream, system: system.system, fields, unmapped, findings });
  const used = await usedOffices(staging, request, fields);
  return {
    format,
    rowsIn: source.rowsIn,
    countsObjects: false,
    countsRecords: true,
    emptyCases: 0,
    mapping: {
      stream: mapping.name,
      system: system.system,
      version: system.version,
      fingerprint: fingerprint(mapping),
      ...(zone === undefined ? {} : { zone }),
      ...used
    },
    findings: findings.list()
  };
}

async function loadCsv(request: StreamRequest, fields: Fields): Promise<Source> {
  const { file, mapping, findings } = request;
  const { stream } = mapping;
  const { delimiter, encoding } = stream;
  const said = { ...(delimiter && { delimiter }), ...(encoding && { encoding }) };
  const head = await csvHead(file, { ...said, hasHeader: true }, findings);
  const columns = head.columns.map(({ name }, i) => ({ name, value: ident(`c${i}`) }));
  const value = (name: string) => columns.find((column) => column.name === name)?.value;
  requireColumns(request, (name) => value(name) !== undefined);
  const rowsIn = await loadRows(request, head);
  const absent = fields.all.filter(({ name }) => value(name) === undefined).map(({ name }) => name);
  findings.add(
    'missing_column',
    'columns that the mapping names and the file does not have; nothing is made of them',
    absent.join(', '),
    absent.length
  );
  const named = new Set(fields.all.map(({ name }) => name));
  const others = columns.filter(({ name }) => !named.has(name));
  const own = fields.all.map(
    ({ name, column }) => sql`nullif(trim(${value(name) ?? sql`null::varchar`}), '') as ${ident(column)}`
  );
  const kept = others.map((column) => sql`${column.value} as ${column.value}`);
  return {
    rowsIn,
    records: sql`select *, ${sourceRef(stream, fields)} from (
      select position::bigint as position, ${join([...own, ...kept], ', ')} from source_row)`,
    named: fields.all.map(({ column }) => ({ value: ident(column) })),
    others: [...others].sort((a, b) => (a.name < b.name ? -1 : 1)),
    unmapped: unmappedColumns(others),
    locator: { word: 'row', first: 2 },
    raw: lineAgain(
      columns.map((column) => column.value),
      head.dialect.delimiter
    )
  };
}

/** Parts of an id stand with `/` between them; one that holds a `/` says so, or two records would be one. */
const sourceRef = (stream: Stream, fields: Fields): Sql => {
  const part = (column: Sql) => sql`replace(replace(${column}, '\\', '\\\\'), '/', '\\/')`;
  const columns = stream.id.map((name) => fields.column(name));
  const id = columns.length === 1 ? columns : columns.map(part);
  return sql`${`${stream.name}:`} || ${join(id, ` || '/' || `)} as source_ref`;
};

async function loadJson(request: StreamRequest, fields: Fields, format: Format): Promise<Source> {
  const shape = format === 'json' ? 'json' : 'ndjson';
  const { isByLine } = await jsonStart(request.file, shape);
  const own = fields.in('');
  const { stream } = request.mapping;
  const rowsIn = await loadJsonRows(
    request,
    { shape, isByLine },
    [...own.map(({ column }) => column), 'others'],
    memberTexts(own.map(({ name }) => name))
  );
  const texts = own.map(({ column }) => sql`nullif(trim(${ident(column)}), '') as ${ident(column)}`);
  return {
    rowsIn,
    records: sql`select *, ${sourceRef(stream, fields)} from (
      select position::bigint as position, ${join(texts, ', ')}, others from source_row)`,
    named: own.map(({ column }) => ({ value: ident(column) })),
    others: [{ name: '', value: ident('others') }],
    unmapped: undefined,
    locator: { word: 'record', first: 1 },
    raw: sql`raw`
  };
}

/** The texts of some members of a record, by their paths, and all others together as JSON. */
function memberTexts(names: readonly string[]): (row: JsonRow) => (string | null)[] {
  const places = new Map(names.map((name, i) => [name, i]));
  const inner = new Set(names.flatMap((name) => [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index))));
  const isInner = inner.size > 0;
  return (row) => {
    const texts = new Array<string | null>(names.length + 1).fill(null);
    const others: [string, string][] = [];
    const walk = (value: JsonRow, prefix: string) => {
      for (const key in value) {
        const member = value[key];
        if (member === null || member === '') continue;
        const name = prefix + key;
        const place = places.get(name);
        if (place !== undefined) texts[place] = typeof member === 'object' ? canonicalJson(member) : columnText(member);
        else if (isInner && inner.has(name) && typeof member === 'object' && !Array.isArray(member))
          walk(member as JsonRow, `${name}.`);
        else others.push([name, canonicalJson(member)]);
      }
    };
    walk(row, '');
    texts[names.length] = sortedObject(others);
    return texts;
  };
}

/** @throws {BadInput} when the file has not even the columns that every record needs */
function requireColumns({ file, mapping }: StreamRequest, has: (name: string) => boolean): void {
  const { stream, name } = mapping;
  const lacking = [...new Set([...stream.id, ...stream.required])].filter((field) => !has(field));
  const [first] = lacking;
  if (first === undefined) return;
  throw new BadInput(`${file.name} has no column ${lacking.join(', ')}, which records of ${name} must have`, {
    file: file.name,
    field: first,
    fix: 'export it with all its columns, or import it with another mapping'
  });
}

/** The table `problem`, a row for each record that is not taken, and the staged quarantine. */
async function stageProblems(
  staging: Staging,
  stream: Stream,
  checks: readonly Check[],
  source: Source
): Promise<void> {
  const ofRows = ['', ...stream.lists].map((list) => failures(checks, list, levelTable(list)));
  const failed = [...ofRows, ...overflows(stream, checks)];
  await staging.execute(sql`
    create or replace temp table problem as
    select position, min(code) as code, arg_min(about, code) as about
    from (${join(failed, ' union all ')}) group by position`);
  const locator = sql`${source.locator.word} || ' ' || (position + ${source.locator.first})::bigint`;
  await staging.write(
    'quarantine',
    sql`select position::bigint as position, ${locator} as locator, reason, field, fix, raw from (
      select position, reason, field, fix, raw from rejected union all
      select e.position, e.reason, e.field, e.fix, ${source.raw} as raw
      from (${explained(checks)}) e join source_row s on s.position = e.position
    ) order by position`
  );
}

/**
 * The staged records.
 *
 * The digest of a record covers how it is read, too: after a change of the mapping or of a zone it counts as a new version,
 * which replaces what the old reading said.
 */
async function stageRecord(staging: Staging, mapping: StreamReading, fields: Fields, source: Source): Promise<void> {
  const { stream } = mapping;
  const recordedAt = stream.recorded_at === undefined ? sql`null::timestamp` : fields.instant(stream.recorded_at);
  // What nobody names may come and go: it counts where it is filled, by its name.
  const others = source.others.map(({ name, value }) => sql`${name} || '=' || nullif(${value}, '')`);
  const named = source.named.map(({ value }) => sql`coalesce(${value}, '')`);
  await staging.write(
    'record',
    sql`select position, ${stream.name} as stream, source_ref,
        md5(concat_ws(chr(31), ${fingerprint(mapping)}, coalesce(zone, ''), ${join([...named, ...others], ', ')})) as content,
        ${recordedAt} as recorded_at
      from ${levelTable('')} anti join problem using (position) order by position`
  );
}

async function usedOffices(
  staging: Staging,
  { mapping }: StreamRequest,
  fields: Fields
): Promise<Pick<UsedStream, 'offices'>> {
  const { zone } = mapping.stream.times;
  if (typeof zone !== 'object' || !('office' in zone)) return {};
  const rows = await staging.query<{ office: string; zone: string }>(
    sql`select distinct ${fields.column(zone.office)} as office, zone from ${levelTable('')} where zone is not null order by office`
  );
  return { offices: Object.fromEntries(rows.map(({ office, zone: its }) => [office, its])) };
}
