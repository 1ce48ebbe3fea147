import { z } from 'zod';
import { BadUse } from '#models/log/errors.ts';
import { parseTimeFormat } from './times.ts';

/**
 * What the records of a system's exports mean, as data: a system has streams, a stream is one kind of file, each of its
 * records says objects, events, changes of attributes, links and references. The shipped ones are in `systems/`; a user
 * gives the same as JSON.
 *
 * A *field* is a column, or a member of a JSON record by its path (`history.at`). An entry of a list of the record (named in
 * `lists`) is reached with `in`; its fields and those of the record around it can be used side by side.
 */
const Name = z.string().trim().min(1).max(200);
const Field = z.string().min(1).max(1_000);

/** What the reader's database and JavaScript read alike: no look-around, no reference back. */
const Pattern = z
  .string()
  .min(1)
  .max(1_000)
  .refine(isPattern, { error: 'is no regular expression (look-around and references back are not known)' });

/** `{0}` is the whole match, `{1}` its first group. */
const Extract = z.strictObject({ field: Field, pattern: Pattern, template: z.string().min(1).default('{0}') });
const Template = z.strictObject({ template: z.string().min(1) });
const Constant = z.strictObject({ value: z.string().min(1) });

/** A field; the first of several that is filled; a text around fields (`{Monat}/{Von}`); a part of a field; a constant. */
export const Text = z.union([Field, z.array(Field).min(1).max(10), Extract, Template, Constant], {
  error: 'write a field, a list of fields, {"template"}, {"value"} or {"field", "pattern"}'
});
export type Text = z.output<typeof Text>;
export type Extract = z.output<typeof Extract>;

export const valueTypes = ['text', 'number', 'boolean', 'date', 'time', 'json'] as const;
export type ValueType = (typeof valueTypes)[number];
const Typed = z.strictObject({ field: Field, type: z.enum(valueTypes) });
const Attribute = z.union([Field, Typed, Extract, Template, Constant], {
  error: `write a field, {"field", "type": ${valueTypes.join(' | ')}}, {"template"}, {"value"} or {"field", "pattern"}`
});
export type Attribute = z.output<typeof Attribute>;
const Attributes = z.record(Name, Attribute).default({});

const Condition = z
  .strictObject({
    field: Field,
    is: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    is_not: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    filled: z.boolean().optional()
  })
  .refine((c) => [c.is, c.is_not, c.filled].filter((part) => part !== undefined).length === 1, {
    error: 'say one of "is", "is_not" and "filled"'
  });
export type Condition = z.output<typeof Condition>;
/** All of them hold. */
const Conditions = z.array(Condition).default([]);

const inList = Field.optional();
const ObjectName = z.strictObject({ type: Name, id: Text });

const ObjectRule = z.strictObject({ in: inList, type: Name, id: Text, attributes: Attributes, when: Conditions });
const EventRule = z.strictObject({
  in: inList,
  activity: z.union(
    [
      Name,
      z.strictObject({
        by: Field,
        /** Null where a value stands for no event. A value that is not named is the activity itself, and a finding. */
        is: z.record(z.string(), Name.nullable()),
        otherwise: Name.optional()
      })
    ],
    { error: 'write the name of the activity, or {"by": field, "is": {value: activity}}' }
  ),
  /** No event where it is empty. */
  at: Field,
  start: Field.optional(),
  recorded_at: Field.optional(),
  by: Text.optional(),
  team: Text.optional(),
  role: Text.optional(),
  legal_entity: Text.optional(),
  when: Conditions,
  objects: z.array(z.strictObject({ type: Name, id: Text, qualifier: z.string().default('') })).min(1),
  attributes: Attributes
});
/** Attributes that an object has from an instant on. */
const ChangeRule = z.strictObject({
  in: inList,
  type: Name,
  id: Text,
  at: Field,
  attributes: z.record(Name, Attribute),
  when: Conditions
});
const LinkRule = z.strictObject({ in: inList, from: ObjectName, qualifier: Name, to: ObjectName, when: Conditions });
/** A link to an object of another system by what somebody typed: its code is matched when all systems are there. */
const ReferenceRule = z.strictObject({
  in: inList,
  from: ObjectName,
  qualifier: Name,
  /** Type of the object that is meant. */
  to: Name,
  /** Each field that names it; of a pattern every match counts. */
  codes: z.array(z.union([Field, Extract], { error: 'write a field or {"field", "pattern"}' })).min(1),
  when: Conditions
});

export type ObjectRule = z.output<typeof ObjectRule>;
export type EventRule = z.output<typeof EventRule>;
export type ChangeRule = z.output<typeof ChangeRule>;
export type LinkRule = z.output<typeof LinkRule>;
export type ReferenceRule = z.output<typeof ReferenceRule>;

const Zone = z.string().refine(isZone, { error: 'is no time zone; use an IANA name, for example Europe/Amsterdam' });
const Times = z.strictObject({
  /** As `timestamp_format` of a table: `iso`, `dmy`, `epoch_ms`, `%d.%m.%Y %H:%M` … */
  format: z.string().refine(isTimeFormat, { error: 'is no time format' }).default('iso'),
  /**
   * Whose clock the times without an offset are on: one zone, that of an office (looked up in the set-up), or a field that
   * names the zone. Without it each time must bring its offset.
   */
  zone: z
    .union([Zone, z.strictObject({ office: Field }), z.strictObject({ field: Field })], {
      error: 'write a zone such as Europe/Amsterdam, {"office": field} or {"field": field}'
    })
    .optional(),
  /** Where in its day stands what has a date only. */
  day_at: z.enum(['start', 'end']).default('start')
});

const Stream = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, { error: 'use small letters, digits and _' }),
  /** The end of the file's path, for example `psa/milestones.json`; `.gz` and parts (`-2`, `.part1`) are understood. */
  file: z.string().min(1),
  format: z.enum(['csv', 'json', 'ndjson']),
  delimiter: z.string().length(1).optional(),
  encoding: z.string().refine(isEncoding, { error: 'is no encoding' }).optional(),
  decimal_comma: z.boolean().default(false),
  /** Texts that mean yes and no; case does not count. */
  booleans: z
    .strictObject({ yes: z.array(z.string()).min(1), no: z.array(z.string()).min(1) })
    .default({ yes: ['true', 'yes', '1'], no: ['false', 'no', '0'] }),
  times: Times.default({ format: 'iso', day_at: 'start' }),
  /** The source's own id of a record, or the fields that tell records apart. */
  id: z.union([Field.transform((field) => [field]), z.array(Field).min(1)]),
  /** Fields without which a record says nothing. */
  required: z.array(Field).default([]),
  /** When the source wrote the record; of two versions the newer counts. Also that of its events, unless they say. */
  recorded_at: Field.optional(),
  legal_entity: Text.optional(),
  /** Lists of records inside a record, each after the one that holds it: `rounds`, `rounds.steps`. */
  lists: z.array(Field).default([]),
  objects: z.array(ObjectRule).default([]),
  events: z.array(EventRule).default([]),
  changes: z.array(ChangeRule).default([]),
  links: z.array(LinkRule).default([]),
  references: z.array(ReferenceRule).default([]),
  /** Fields that are understood and not kept. */
  drop: z.array(Field).default([])
});
export type Stream = z.output<typeof Stream>;

const System = z
  .strictObject({
    /** Name of the system: the source of its files, and the system of its events. */
    system: Name,
    version: z.string().min(1),
    streams: z.array(Stream).min(1)
  })
  .superRefine((system, context) => {
    const seen = new Set<string>();
    system.streams.forEach((stream, i) => {
      const complain = (path: PropertyKey[], message: string) =>
        context.addIssue({ code: 'custom', path: ['streams', i, ...path], message });
      if (seen.has(stream.name)) complain(['name'], `two streams are called ${stream.name}`);
      seen.add(stream.name);
      checkFields(stream, complain);
    });
  });
export type SystemMapping = z.output<typeof System>;
/** As it is written, without what has a default. */
export type SystemMappingInput = z.input<typeof System>;

/** @throws {BadUse} naming where the mapping is wrong */
export function parseSystem(input: unknown, name = 'the mapping'): SystemMapping {
  const parsed = System.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = pathOf(issue?.path ?? [], input);
  throw new BadUse(
    `${name} is wrong${where ? ` at ${where}` : ''}: ${issue?.message ?? 'unreadable'}`,
    'see "Add a system mapping" in CONTRIBUTING.md; the shipped ones in ingest/mapping/systems are examples'
  );
}

/** `streams[2] (milestones).events[0].at` */
function pathOf(path: readonly PropertyKey[], input: unknown): string {
  let value = input;
  return path
    .map((part, i) => {
      value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
      if (typeof part !== 'number') return `${i === 0 ? '' : '.'}${String(part)}`;
      const called = path[i - 1] === 'streams' && (value as { name?: unknown } | undefined)?.name;
      return `[${part}]${typeof called === 'string' ? ` (${called})` : ''}`;
    })
    .join('');
}

/** The list whose entries hold a field; '' for the record itself. */
export function listOf({ lists }: Pick<Stream, 'lists'>, field: string): string {
  return lists.filter((list) => field.startsWith(`${list}.`)).reduce((a, b) => (b.length > a.length ? b : a), '');
}

/** A list and those around it, innermost first, ending with '' for the record. */
export function listsAround(stream: Pick<Stream, 'lists'>, list: string): string[] {
  return list === '' ? [''] : [list, ...listsAround(stream, listOf(stream, list))];
}

/** The fields that a text is made of. */
export function fieldsOf(text: Text | Attribute): string[] {
  if (typeof text === 'string') return [text];
  if (Array.isArray(text)) return text;
  if ('field' in text) return [text.field];
  if ('template' in text) return placeholders(text.template);
  return [];
}
export const placeholders = (template: string): string[] =>
  [...template.matchAll(/\{([^{}]+)\}/g)].map(([, f = '']) => f);

type Rule = ObjectRule | EventRule | ChangeRule | LinkRule | ReferenceRule;
export const ruleKinds = ['objects', 'events', 'changes', 'links', 'references'] as const;

/** The fields that a rule reads. */
export function fieldsOfRule(rule: Rule): string[] {
  const texts: (Text | Attribute)[] = rule.when.map(({ field }) => field);
  if ('id' in rule) texts.push(rule.id);
  if ('attributes' in rule) texts.push(...Object.values(rule.attributes));
  if ('at' in rule) texts.push(rule.at);
  if ('from' in rule) texts.push(rule.from.id);
  if ('codes' in rule) texts.push(...rule.codes);
  else if ('to' in rule) texts.push(rule.to.id);
  if ('activity' in rule) {
    const { activity, start, recorded_at, by, team, role, legal_entity } = rule;
    if (typeof activity !== 'string') texts.push(activity.by);
    texts.push(...[start, recorded_at, by, team, role, legal_entity].filter((text) => text !== undefined));
    texts.push(...rule.objects.map(({ id }) => id));
  }
  return texts.flatMap(fieldsOf);
}

function checkFields(stream: Stream, complain: (path: PropertyKey[], message: string) => void): void {
  const { lists, times, format } = stream;
  if (format === 'csv' && lists.length > 0) complain(['lists'], 'a row of a CSV file holds no lists');
  lists.forEach((list, i) => {
    if (lists.indexOf(list) < i) complain(['lists', i], `${list} is named twice`);
    if (lists.slice(i + 1).some((other) => list.startsWith(`${other}.`)))
      complain(['lists', i], `name ${list} after the list that holds it`);
  });
  const ofRecord = (path: PropertyKey[], fields: readonly string[]) => {
    for (const field of fields)
      if (listOf(stream, field) !== '' && !lists.includes(field))
        complain(path, `${field} is a field of the list ${listOf(stream, field)}, not of the record`);
  };
  ofRecord(['id'], stream.id);
  ofRecord(['recorded_at'], stream.recorded_at === undefined ? [] : [stream.recorded_at]);
  ofRecord(['legal_entity'], stream.legal_entity === undefined ? [] : fieldsOf(stream.legal_entity));
  if (typeof times.zone === 'object') ofRecord(['times', 'zone'], Object.values(times.zone));
  for (const kind of ruleKinds)
    stream[kind].forEach((rule, i) => {
      if (rule.in !== undefined && !lists.includes(rule.in))
        return complain([kind, i, 'in'], `${rule.in} is not one of the lists of the stream`);
      const reach = listsAround(stream, rule.in ?? '');
      for (const field of fieldsOfRule(rule)) {
        const list = listOf(stream, field);
        if (!reach.includes(list)) complain([kind, i], `${field} is a field of the list ${list}: say "in": "${list}"`);
      }
    });
  if (ruleKinds.every((kind) => stream[kind].length === 0))
    complain([], 'it says no object, event, change, link or reference');
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
  } catch {
    return false;
  }
  return !/\(\?(<?[=!])|\\[1-9]|\\k</.test(text);
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    // "+02:00" is accepted there, but it is an offset and not a zone, and the database does not know it.
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

export function isEncoding(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}

function isTimeFormat(text: string): boolean {
  try {
    parseTimeFormat(text);
    return true;
  } catch {
    return false;
  }
}
