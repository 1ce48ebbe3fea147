import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInput, BadUse } from '#models/log/errors.ts';
import { sql } from '#models/store/sql.ts';
import { sizeOf } from './formats/bytes.ts';
import { readCsv } from './formats/csv/read.ts';
import { readJsonRecords } from './formats/ndjson.ts';
import { readOcelJson } from './formats/ocel.ts';
import { readParquet } from './formats/parquet.ts';
import type { Reading } from './formats/reading.ts';
import { sniffFormat } from './formats/sniff.ts';
import { readXes } from './formats/xes/read.ts';
import { isStreamReading, parseMapping } from './mapping/mapping.ts';
import { parsePrevious, reportChange } from './mapping/previous.ts';
import { formatOfStream, readStream } from './mapping/records/read.ts';
import { Findings, type Format, type Progress, type ReadReport } from './report.ts';
import { Staging, stagedTables, type StagedTable } from './staging.ts';

export type { Finding, Format, Progress, ReadReport } from './report.ts';

export interface ReadRequest {
  path: string;
  /** The name the user knows the file by. */
  name: string;
  /** By what the file holds when absent. */
  format?: Format | undefined;
  /** A `MappingInput`; checked here. */
  mapping?: unknown;
  /** `ReadReport.mapping` of the source's last import: its times are read in the same way, and changes are told. */
  previous?: unknown;
  /** A folder of this read alone, for its Parquet files. */
  staging: string;
  memoryLimitBytes?: number | undefined;
}

const readers: Record<Format, (reading: Reading) => Promise<ReadReport>> = {
  csv: readCsv,
  xes: (reading) => readXes(reading),
  'ocel-json': readOcelJson,
  parquet: readParquet,
  ndjson: (reading) => readJsonRecords(reading, 'ndjson'),
  json: (reading) => readJsonRecords(reading, 'json')
};

/**
 * Reads a file of any format into the Parquet files of a staging folder.
 *
 * Records in = events (and objects, where the format counts them; or records, where a mapping makes several things of
 * one) + quarantined records, or it throws.
 *
 * @param onProgress called at most ten times a second
 * @throws {BadInput} when the file cannot be understood; nothing of it may be loaded then
 * @throws {BadUse} when the mapping does not fit the file
 */
export async function readFile(
  request: ReadRequest,
  onProgress: (progress: Progress) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal
): Promise<ReadReport> {
  const file = { path: request.path, name: request.name };
  const mapping = parseMapping(request.mapping, request.path);
  const bytesTotal = await sizeOf(file);
  const format = isStreamReading(mapping)
    ? await formatOfStream(file, mapping)
    : (request.format ?? (await sniffFormat(file)));
  await using staging = await Staging.open({
    folder: request.staging,
    input: format === 'parquet' ? file.path : undefined,
    memoryLimitBytes: request.memoryLimitBytes,
    signal
  });
  const progress = progressOf(bytesTotal, onProgress);
  const previous = parsePrevious(request.previous);
  const findings = new Findings();
  const reading = { file, previous, staging, findings, progress, signal };
  const read = isStreamReading(mapping)
    ? await readStream({ ...reading, mapping }, format)
    : await readers[format]({ ...reading, mapping });
  reportChange(findings, read.mapping, previous);
  const report = { ...read, findings: findings.list() };
  for (const table of Object.keys(stagedTables) as StagedTable[])
    if (!existsSync(join(staging.folder, `${table}.parquet`))) await staging.writeEmpty(table);
  await assertAccounted(staging, report);
  onProgress({ bytesDone: bytesTotal, bytesTotal, rows: report.rowsIn });
  return report;
}

/** What was read is not what was staged: a defect of ours. */
export class RecordsLost extends Error {
  override readonly name = 'RecordsLost';
}

async function assertAccounted(staging: Staging, { rowsIn, countsObjects, countsRecords }: ReadReport): Promise<void> {
  const rows = (table: StagedTable) =>
    sql`(select count(*) from read_parquet(${join(staging.folder, `${table}.parquet`)}))`;
  const counts = countsRecords ? sql`${rows('record')}` : sql`${rows('event')} + ${countsObjects ? rows('object') : 0}`;
  const [counted] = await staging.query<{ staged: number }>(
    sql`select (${counts} + ${rows('quarantine')})::double as staged`
  );
  const staged = counted?.staged ?? 0;
  if (staged !== rowsIn)
    throw new RecordsLost(`${rowsIn} records were read, but ${staged} were staged; nothing may be loaded`);
}

function progressOf(bytesTotal: number, onProgress: (progress: Progress) => void): Reading['progress'] {
  const state = { bytesDone: 0, bytesTotal, rows: 0 };
  let last = performance.now();
  const changed = () => {
    if (performance.now() - last < 100) return;
    last = performance.now();
    onProgress({ ...state });
  };
  return {
    bytes(done) {
      state.bytesDone = done;
      changed();
    },
    rows(done) {
      state.rows = done;
      changed();
    }
  };
}

export interface Failure {
  kind: 'BadInput' | 'BadUse' | 'Internal';
  message: string;
  file: string;
  row?: number | undefined;
  field?: string | undefined;
  fix?: string | undefined;
}

export type FromReader =
  ({ type: 'progress' } & Progress) | { type: 'done'; report: ReadReport } | { type: 'failed'; error: Failure };

/** Of a failure of ours only the first line is told: the rest of it is SQL and values. */
export function failureOf(error: unknown, file: string): Failure {
  if (error instanceof BadInput) return { kind: 'BadInput', message: error.message, ...error.place, file };
  if (error instanceof BadUse) return { kind: 'BadUse', message: error.message, file, fix: error.fix };
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return { kind: 'Internal', message, file };
}

/** As a child process: one request at a time in, progress and the outcome out. It ends with its parent. */
function serveParent(): void {
  const abort = new AbortController();
  const send = (message: FromReader) => process.connected && process.send?.(message);
  process.once('disconnect', () => {
    abort.abort();
    process.exit(1);
  });
  process.on('message', (request: ReadRequest) => {
    readFile(request, (progress) => send({ type: 'progress', ...progress }), abort.signal)
      .then((report) => send({ type: 'done', report }))
      .catch((error: unknown) => send({ type: 'failed', error: failureOf(error, request.name) }));
  });
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) serveParent();
