import { BadInput, BadUse } from '#models/log/errors.ts';
import { columnsOf, roles, type UsedTable, type TableMapping, type Role } from './mapping.ts';
import { describeTimeFormat, detectTime, parseTimeFormat, type TimeFormat } from './times.ts';

/** A column of a table, with values from the head of its file. */
export interface Column {
  name: string;
  samples: string[];
  /** Set where the file itself says so (Parquet); else the column is text. */
  type?: 'timestamp' | 'timestamptz' | 'date' | 'other';
}

/** What each column means, decided on the head of a file. */
export interface Resolution {
  mapping: TableMapping;
  /** Roles that nobody named. */
  guessed: Role[];
  times: Partial<Record<TimeRole, TimeFormat>>;
  /** Times whose column shows none in the head: their format is only assumed. */
  unseen: Set<TimeRole>;
  /** Columns whose days and months could be either way round. */
  ambiguous: string[];
  caseAttributes: { column: string; key: string }[];
  eventAttributes: { column: string; key: string }[];
  /** Needed roles without a column. */
  lacking: Role[];
}

export const timeRoles = ['timestamp', 'start', 'recorded_at'] as const;
export type TimeRole = (typeof timeRoles)[number];

/** Names that say what a column is, likeliest first; compared in lower case without anything but letters and digits. */
const names: Record<Role, string[]> = {
  case: [
    'caseconceptname',
    'caseid',
    'case',
    'caseidentifier',
    'casekey',
    'casenumber',
    'traceid',
    'processinstanceid'
  ],
  activity: [
    'conceptname',
    'activity',
    'activityname',
    'event',
    'eventname',
    'task',
    'taskname',
    'eventtype',
    'action'
  ],
  timestamp: [
    ...['timetimestamp', 'timestamp', 'completetimestamp', 'completetime', 'completiontime', 'endtime', 'endtimestamp'],
    ...['enddate', 'end', 'complete', 'completed', 'completedat', 'finishedat', 'finishtime', 'eventtime', 'datetime'],
    ...['time', 'occurredat', 'happenedat', 'date']
  ],
  start: ['starttimestamp', 'starttime', 'start', 'startdate', 'startedat', 'begintime', 'begin'],
  recorded_at: ['recordedat'],
  resource: [
    'orgresource',
    'resource',
    'resourcename',
    'user',
    'userid',
    'username',
    'performer',
    'employee',
    'person'
  ],
  team: ['orggroup', 'team', 'group', 'department', 'assignmentgroup'],
  role: ['orgrole', 'role'],
  system: ['system', 'sourcesystem', 'application'],
  legal_entity: ['legalentity'],
  lifecycle: ['lifecycletransition', 'lifecycle', 'transition'],
  instance: ['conceptinstance', 'activityinstance', 'activityinstanceid'],
  id: []
};
const needed: Role[] = ['case', 'activity', 'timestamp'];

/**
 * Decides what each column means. What the mapping names stands; the rest is guessed from names, and time columns from
 * their values too. Decided on the head of the file only, so that a file that grew reads the same.
 *
 * @throws {BadUse} when the mapping names a column that is not there
 */
export function resolve(columns: readonly Column[], asked: TableMapping): Resolution {
  const mapping: TableMapping = { ...asked };
  const find = (name: string) => findColumn(columns, name);
  const taken = new Set<string>();
  for (const role of roles) {
    const found = columnsOf(asked, role).map(find);
    found.forEach((name) => taken.add(name));
    assign(mapping, role, found);
  }
  mapping.case_attributes = asked.case_attributes?.map(find);
  mapping.drop = asked.drop?.map(find);
  for (const name of mapping.drop ?? []) taken.add(name);

  const isAnyNamed = roles.some((role) => asked[role] !== undefined);
  const guessed: Role[] = [];
  for (const role of roles) {
    const isOptionalTime = role === 'start' || role === 'recorded_at';
    if (asked[role] !== undefined || (isAnyNamed && isOptionalTime)) continue;
    const guess = guessColumn(columns, role, taken);
    if (guess === undefined) continue;
    taken.add(guess);
    assign(mapping, role, [guess]);
    guessed.push(role);
  }
  // A table with a start and no end has its events happen at the start.
  if (mapping.timestamp === undefined && mapping.start !== undefined && guessed.includes('start')) {
    mapping.timestamp = mapping.start;
    delete mapping.start;
    guessed.splice(guessed.indexOf('start'), 1, 'timestamp');
  }
  const others = columns.filter(({ name }) => !taken.has(name));
  const describesCase = (name: string) => name.startsWith('case:') || mapping.case_attributes?.includes(name) === true;
  const attribute = ({ name }: Column) => ({ column: name, key: name.replace(/^case:(?=.)/, '') });
  return {
    mapping: pruned(mapping),
    guessed,
    ...timeFormats(columns, mapping),
    caseAttributes: unique(others.filter(({ name }) => describesCase(name)).map(attribute)),
    eventAttributes: unique(others.filter(({ name }) => !describesCase(name)).map(attribute)),
    lacking: needed.filter((role) => mapping[role] === undefined)
  };
}

/** @throws {BadInput} naming the columns and how to say which is which */
export function requireRoles({ lacking }: Resolution, columns: readonly Column[], file: string): void {
  const [first] = lacking;
  if (first === undefined) return;
  const shown = columns.slice(0, 60).map(({ name }) => name);
  const more = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : '';
  throw new BadInput(
    `${file}: cannot tell which column is the ${lacking.join(' or the ')}; its columns are ${shown.join(', ')}${more}`,
    { file, field: first, fix: `name ${lacking.map((role) => `--${role} COLUMN`).join(' ')}, or give a mapping` }
  );
}

/** A mapping for the report: what was used, what was guessed, how times were read. */
export function usedMapping(resolution: Resolution): UsedTable {
  const { mapping, guessed } = resolution;
  return { ...mapping, guessed, time_formats: timeFormatsOf(resolution) };
}

/** How the times of each role were read, as `timestamp_format` takes it. */
export function timeFormatsOf({ times, unseen }: Pick<Resolution, 'times' | 'unseen'>): Record<string, string> {
  return Object.fromEntries(
    timeRoles.flatMap((role) => {
      const format = times[role];
      return format === undefined || unseen.has(role) ? [] : [[role, describeTimeFormat(format)]];
    })
  );
}

function findColumn(columns: readonly Column[], name: string): string {
  if (columns.some((column) => column.name === name)) return name;
  const alike = columns.filter((column) => column.name.toLowerCase() === name.trim().toLowerCase());
  if (alike.length === 1 && alike[0]) return alike[0].name;
  throw new BadUse(`there is no column ${name}`, `the columns are ${columns.map((column) => column.name).join(', ')}`);
}

function assign(mapping: TableMapping, role: Role, found: string[]): void {
  const [first] = found;
  if (first === undefined) return;
  if (role === 'activity' && found.length > 1) mapping.activity = found;
  else mapping[role] = first;
}

function guessColumn(columns: readonly Column[], role: Role, taken: ReadonlySet<string>): string | undefined {
  const isTime = (timeRoles as readonly string[]).includes(role);
  for (const wanted of names[role]) {
    const found = columns.find(
      (column) =>
        !taken.has(column.name) && plain(column.name) === wanted && (isTime ? looksLikeTime(column) : !isTyped(column))
    );
    if (found) return found.name;
  }
  return undefined;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const isTyped = ({ type }: Column) => type !== undefined && type !== 'other';
const looksLikeTime = (column: Column) =>
  isTyped(column) || column.samples.every((sample) => sample.trim() === '') || detectTime(column.samples) !== undefined;

/** One way round for all numeric dates of a file: a column that could be either follows one that could not. */
function timeFormats(
  columns: readonly Column[],
  mapping: TableMapping
): Pick<Resolution, 'times' | 'unseen' | 'ambiguous'> {
  const times: Resolution['times'] = {};
  const unseen = new Set<TimeRole>();
  const unsure: { role: TimeRole; name: string }[] = [];
  for (const role of timeRoles) {
    const column = columns.find(({ name }) => name === mapping[role]);
    if (!column) continue;
    if (column.type !== undefined && column.type !== 'other') {
      times[role] = { kind: 'typed', type: column.type };
    } else if (mapping.timestamp_format !== undefined) {
      times[role] = parseTimeFormat(mapping.timestamp_format);
    } else {
      const detected = detectTime(column.samples);
      times[role] = detected?.format ?? { kind: 'parts', order: 'ymd' };
      if (!detected) unseen.add(role);
      if (detected?.isAmbiguous) unsure.push({ role, name: column.name });
    }
  }
  if (unsure.length === 0) return { times, unseen, ambiguous: [] };
  const settled = columns.flatMap(({ samples, type }) => {
    const detected = type === undefined || type === 'other' ? detectTime(samples) : undefined;
    const isSettled = detected && !detected.isAmbiguous && detected.format.kind === 'parts';
    return isSettled && /^(dmy|mdy)$/.test(describeTimeFormat(detected.format)) ? [detected.format] : [];
  });
  const monthFirst = settled.filter((format) => describeTimeFormat(format) === 'mdy').length;
  const order = monthFirst * 2 > settled.length ? 'mdy' : 'dmy';
  for (const { role } of unsure) times[role] = { kind: 'parts', order };
  return { times, unseen, ambiguous: settled.length === 0 ? unsure.map(({ name }) => name) : [] };
}

/** Two columns may end in one key (`x` and `case:x` do not, `case:x` twice would): the second keeps its full name. */
function unique(attributes: { column: string; key: string }[]): { column: string; key: string }[] {
  const seen = new Set<string>();
  return attributes.map(({ column, key }) => {
    const free = seen.has(key) ? column : key;
    seen.add(free);
    return { column, key: free };
  });
}

function pruned(mapping: TableMapping): TableMapping {
  return Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined)) as TableMapping;
}
