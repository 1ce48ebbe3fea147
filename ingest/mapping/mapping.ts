import { z } from 'zod';
import { BadUse } from '#models/log/errors.ts';
import { parseTimeFormat } from './times.ts';

const column = z.string().min(1).max(1_000);

/**
 * Which part of a file means what. Whatever is named here wins over guessing; naming any column also switches off the
 * guessing of optional time columns (a second time column may mean anything).
 *
 * In XES and OCEL files the names are attribute keys, and `activity` may also name a declared classifier.
 */
export const MappingInput = z.strictObject({
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
export type MappingInput = z.infer<typeof MappingInput>;

/** A mapping as it was used: what was asked for, what was guessed, and what else the reader decided. */
export interface Mapping extends MappingInput {
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

/** @throws {BadUse} when the mapping is not one, or its zone, encoding or time format is unknown */
export function parseMapping(input: unknown): MappingInput {
  const parsed = MappingInput.safeParse(input ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new BadUse(
      `the mapping is wrong${where ? ` at ${where}` : ''}: ${issue?.message ?? 'unreadable'}`,
      `it may hold ${Object.keys(MappingInput.shape).join(', ')}`
    );
  }
  const mapping = parsed.data;
  if (mapping.zone !== undefined && !isZone(mapping.zone)) {
    throw new BadUse(`there is no time zone ${mapping.zone}`, 'use an IANA name, for example Europe/Amsterdam');
  }
  if (mapping.encoding !== undefined && !isEncoding(mapping.encoding)) {
    throw new BadUse(`there is no encoding ${mapping.encoding}`, 'use for example utf-8, utf-16le or windows-1252');
  }
  if (mapping.timestamp_format !== undefined) parseTimeFormat(mapping.timestamp_format);
  return mapping;
}

/** The columns that a role names, none when it names none. */
export function columnsOf(mapping: MappingInput, role: Role): string[] {
  const named = mapping[role];
  return named === undefined ? [] : typeof named === 'string' ? [named] : named;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    // "+02:00" is accepted there, but it is an offset and not a zone, and the database does not know it.
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

function isEncoding(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}
