import { jsonObject } from '#ingest/mapping/compile.ts';
import {
  listOf,
  type Attribute,
  type EventRule,
  type ObjectRule,
  type ReferenceRule,
  type Stream,
  type Text
} from '#ingest/mapping/record-mapping.ts';
import type { Findings } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { join, raw, sql, type Sql } from '#models/store/sql.ts';
import { holds, matches, oneOf, type Fields } from './fields.ts';
import { depthOf } from './levels.ts';
import { levelTable, slotsPerRecord } from './tables.ts';
import { beside, type Unmapped } from './unmapped.ts';

export interface StageOptions {
  stream: Stream;
  system: string;
  fields: Fields;
  unmapped: readonly Unmapped[];
  findings: Findings;
}

/** Writes what the sound records say, from the tables of {@link readLevels}; `problem` holds those that are not sound. */
export async function stageStream(staging: Staging, options: StageOptions): Promise<void> {
  await stageEvents(staging, options);
  await stageObjects(staging, options);
  await stageLinks(staging, options);
  await stageReferences(staging, options);
}

const sound = (list: string | undefined): Sql => sql`${levelTable(list ?? '')} r anti join problem using (position)`;

function attributesOf(fields: Fields, attributes: Record<string, Attribute>, unmapped: readonly Unmapped[]): Sql {
  const own = Object.entries(attributes).map(([key, attribute]) => ({ key, json: fields.json(attribute) }));
  return jsonObject(beside(own, unmapped));
}

/** The object that a record is: the first, where its id is the record's. What nobody names describes it, else the events. */
function ownObject({ stream }: StageOptions) {
  const [first] = stream.objects;
  if (first === undefined || first.in !== undefined || first.when.length > 0) return undefined;
  const { id } = first;
  const named =
    typeof id === 'string' ? [id] : typeof id === 'object' && 'template' in id && !('field' in id) ? stream.id : [];
  return stream.id.every((field) => named.includes(field)) ? first : undefined;
}

async function stageEvents(staging: Staging, options: StageOptions): Promise<void> {
  const { stream, fields, findings } = options;
  if (stream.events.length === 0) return;
  const rules = stream.events.map((rule, i) => eventsOf(options, rule, i));
  const hasLists = stream.events.some((rule) => rule.in !== undefined);
  // A slot counts what could be: it stays when a later version of the record fills another.
  const slot = hasLists
    ? sql`row_number() over (partition by position order by ${join(placeColumns(stream).map(raw), ', ')}) - 1`
    : sql`rule`;
  const made = sql`
    select *, position * ${raw(String(slotsPerRecord))} + slot as place
    from (select *, ${slot} as slot from (${join(rules, ' union all ')})) where fits`;
  if (hasLists) await staging.execute(sql`create or replace temp table made as ${made}`);
  const from = hasLists ? sql`made` : sql`(${made})`;
  await staging.write(
    'event',
    sql`select place as position, source_ref || '#' || slot as source_ref, activity, happened_at, start_at, precision,
        recorded_at, null::varchar as lifecycle, null::varchar as instance, resource, team, role,
        ${options.system} as system, legal_entity, attributes from ${from} order by place`
  );
  await staging.write(
    'event_object',
    sql`select place as position, o.type as object_type, o.id as object_id, o.qualifier as qualifier
      from (select place, unnest(objects) as o, generate_subscripts(objects, 1) as nth from ${from})
      where o.id is not null order by place, nth`
  );
  await reportUnknown(staging, stream, fields, findings);
}

/** Which rules of a record stand where: rules in the order of declaration, those of one list entry by entry. */
function placeColumns(stream: Stream): string[] {
  const depth = Math.max(...stream.events.map((rule) => (rule.in === undefined ? 0 : depthOf(stream, rule.in))));
  return ['run', ...Array.from({ length: depth }, (_, i) => `i${i + 1}`), 'rule'];
}

/** Rules after each other that walk the same list of the record are one run, in which entries come first. */
function runOf(stream: Stream, index: number): number {
  const root = ({ in: list }: EventRule): string => {
    let outer = list ?? '';
    while (outer !== '' && listOf(stream, outer) !== '') outer = listOf(stream, outer);
    return outer;
  };
  let run = 0;
  for (let i = 1; i <= index; i += 1) {
    const [before, now] = [stream.events[i - 1], stream.events[i]];
    if (before && now && (root(before) !== root(now) || root(now) === '')) run += 1;
  }
  return run;
}

function eventsOf(options: StageOptions, rule: EventRule, index: number): Sql {
  const { stream, fields, unmapped } = options;
  const depth = rule.in === undefined ? 0 : depthOf(stream, rule.in);
  const places = placeColumns(stream)
    .slice(1, -1)
    .map((name, i) => sql`${i < depth ? raw(`r.${name}`) : raw('-1')} as ${raw(name)}`);
  const text = (of: Text | undefined) => (of === undefined ? sql`null::varchar` : fields.text(of));
  const instant = (of: string | undefined) => (of === undefined ? sql`null::timestamp` : fields.instant(of));
  const activity = activityOf(fields, rule);
  const lists = [rule.in ?? '', ...(ownObject(options) ? [] : [''])];
  const kept = unmapped.filter(({ list }) => (list !== '' || ownObject(options) === undefined) && lists.includes(list));
  const objects = rule.objects.map(
    ({ type, id, qualifier }) =>
      sql`{'type': ${type}::varchar, 'id': ${fields.text(id)}, 'qualifier': ${qualifier}::varchar}`
  );
  return sql`
    select r.position, source_ref, ${raw(String(runOf(stream, index)))} as run, ${raw(String(index))} as rule, ${join(
      places.map((place) => sql`${place}, `),
      ''
    )}
      ${holds(fields, rule.when)} and ${instant(rule.at)} is not null and ${activity} is not null as fits,
      ${activity} as activity, ${instant(rule.at)} as happened_at, ${instant(rule.start)} as start_at,
      if(${fields.isDay(rule.at)}, 'day', 'instant') as precision,
      ${instant(rule.recorded_at ?? stream.recorded_at)} as recorded_at,
      ${text(rule.by)} as resource, ${text(rule.team)} as team, ${text(rule.role)} as role,
      ${text(rule.legal_entity ?? stream.legal_entity)} as legal_entity,
      ${attributesOf(fields, rule.attributes, kept)} as attributes, [${join(objects, ', ')}] as objects
    from ${sound(rule.in)}`;
}

function activityOf(fields: Fields, { activity }: EventRule): Sql {
  if (typeof activity === 'string') return sql`${activity}::varchar`;
  const value = fields.column(activity.by);
  const cases = Object.entries(activity.is).map(([text, name]) => sql`when ${text} then ${name}::varchar`);
  const otherwise = activity.otherwise === undefined ? value : sql`${activity.otherwise}`;
  return sql`case ${value} ${join(cases, ' ')} else ${otherwise} end`;
}

/** Values that the mapping has no activity for, and records of which it makes nothing. */
async function reportUnknown(staging: Staging, stream: Stream, fields: Fields, findings: Findings): Promise<void> {
  const unknown = stream.events.flatMap((rule) => {
    const { activity } = rule;
    if (typeof activity === 'string' || activity.otherwise !== undefined) return [];
    const value = fields.column(activity.by);
    return [
      sql`select ${activity.by} || ': ' || ${value} as value from ${sound(rule.in)}
        where ${holds(fields, rule.when)} and ${value} is not null and not ${oneOf(value, ['', ...Object.keys(activity.is)])}`
    ];
  });
  if (unknown.length > 0) {
    const [counted] = await staging.query<{ n: number; example: string | null }>(
      sql`select count(*)::double as n, min(value) as example from (${join(unknown, ' union all ')})`
    );
    findings.add(
      'unmapped_value',
      'values that the mapping has no activity for; the event is called by the value',
      counted?.example ?? undefined,
      counted?.n ?? 0
    );
  }
  if (stream.objects.length > 0 || stream.events.some((rule) => rule.in !== undefined)) return;
  const rules = [...stream.events, ...stream.changes, ...stream.links, ...stream.references];
  const none = join(
    rules.map((rule) => sql`(${holds(fields, rule.when)})`),
    ' or '
  );
  const [counted] = await staging.query<{ n: number; example: string | null }>(sql`
    select count(*)::double as n, min(source_ref) as example
    from ${sound('')} where not (${none})`);
  findings.add(
    'unmapped_record',
    'records of a kind that the mapping makes nothing of; they are kept as records only',
    counted?.example ?? undefined,
    counted?.n ?? 0
  );
}

async function stageObjects(staging: Staging, options: StageOptions): Promise<void> {
  const { stream, fields, unmapped } = options;
  const own = ownObject(options);
  const ofRecord = unmapped.filter(({ list }) => list === '');
  const takesEntries = (list: string | undefined) => !stream.events.some((rule) => rule.in === list);
  const keptBy = (rule: ObjectRule) =>
    rule === own ? ofRecord : unmapped.filter(({ list }) => list !== '' && list === rule.in && takesEntries(list));
  const objects = stream.objects.map(
    (rule, i) => sql`
      select position, ${raw(String(i))} as rule, ${rule.type}::varchar as object_type, ${fields.text(rule.id)} as object_id,
        ${attributesOf(fields, rule.attributes, keptBy(rule))} as attributes
      from ${sound(rule.in)} where ${holds(fields, rule.when)}`
  );
  if (objects.length > 0)
    await staging.write(
      'object',
      sql`select position, object_type, object_id, attributes from (${join(objects, ' union all ')})
        where object_id is not null order by position, rule`
    );
  const changes = stream.changes.map(
    (rule) => sql`
      select position, ${rule.type}::varchar as object_type, ${fields.text(rule.id)} as object_id,
        ${fields.instant(rule.at)} as changed_at, ${attributesOf(fields, rule.attributes, [])} as attributes
      from ${sound(rule.in)} where ${holds(fields, rule.when)}`
  );
  if (changes.length > 0)
    await staging.write(
      'object_change',
      sql`select * from (${join(changes, ' union all ')})
        where object_id is not null and changed_at is not null and attributes is not null order by position, changed_at`
    );
}

async function stageLinks(staging: Staging, { stream, fields }: StageOptions): Promise<void> {
  const links = stream.links.map(
    ({ in: list, from, qualifier, to, when }, i) => sql`
      select position, ${raw(String(i))} as rule, ${from.type}::varchar as from_type, ${fields.text(from.id)} as from_id,
        ${to.type}::varchar as to_type, ${fields.text(to.id)} as to_id, ${qualifier}::varchar as qualifier
      from ${sound(list)} where ${holds(fields, when)}`
  );
  if (links.length > 0)
    await staging.write(
      'object_object',
      sql`select * exclude (rule) from (${join(links, ' union all ')})
        where from_id is not null and to_id is not null order by position, rule, to_id`
    );
}

/** One row for each code; where what was said holds none, one row that says so. */
async function stageReferences(staging: Staging, { stream, fields }: StageOptions): Promise<void> {
  const references = stream.references.map((rule, i) => {
    const { in: list, from, qualifier, to, when } = rule;
    return sql`
      select position, ${raw(String(i))} as rule, ${from.type}::varchar as from_type, ${fields.text(from.id)} as from_id,
        ${qualifier}::varchar as qualifier, ${to}::varchar as to_type, unnest(${codesOf(fields, rule)}) as code
      from ${sound(list)} where ${holds(fields, when)}`;
  });
  if (references.length > 0)
    await staging.write(
      'reference',
      sql`select position, from_type, from_id, qualifier, to_type, code.code as code, code.said as said
        from (${join(references, ' union all ')}) where from_id is not null order by position, rule, code.code`
    );
}

function codesOf(fields: Fields, { codes }: ReferenceRule): Sql {
  const texts = codes.map((code) => fields.column(typeof code === 'string' ? code : code.field));
  const found = codes.map((code, i) => {
    const said = texts[i] ?? sql`null`;
    const all = typeof code === 'string' ? sql`[${said}]` : matches(said, code.pattern, code.template);
    return sql`list_transform(list_distinct(coalesce(${all}, [])), c -> {'code': c, 'said': ${said}})`;
  });
  const said = sql`nullif(concat_ws(' / ', ${join(texts, ', ')}), '')`;
  const any = sql`list_filter(list_concat(${join(found, ', ')}), c -> c.code is not null)`;
  return sql`if(len(${any}) > 0, ${any}, [{'code': null::varchar, 'said': ${said}}])`;
}
