import { rejectedColumns, reportZone, stageRecords } from '#ingest/mapping/compile.ts';
import { columnsOf, type UsedTable, type TableMapping, type Role } from '#ingest/mapping/mapping.ts';
import { isIsoTime, timeReader, type TimeFormat } from '#ingest/mapping/times.ts';
import type { Findings, ReadReport } from '#ingest/report.ts';
import type { Staging, TableWriter } from '#ingest/staging.ts';
import { BadInput } from '#models/log/errors.ts';
import { sql } from '#models/store/sql.ts';
import { bytesOf } from './bytes.ts';
import { JsonBroken, JsonSplitter } from './json-elements.ts';
import { canonicalJson, columnText, parseRecord, sortedObject, Unparsed } from './json-values.ts';
import type { Reading } from './reading.ts';
import { textOf } from './text.ts';

/** Attributes of events that are taken for a role, likeliest first. */
const roleNames = {
  resource: ['org:resource', 'resource'],
  team: ['org:group', 'team'],
  role: ['org:role', 'role'],
  lifecycle: ['lifecycle:transition', 'lifecycle'],
  instance: ['concept:instance'],
  system: [],
  legal_entity: [],
  start: [],
  recorded_at: []
} as const satisfies Partial<Record<Role, readonly string[]>>;
type EventRole = keyof typeof roleNames;
const eventRoles = Object.keys(roleNames) as EventRole[];

/**
 * Reads OCEL 2.0 JSON (ocel-standard.org), events and objects in either order, one at a time.
 *
 * An event's id is its own id in the source. An object's attribute values of 1970-01-01T00:00:00Z (or without a time)
 * are its initial ones, later ones changes. Links name objects by id alone; those to objects that the file does not
 * describe are kept; the store tells which of them nothing in the log describes.
 */
export async function readOcelJson(reading: Reading): Promise<ReadReport> {
  const { staging, findings, mapping, file } = reading;
  const log = await OcelTables.open(staging, mapping, findings);
  await parse(reading, log);
  if (!log.hasEvents && !log.hasObjects)
    throw new BadInput(`${file.name} has neither events nor objects`, {
      file: file.name,
      fix: 'export it as OCEL 2.0 JSON'
    });
  log.close();
  if (mapping.case !== undefined || mapping.timestamp !== undefined)
    findings.add('unused_mapping', 'an OCEL file says itself what its cases and times are');
  const format: TimeFormat = { kind: 'parts', order: 'ymd' };
  const placement = { zone: mapping.zone ?? 'UTC', dayAt: mapping.day_at ?? 'start' } as const;
  const counted = await stageRecords(
    staging,
    {
      relation: sql`select e.* replace (e.position::bigint as position), null::varchar as case_id,
        null::varchar as case_attributes, to_json(e)::varchar as raw from ocel_event e`,
      times: { timestamp: format, start: format, recorded_at: format },
      placement,
      locator: { word: 'record', first: 1 },
      fields: { case: null, activity: 'type', timestamp: 'time', ...log.timeFields() },
      fixes: { activity: 'give the event a type', 'no time': 'give the event a time' }
    },
    findings
  );
  reportZone(findings, counted, mapping.zone);
  await stageLinks(staging, findings);
  const reader = timeReader(sql`time`, format, placement);
  await staging.write(
    'object_change',
    sql`select position::bigint as position, type as object_type, id as object_id, ${reader.read(sql`parts`).instant} as changed_at, attributes
      from (select *, ${reader.parts} as parts from ocel_change) order by position, changed_at`
  );
  return {
    format: 'ocel-json',
    rowsIn: log.records,
    countsObjects: true,
    emptyCases: 0,
    mapping: log.usedMapping(),
    findings: findings.list()
  };
}

async function parse({ file, progress, signal, findings }: Reading, log: OcelTables): Promise<void> {
  const splitter = new JsonSplitter(({ member, text }) => {
    if (member === 'events') log.event(text);
    else if (member === 'objects') log.object(text);
    else if (member !== 'eventTypes' && member !== 'objectTypes')
      findings.add('unknown_member', 'members that OCEL does not know were left out', member ?? undefined);
  });
  try {
    const bytes = bytesOf(file, { onBytes: progress.bytes, signal });
    for await (const text of textOf(bytes, { file: file.name })) {
      splitter.write(text);
      progress.rows(log.records);
    }
    splitter.end();
  } catch (error) {
    if (!(error instanceof JsonBroken)) throw error;
    throw new BadInput(
      `${file.name}: ${error.message} (after ${log.records} records)`,
      { file: file.name, row: log.records + 1, fix: 'export it again; nothing was loaded' },
      { cause: error }
    );
  }
}

async function stageLinks(staging: Staging, findings: Findings): Promise<void> {
  await staging.write(
    'object',
    sql`select position::bigint as position, type as object_type, id as object_id, attributes from ocel_object order by position`
  );
  await staging.write(
    'event_object',
    sql`select l.position::bigint as position, null::varchar as object_type, l.object_id, l.qualifier
      from ocel_event_object l semi join (select position from mapped where reason is null) e using (position)
      order by l.position, l.link`
  );
  await staging.write(
    'object_object',
    sql`select position::bigint as position, from_type, from_id, null::varchar as to_type, to_id, qualifier
      from ocel_object_object order by position, link`
  );
  const [several] = await staging.query<{ n: number; example: string | null }>(sql`
    select count(*)::double as n, min(id) as example from (
      select id from ocel_object group by id having count(distinct type) > 1)`);
  const types = 'object ids that stand for objects of several types; links to them go to one';
  findings.add('ambiguous_object', types, several?.example ?? undefined, several?.n ?? 0);
}

/** A record that cannot be taken in, and what would mend it. */
class Unfit extends Error {
  readonly field: string;
  readonly fix: string;
  constructor(reason: string, field: string, fix: string) {
    super(reason);
    this.field = field;
    this.fix = fix;
  }
}

type Json = Record<string, unknown>;

/** The tables that events and objects go to, and the count of both. */
class OcelTables {
  records = 0;
  hasEvents = false;
  hasObjects = false;
  private readonly tables: Record<
    'event' | 'eventObject' | 'object' | 'change' | 'objectObject' | 'rejected',
    TableWriter
  >;
  private readonly mapping: TableMapping;
  private readonly findings: Findings;
  private readonly used: Partial<Record<EventRole, string>> = {};

  private constructor(tables: OcelTables['tables'], mapping: TableMapping, findings: Findings) {
    this.tables = tables;
    this.mapping = mapping;
    this.findings = findings;
  }

  static async open(staging: Staging, mapping: TableMapping, findings: Findings): Promise<OcelTables> {
    const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'varchar' as const]));
    const tables = {
      event: await staging.table('ocel_event', {
        position: 'double',
        ...texts('source_ref', 'activity', 'timestamp', ...eventRoles, 'attributes')
      }),
      eventObject: await staging.table('ocel_event_object', {
        position: 'double',
        link: 'double',
        ...texts('object_id', 'qualifier')
      }),
      object: await staging.table('ocel_object', { position: 'double', ...texts('type', 'id', 'attributes') }),
      change: await staging.table('ocel_change', { position: 'double', ...texts('type', 'id', 'time', 'attributes') }),
      objectObject: await staging.table('ocel_object_object', {
        position: 'double',
        link: 'double',
        ...texts('from_type', 'from_id', 'to_id', 'qualifier')
      }),
      rejected: await staging.table('rejected', rejectedColumns)
    };
    return new OcelTables(tables, mapping, findings);
  }

  close(): void {
    for (const table of Object.values(this.tables)) table.close();
  }

  event(text: string): void {
    this.hasEvents = true;
    this.record(text, (record, position) => {
      const links = linksOf(record);
      const attributes = new Map<string, unknown>();
      for (const { name, value } of attributesOf(record)) {
        if (attributes.has(name))
          this.findings.add('repeated_key', 'attributes that stand twice in one event; the first is kept', name);
        else if (value !== null && value !== undefined) attributes.set(name, value);
      }
      const id = idOf(record, 'id');
      const ofRoles = eventRoles.map((role) => this.take(role, attributes));
      for (const name of this.mapping.drop ?? []) attributes.delete(name);
      const members = [...attributes].map(([key, value]): [string, string] => [key, canonicalJson(value)]);
      const activity = columnText(record['type']);
      const time = columnText(record['time']);
      this.tables.event.append(plain([position, id, activity, time, ...ofRoles, sortedObject(members)]));
      links.forEach(({ id: object, qualifier }, i) => {
        this.tables.eventObject.append([position, i, object, qualifier]);
      });
    });
  }

  object(text: string): void {
    this.hasObjects = true;
    this.record(text, (record, position) => {
      const id = idOf(record, 'id');
      const type = idOf(record, 'type');
      const links = linksOf(record);
      const initial = new Map<string, string>();
      const changes = new Map<string, Map<string, string>>();
      for (const { name, time, value } of attributesOf(record)) {
        if (value === null || value === undefined) continue;
        if (time !== undefined && !isIsoTime(time))
          throw new Unfit(
            `the time of an attribute cannot be read: ${time}`,
            name,
            'write it like 2024-05-31T14:00:00Z'
          );
        const isInitial = time === undefined || /^1970-01-01/.test(time.trim()) || Date.parse(time) <= 0;
        const at = isInitial ? initial : (changes.get(time) ?? new Map<string, string>());
        if (!isInitial) changes.set(time, at);
        if (at.has(name))
          this.findings.add(
            'repeated_key',
            'attributes that an object has twice for one time; the first is kept',
            name
          );
        else at.set(name, canonicalJson(value));
      }
      this.tables.object.append(plain([position, type, id, sortedObject([...initial])]));
      for (const [time, values] of changes)
        this.tables.change.append([position, type, id, time, sortedObject([...values])]);
      links.forEach(({ id: object, qualifier }, i) => {
        this.tables.objectObject.append([position, i, type, id, object, qualifier]);
      });
    });
  }

  timeFields(): { start?: string | undefined; recorded_at?: string | undefined } {
    return { start: columnsOf(this.mapping, 'start')[0], recorded_at: columnsOf(this.mapping, 'recorded_at')[0] };
  }

  usedMapping(): UsedTable {
    return { ...this.mapping, ...this.used };
  }

  private record(text: string, use: (record: Json, position: number) => void): void {
    const position = this.records;
    this.records += 1;
    try {
      use(asObject(text), position);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      const raw = text.replaceAll('\0', '\ufffd').slice(0, 100_000);
      this.tables.rejected.append([position, error.message, error.field, error.fix, raw]);
    }
  }

  /** Takes the attribute that is a role's out of an event's. */
  private take(role: EventRole, attributes: Map<string, unknown>): string | null {
    const [asked] = columnsOf(this.mapping, role);
    const name = asked ?? roleNames[role].find((candidate) => attributes.has(candidate));
    if (name === undefined || !attributes.has(name)) return null;
    const value = columnText(attributes.get(name));
    attributes.delete(name);
    if (asked === undefined)
      this.findings.add('attribute_as_role', `events' attribute ${name} was taken as their ${role}`);
    this.used[role] = name;
    return value !== null && this.mapping.missing?.includes(value) ? null : value;
  }
}

function asObject(text: string): Json {
  if (text.includes('\ufffd')) throw new Unfit('some of its bytes are no UTF-8', '', 'save the file as UTF-8');
  try {
    return parseRecord(text);
  } catch (error) {
    if (error instanceof Unparsed) throw new Unfit(error.message, '', error.fix);
    throw error;
  }
}

function idOf(record: Json, member: 'id' | 'type'): string {
  const text = columnText(record[member]);
  if (text === null || text.trim() === '') throw new Unfit(`it has no ${member}`, member, `give it a ${member}`);
  return text;
}

function listOf(record: Json, member: string): Json[] {
  const value = record[member] ?? [];
  if (!Array.isArray(value)) throw new Unfit(`its ${member} are no list`, member, `write ${member} as a list`);
  return value.map((item: unknown) => {
    if (typeof item !== 'object' || item === null)
      throw new Unfit(`one of its ${member} is no object`, member, `write ${member} as a list of objects`);
    return item as Json;
  });
}

function attributesOf(record: Json): { name: string; value: unknown; time: string | undefined }[] {
  return listOf(record, 'attributes').map(({ name, value, time }) => {
    if (typeof name !== 'string' || name === '') throw new Unfit('an attribute has no name', 'attributes', 'name it');
    return { name, value, time: columnText(time) ?? undefined };
  });
}

function linksOf(record: Json): { id: string; qualifier: string }[] {
  return listOf(record, 'relationships').map(({ objectId, qualifier }) => {
    const id = columnText(objectId);
    if (id === null || id === '') throw new Unfit('a relationship has no objectId', 'relationships', 'name the object');
    const texts = { id, qualifier: columnText(qualifier) ?? '' };
    plain([texts.id, texts.qualifier]);
    return texts;
  });
}

/** @throws {Unfit} for a text with NUL, which ends a text in the database */
function plain<Value extends string | number | null>(values: Value[]): Value[] {
  if (values.some((value) => typeof value === 'string' && value.includes('\0')))
    throw new Unfit('it holds a NUL character', '', 'remove it');
  return values;
}
