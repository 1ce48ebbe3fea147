import { z } from 'zod';
import { BadUse } from '#models/log/errors.ts';
import { isEncoding, isZone, parseSystem, type SystemMapping } from './record-mapping.ts';
import { findStream, streamName, streamOf, systems, type FoundStream } from './systems.ts';
import { parseTimeFormat } from './times.ts';

const column = z.string().min(1).max(1_000);

/**
 * Which column of a table of events means what. Whatever is named here wins over guessing; naming any column also switches off the
 * guessing of optional time columns (a second time column may mean anything).
 *
 * In XES and OCEL files the names are attribute keys, and `activity` may also name a declared classifier.
 */
export const TableMapping = z.strictObject({
  case: column.optional(),
  /** One column, or several whose values are joined with `+`. */
  activity: z.union([column, z.array(column).min(1).max(10)]).optional(),
  /** When it happened or was complete. */
  timestamp: column.optional(),
  start: column.optional(),
  recorded_at: column.optional(),
  resource: column.optional(),
  team: column.optional(),
  role: column.optional(),
  system: column.optional(),
  legal_entity: column.optional(),
  lifecycle: column.optional(),
  instance: column.optional(),
  /** The source's own id of an event. Never guessed: two rows of one id are versions of one fact. */
  id: column.optional(),
  /** IANA zone of times that name none, and of days. UTC when absent. */
  zone: z.string().min(1).optional(),
  /**
   * `iso`, `dmy`, `mdy`, `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`, or a pattern: `%d.%m.%Y %H:%M` or
   * `dd.MM.yyyy HH:mm`.
   */
  timestamp_format: z.string().min(1).optional(),
  /** Where in its day an event is placed that has a date and no time. */
  day_at: z.enum(['start', 'end']).optional(),
  /** Columns that describe the case and not the event; `case:…` columns do so anyway. */
  case_attributes: z.array(column).optional(),
  /** Columns to leave out. */
  drop: z.array(column).optional(),
  /** Values that mean "nothing", for example `?`. */
  missing: z.array(z.string()).optional(),
  /** CSV: as `TextDecoder` names it, for example `windows-1252`. */
  encoding: z.string().min(1).optional(),
  /** CSV: one character. */
  delimiter: z.string().length(1).optional(),
  /** XES: fill in the declared defaults where an event or a trace lacks them. */
  apply_globals: z.boolean().optional()
});
export type TableMapping = z.infer<typeof TableMapping>;

/** Records of a system: a stream of a shipped system mapping, or of the user's own. */
export const StreamMapping = z.strictObject({
  /** `planbase/milestones`; by the file's path where the system is the user's own. */
  stream: z.string().min(1).max(1_000).optional(),
  /** The user's own system mapping. */
  system: z.unknown().optional(),
  /** Zones of the offices whose clocks the records are on, from the log's set-up: `{"BER": "Europe/Berlin"}`. */
  offices: z.record(z.string(), z.string()).optional(),
  /** Another zone than the mapping's for times that name none, for example of another server. */
  zone: z.string().min(1).optional()
});
export type StreamMapping = z.infer<typeof StreamMapping>;
export type MappingInput = TableMapping | StreamMapping;

/** What a file's records mean, ready to be read. */
export interface StreamReading extends FoundStream {
  name: string;
  offices: Record<string, string>;
  zone: string | undefined;
}

/** How a table was read: what was asked for, what was guessed, and what else the reader decided. */
export interface UsedTable extends TableMapping {
  /** The roles above that were guessed. */
  guessed?: string[];
  /** How the times of each role's column were read; a time role is absent where the file showed no time of it. */
  time_formats?: Record<string, string>;
  /** Columns read as numbers with a decimal comma. */
  decimal_comma?: string[];
  /** XES: what the file declares. */
  classifiers?: { name: string; scope: string; keys: string[] }[];
  globals?: { scope: string; key: string; value: string }[];
}

/** How the records of a system were read. */
export interface UsedStream {
  stream: string;
  system: string;
  version: string;
  /** Of all that the mapping says of the stream. */
  fingerprint: string;
  zone?: string;
  /** Those that the file's records name. */
  offices?: Record<string, string>;
  time_formats?: Record<string, string>;
}
export type Mapping = UsedTable | UsedStream;

/** The roles that name a column, in the order in which they claim one. */
export const roles = [
  'case',
  'activity',
  'timestamp',
  'start',
  'recorded_at',
  'resource',
  'team',
  'role',
  'system',
  'legal_entity',
  'lifecycle',
  'instance',
  'id'
] as const;
export type Role = (typeof roles)[number];

/**
 * A mapping of columns, a stream of a system, or a whole system mapping: the stream is then the one that the file's path
 * shows, or the only one.
 *
 * @throws {BadUse} when the mapping is not one, or its zone, encoding or time format is unknown
 */
export function parseMapping(input: unknown, path = ''): TableMapping | StreamReading {
  if (typeof input !== 'object' || input === null) return parseTable(input);
  if ('streams' in input) {
    const { zone, offices, ...system } = input as Record<string, unknown>;
    return parseStream({ system, zone, offices }, path);
  }
  const isStream = 'stream' in input || ('system' in input && typeof input.system === 'object');
  return isStream ? parseStream(input, path) : parseTable(input);
}

export const isStreamReading = (mapping: TableMapping | StreamReading): mapping is StreamReading => 'stream' in mapping;

function parseTable(input: unknown): TableMapping {
  const mapping = parsed(TableMapping, input ?? {});
  checkZone(mapping.zone);
  if (mapping.encoding !== undefined && !isEncoding(mapping.encoding)) {
    throw new BadUse(`there is no encoding ${mapping.encoding}`, 'use for example utf-8, utf-16le or windows-1252');
  }
  if (mapping.timestamp_format !== undefined) parseTimeFormat(mapping.timestamp_format);
  return mapping;
}

function parseStream(input: object, path: string): StreamReading {
  const { stream: asked, system, offices = {}, zone } = parsed(StreamMapping, input);
  const among: readonly SystemMapping[] = system === undefined ? systems : [parseSystem(system)];
  const names = among.flatMap((known) => known.streams.map((stream) => streamName({ system: known, stream })));
  const name = asked ?? streamOf(path, among)?.stream ?? (names.length === 1 ? names[0] : undefined);
  const found = name === undefined ? undefined : findStream(name, among);
  if (!found || name === undefined)
    throw new BadUse(
      asked === undefined ? `no stream of the mapping has files like ${path || 'this'}` : `there is no stream ${asked}`,
      `the streams are ${names.join(', ')}`
    );
  checkZone(zone);
  for (const [office, its] of Object.entries(offices))
    if (!isZone(its))
      throw new BadUse(
        `the office ${office} has no time zone ${its}`,
        'correct it in offices in the set-up; use an IANA name, for example Europe/Amsterdam'
      );
  const ownZone = found.stream.times.zone;
  if (zone !== undefined && typeof ownZone === 'object')
    throw new BadUse(`the times of ${name} are on the clocks of each record's place`, 'leave zone away');
  return { ...found, name, offices, zone: zone ?? (typeof ownZone === 'string' ? ownZone : undefined) };
}

function parsed<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, input: unknown) {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new BadUse(
    `the mapping is wrong${where ? ` at ${where}` : ''}: ${issue?.message ?? 'unreadable'}`,
    `it may hold ${Object.keys(schema.shape).join(', ')}`
  );
}

function checkZone(zone: string | undefined): void {
  if (zone !== undefined && !isZone(zone))
    throw new BadUse(`there is no time zone ${zone}`, 'use an IANA name, for example Europe/Amsterdam');
}

/** The columns that a role names, none when it names none. */
export function columnsOf(mapping: TableMapping, role: Role): string[] {
  const named = mapping[role];
  return named === undefined ? [] : typeof named === 'string' ? [named] : named;
}
