import { z } from 'zod';
import type { Findings } from '#ingest/report.ts';
import { timeRoles, type Resolution, type TimeRole } from './infer.ts';
import { columnsOf, roles, TableMapping, type Mapping, type UsedStream, type UsedTable } from './mapping.ts';
import { describeTimeFormat, parseTimeFormat, type TimeFormat } from './times.ts';

/** The mapping of a source's last import, as its report gave it: what of it decides how rows are read. */
const PreviousTable = z.object({ ...TableMapping.shape, time_formats: z.record(z.string(), z.string()).optional() });
const PreviousStream = z.object({
  stream: z.string(),
  version: z.string(),
  fingerprint: z.string(),
  zone: z.string().optional(),
  offices: z.record(z.string(), z.string()).optional()
});
type PreviousTable = z.infer<typeof PreviousTable>;
type PreviousStream = z.infer<typeof PreviousStream>;
export type Previous = PreviousTable | PreviousStream;
const isStream = <Table extends object, Stream extends { stream: string }>(used: Table | Stream): used is Stream =>
  'stream' in used;

/** What is no mapping (any more) says nothing about how a file is to be read. */
export function parsePrevious(input: unknown): Previous | undefined {
  return PreviousStream.safeParse(input).data ?? PreviousTable.safeParse(input).data;
}

/** How the last import read the times of a column; undefined when it did not, or the column had a type of its own. */
export function previousFormat(previous: Previous | undefined, column: string): TimeFormat | undefined {
  if (previous === undefined || isStream(previous)) return undefined;
  const role = timeRoles.find((name) => previous[name] === column);
  const text = role && previous.time_formats?.[role];
  if (text === undefined || isTyped(text)) return undefined;
  try {
    return parseTimeFormat(text);
  } catch {
    return undefined;
  }
}
const isTyped = (format: string) => ['timestamp', 'timestamptz', 'date'].includes(format);

/**
 * A file that grew must not be read the other way round, or all its old rows come in again: unless the user names a
 * format, each time column keeps the one of the last import. Returns the kept formats that are not the file's own.
 */
export function keepFormats(
  { mapping, times, unseen }: Pick<Resolution, 'mapping' | 'times' | 'unseen'>,
  previous: Previous | undefined
): Partial<Record<TimeRole, string>> {
  if (mapping.timestamp_format !== undefined) return {};
  const kept: Partial<Record<TimeRole, string>> = {};
  for (const role of timeRoles) {
    const own = times[role];
    const [column] = columnsOf(mapping, role);
    if (own === undefined || own.kind === 'typed' || column === undefined) continue;
    const before = previousFormat(previous, column);
    if (before === undefined) continue;
    unseen.delete(role);
    if (describeTimeFormat(before) === describeTimeFormat(own)) continue;
    times[role] = before;
    kept[role] = describeTimeFormat(before);
  }
  return kept;
}

/** One finding when rows are read in another way than at the last import: what is read otherwise is another fact. */
export function reportChange(findings: Findings, now: Mapping, previous: Previous | undefined): void {
  if (previous === undefined) return;
  if (isStream(now)) {
    const changed = isStream(previous) ? streamChanges(now, previous) : [`a table of events before, ${now.stream} now`];
    if (changed.length > 0) findings.add('mapping_changed', streamChanged, changed.join('; '));
    return;
  }
  const changed = isStream(previous)
    ? [`${previous.stream} before, a table of events now`]
    : tableChanges(now, previous);
  if (changed.length > 0) findings.add('mapping_changed', tableChanged, changed.join('; '));
}

const tableChanged =
  'rows are read differently than at the last import of this source: those that came in before now count as new, beside the old ones; delete the log and import it again, or use the former mapping';
const streamChanged =
  'records are read differently than at the last import of this stream: those that come in again replace what was read then; import all its files again';

/** Streams of one source are no versions of each other. An office that is new says nothing of those known before. */
function streamChanges(now: UsedStream, before: PreviousStream): string[] {
  if (now.stream !== before.stream) return [];
  const version = (used: PreviousStream) => `version ${used.version} (${used.fingerprint})`;
  const pairs: [string, string | undefined, string | undefined][] = [
    ['mapping', version(before), version(now)],
    ['zone', before.zone, now.zone],
    ...Object.keys(now.offices ?? {})
      .filter((office) => before.offices?.[office] !== undefined)
      .map((office): [string, string | undefined, string | undefined] => [
        `zone of ${office}`,
        before.offices?.[office],
        now.offices?.[office]
      ])
  ];
  return pairs.flatMap(([what, then = 'none', today = 'none']) =>
    then === today ? [] : [`${what}: ${then} before, ${today} now`]
  );
}

const defaults = { zone: 'UTC', day_at: 'start', apply_globals: false } as const;

function tableChanges(now: UsedTable, before: PreviousTable): string[] {
  const said = [
    ...roles.map((role) => [role, columnsOf(before, role).join('+'), columnsOf(now, role).join('+')]),
    ...(['zone', 'day_at', 'apply_globals'] as const).map((key) => [
      key,
      String(before[key] ?? defaults[key]),
      String(now[key] ?? defaults[key])
    ]),
    ...(['case_attributes', 'drop', 'missing'] as const).map((key) => [key, setOf(before[key]), setOf(now[key])]),
    ...timeRoles.map((role) => {
      const formats = [before.time_formats?.[role], now.time_formats?.[role]];
      const isTold = formats.every((format) => format !== undefined && !isTyped(format));
      return [`format of ${role}`, ...(isTold ? formats : [])];
    })
  ];
  return said.flatMap(([what, then = '', today = '']) =>
    then === today ? [] : [`${what}: ${then || 'none'} before, ${today || 'none'} now`]
  );
}

const setOf = (values: readonly string[] | undefined): string => [...new Set(values)].sort().join(', ');
