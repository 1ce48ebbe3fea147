import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeOf } from './formats/bytes.ts';
import { csvHead } from './formats/csv/dialect.ts';
import { jsonHead } from './formats/ndjson.ts';
import { parquetColumns } from './formats/parquet.ts';
import { sniffFormat } from './formats/sniff.ts';
import { resolve, type Column } from './mapping/infer.ts';
import {
  columnsOf,
  isStreamReading,
  parseMapping,
  roles,
  type StreamReading,
  type TableMapping
} from './mapping/mapping.ts';
import { formatOfStream } from './mapping/records/read.ts';
import { streamOfColumns } from './mapping/recognise.ts';
import { streamOf } from './mapping/systems.ts';
import { Findings, type Format } from './report.ts';
import { Staging } from './staging.ts';

export interface Preview {
  format: Format;
  /** None where the file says itself what its parts mean (XES, OCEL). */
  columns: { name: string; samples: string[]; guess: string | null }[];
  /** What an import would use; may be sent back as the mapping, changed or not. */
  mapping: TableMapping;
  /** What stands in the way, and what is worth a look. */
  problems: string[];
  rows_sampled: number;
  /** The export of a system: what its records mean is known. `stream` may be sent back as a mapping of its own. */
  recognised?: { system: string; stream: string };
}

export interface PreviewRequest {
  path: string;
  name: string;
  mapping?: unknown;
  /** Where a folder of its own can be made for the time being; the system's by default. */
  staging?: string | undefined;
}

const shownSamples = 5;

/**
 * What is in a table, from its head: its columns, and what each seems to mean.
 *
 * @throws {BadInput} when the file is of no known format
 * @throws {BadUse} when the mapping names a column that is not there
 */
export async function preview({ path, name, mapping, staging }: PreviewRequest): Promise<Preview> {
  const file = { path, name };
  const asked = parseMapping(mapping, path);
  await sizeOf(file);
  const known = mapping === undefined ? streamOf(name)?.stream : undefined;
  if (isStreamReading(asked)) return previewOfStream(file, asked);
  if (known !== undefined) return previewOfStream(file, parseMapping({ stream: known }) as StreamReading);
  const format = await sniffFormat(file);
  const findings = new Findings();
  if (format === 'xes' || format === 'ocel-json')
    return { format, columns: [], mapping: asked, problems: [], rows_sampled: 0 };
  const { columns, rows } = await headOfTable(format, file, asked, findings, staging);
  if (mapping === undefined && format !== 'parquet') {
    const names = columns.map((column) => column.name);
    const found = streamOfColumns(names, format === 'csv');
    if (found) return previewOfStream(file, parseMapping({ stream: found.stream }) as StreamReading);
  }
  const resolution = resolve(columns, asked);
  const guessed = new Map<string, string>();
  for (const role of roles) for (const column of columnsOf(resolution.mapping, role)) guessed.set(column, role);
  for (const { column } of resolution.caseAttributes) guessed.set(column, 'case_attribute');
  return {
    format,
    columns: columns.map((column) => ({
      name: column.name,
      samples: samplesOf(column),
      guess: guessed.get(column.name) ?? null
    })),
    mapping: resolution.mapping,
    problems: [
      ...resolution.lacking.map((role) => `No column was found for the ${role}: choose one.`),
      ...resolution.ambiguous.map(
        (column) =>
          `${column}: days and months could be either way round; they are read day-first unless later rows tell.`
      ),
      ...findings.list().map(({ message }) => sentence(message))
    ],
    rows_sampled: rows
  };
}

/** Nothing is to be mapped: the columns are shown, and which of them the mapping does not name. */
async function previewOfStream(file: { path: string; name: string }, reading: StreamReading): Promise<Preview> {
  const { stream, system, name } = reading;
  const format = await formatOfStream(file, reading);
  const findings = new Findings();
  const { columns, rows } =
    format === 'csv'
      ? await csvHead(file, { delimiter: stream.delimiter, encoding: stream.encoding, hasHeader: true }, findings)
      : await jsonHead(file, format === 'json' ? 'json' : 'ndjson');
  return {
    format,
    columns: columns.map((column) => ({ name: column.name, samples: samplesOf(column), guess: null })),
    mapping: {},
    problems: findings.list().map(({ message }) => sentence(message)),
    rows_sampled: rows,
    recognised: { system: system.system, stream: name }
  };
}

const samplesOf = ({ samples }: Column) => [...new Set(samples.filter((text) => text !== ''))].slice(0, shownSamples);
const sentence = (message: string) => `${message[0]?.toUpperCase()}${message.slice(1)}.`;

async function headOfTable(
  format: 'csv' | 'ndjson' | 'json' | 'parquet',
  file: { path: string; name: string },
  mapping: TableMapping,
  findings: Findings,
  staging: string | undefined
): Promise<{ columns: Column[]; rows: number }> {
  if (format === 'csv') return csvHead(file, mapping, findings);
  if (format !== 'parquet') return jsonHead(file, format);
  const folder = staging ? join(staging, randomUUID()) : await mkdtemp(join(tmpdir(), 'preview-'));
  try {
    const signal = new AbortController().signal;
    await using database = await Staging.open({ folder, input: file.path, signal });
    const columns = await parquetColumns(database, file);
    return { columns, rows: columns[0]?.samples.length ?? 0 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
