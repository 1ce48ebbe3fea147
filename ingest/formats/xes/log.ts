import { sortedObject } from '#ingest/formats/json-values.ts';
import { columnsOf, roles, type UsedTable, type TableMapping, type Role } from '#ingest/mapping/mapping.ts';
import { Findings } from '#ingest/report.ts';
import type { TableWriter } from '#ingest/staging.ts';
import { BadInput } from '#models/log/errors.ts';
import { attributeJson, classifierKeys, isAttributeKind, literal, nameOf, type XesAttribute } from './values.ts';
import type { XmlHandler } from './xml.ts';

const deepest = 64;

/** The keys that XES's standard extensions give to our roles. */
const standardKeys: Partial<Record<Role, string>> = {
  case: 'concept:name',
  activity: 'concept:name',
  timestamp: 'time:timestamp',
  resource: 'org:resource',
  team: 'org:group',
  role: 'org:role',
  lifecycle: 'lifecycle:transition',
  instance: 'concept:instance'
};

/** Columns of the tables that an {@link XesLog} fills. */
export const xesEventColumns = [...roles.filter((role) => role !== 'case'), 'attributes', 'case_attributes'] as const;
export interface XesTables {
  /** `position, trace, …xesEventColumns`; `trace` is null for an event outside traces. */
  events: TableWriter;
  /** `trace, position, name, attributes, events` */
  traces: TableWriter;
}

interface KeyUse {
  /** Index of the role's column in an event row, -1 for none. */
  column: number;
  isDropped: boolean;
  isOfCase: boolean;
}

type Place = 'log' | 'trace' | 'event' | 'global' | 'attribute' | 'values' | 'ignored';
type Global = { scope: string; key: string; value: string; attribute: XesAttribute };

/**
 * Makes rows of an XES document, element by element, without keeping more than one event. What an element means depends
 * on where it stands; what means nothing there is left out and reported; what tears traces and events apart (a trace in
 * an event) refuses the file.
 */
export class XesLog implements XmlHandler {
  events = 0;
  traces = 0;
  readonly findings = new Findings();
  readonly classifiers: NonNullable<UsedTable['classifiers']> = [];
  readonly globals: Global[] = [];
  private readonly mapping: TableMapping;
  private readonly tables: XesTables;
  private readonly file: string;
  private readonly places: Place[] = [];
  private readonly nested: XesAttribute[] = [];
  private readonly uses = new Map<string, KeyUse>();
  private readonly met = new Set<string>();
  private readonly missing: ReadonlySet<string>;
  private event: XesAttribute[] = [];
  private trace: XesAttribute[] = [];
  private traceStart = 0;
  private traceEvents = 0;
  private isInTrace = false;
  private globalScope = '';
  private activity: string[] | undefined;

  constructor(mapping: TableMapping, tables: XesTables, file: string) {
    this.mapping = mapping;
    this.tables = tables;
    this.file = file;
    this.missing = new Set(mapping.missing);
  }

  open(
    name: string,
    key: string | undefined,
    value: string | undefined,
    others: readonly [string, string][] | null
  ): void {
    const place = this.places.at(-1);
    if (this.places.length >= deepest) throw this.refused(`elements are nested more than ${deepest} deep`);
    if (place === undefined) {
      if (name !== 'log') throw this.refused(`it is no XES log: its root is <${name}>`);
      this.places.push('log');
      return;
    }
    this.places.push(this.enter(place, name, key, value, others));
  }

  close(): void {
    const place = this.places.pop();
    if (place === 'event') this.endEvent();
    else if (place === 'trace') this.endTrace();
    else if (place === 'attribute') this.nested.pop();
  }

  text(text: string): void {
    this.findings.add(
      'unexpected_text',
      'text between elements means nothing in XES and was left out',
      text.slice(0, 100)
    );
  }

  /** What the mapping's names came to. */
  usedMapping(): UsedTable {
    const used: UsedTable = { ...this.mapping };
    for (const role of roles) {
      const standard = standardKeys[role];
      if (used[role] === undefined && standard !== undefined) used[role] = standard;
    }
    used.activity = this.activityKeys().length > 1 ? this.activityKeys() : (this.activityKeys()[0] ?? 'concept:name');
    if (this.classifiers.length > 0) used.classifiers = this.classifiers;
    if (this.globals.length > 0) used.globals = this.globals.map(({ scope, key, value }) => ({ scope, key, value }));
    return used;
  }

  /** Reports what was asked for and never met. */
  finish(): void {
    for (const role of roles) {
      for (const key of role === 'case' ? [] : columnsOf(this.mapping, role)) {
        const isClassifier = role === 'activity' && this.classifiers.some(({ name }) => name === key);
        if (!isClassifier && !this.met.has(key) && this.events > 0)
          this.findings.add('unused_mapping', `no event has the attribute that was named for ${role}`, key);
      }
    }
    if (this.events === 0) this.findings.add('no_events', 'the log has no events');
  }

  private enter(
    place: Place,
    name: string,
    key: string | undefined,
    value: string | undefined,
    others: readonly [string, string][] | null
  ): Place {
    if (place === 'ignored') return 'ignored';
    if (isAttributeKind(name)) {
      if (others) this.extra(name, others);
      if (key === undefined || (value === undefined && name !== 'list' && name !== 'container')) {
        this.findings.add('attribute_incomplete', 'attributes without a key or a value were left out', `<${name}>`);
        return 'ignored';
      }
      this.attribute(place, { kind: name, key, text: value ?? '', children: null, values: null });
      return 'attribute';
    }
    if (name === 'values' && place === 'attribute') {
      const list = this.nested.at(-1);
      if (list) list.values ??= [];
      return 'values';
    }
    if (name === 'event' && (place === 'trace' || place === 'log')) {
      if (key !== undefined || value !== undefined || others) this.extra(name, others ?? [['key', key ?? '']]);
      this.event = [];
      return 'event';
    }
    if (name === 'trace' && place === 'log') {
      if (key !== undefined || value !== undefined || others) this.extra(name, others ?? [['key', key ?? '']]);
      this.trace = [];
      this.traceStart = this.events;
      this.traceEvents = 0;
      this.isInTrace = true;
      return 'trace';
    }
    if (place === 'log' && (name === 'global' || name === 'classifier' || name === 'extension'))
      return this.declaration(name, others ?? []);
    if (name === 'log' || name === 'trace' || name === 'event')
      throw this.refused(`a <${name}> stands in a <${place}>`);
    this.findings.add(
      'unknown_element',
      'elements that XES does not know there were left out',
      `<${name}> in <${place}>`
    );
    return 'ignored';
  }

  private attribute(place: Place, attribute: XesAttribute): void {
    const parent = this.nested.at(-1);
    if (place === 'event') this.event.push(attribute);
    else if (place === 'trace') this.trace.push(attribute);
    else if (place === 'attribute' && parent) (parent.children ??= []).push(attribute);
    else if (place === 'values' && parent) (parent.values ??= []).push(attribute);
    else if (place === 'global')
      this.globals.push({ scope: this.globalScope, key: attribute.key, value: attribute.text, attribute });
    else if (literal(attribute.kind, attribute.text) === undefined) this.badValue(attribute);
    this.nested.push(attribute);
  }

  private declaration(name: string, others: readonly [string, string][]): Place {
    const said = new Map(others);
    const bad = (what: string) =>
      this.findings.add('bad_declaration', 'declarations that are not as XES has them', `<${name}> ${what}`);
    const allowed = { global: ['scope'], classifier: ['name', 'scope', 'keys'], extension: ['name', 'prefix', 'uri'] };
    const known = allowed[name as keyof typeof allowed];
    for (const [attribute] of others) if (!known.includes(attribute)) bad(`has ${attribute}`);
    const scope = said.get('scope') ?? 'event';
    if (name !== 'extension' && scope !== 'event' && scope !== 'trace') bad(`has the scope ${scope}`);
    if (name === 'global') {
      this.globalScope = scope;
      return 'global';
    }
    for (const needed of known) if (needed !== 'scope' && !said.get(needed)?.trim()) bad(`lacks ${needed}`);
    const keys = classifierKeys(said.get('keys') ?? '');
    if (name === 'classifier' && keys.length > 0) {
      const declared = new Set(this.globals.filter((global) => global.scope === scope).map(({ key }) => key));
      for (const key of keys)
        if (declared.size > 0 && !declared.has(key)) bad(`has the key ${key}, which no global declares`);
      this.classifiers.push({ name: said.get('name') ?? '', scope, keys });
    }
    return 'ignored';
  }

  private endEvent(): void {
    const { event, mapping, isInTrace } = this;
    if (mapping.apply_globals) this.applyGlobals(event, 'event');
    const row: (number | string | null)[] = new Array<null>(xesEventColumns.length + 2).fill(null);
    row[0] = this.events;
    row[1] = isInTrace ? this.traces : null;
    const members: [string, string][] = [];
    const ofCase: [string, string][] = [];
    for (const attribute of event) {
      const { key } = attribute;
      const use = this.uses.get(key) ?? this.useOf(key);
      if (use.isDropped || this.missing.has(attribute.text)) continue;
      const others = use.isOfCase ? ofCase : members;
      if ((use.column >= 0 && row[use.column] !== null) || others.some(([known]) => known === key)) {
        this.findings.add('repeated_key', repeatedKey, key);
        continue;
      }
      if (use.column >= 0) {
        row[use.column] = nameOf(attribute);
        if (attribute.children === null) continue;
      }
      others.push([key, attributeJson(attribute, this.onBadValue)]);
    }
    const keys = this.activityKeys();
    if (keys.length > 1) row[activityColumn] = this.joined(event, keys);
    for (const role of this.sharedRoles) {
      const [key] = columnsOf(mapping, role);
      const found = event.find((attribute) => attribute.key === key);
      row[columnOf(role)] = found && !this.missing.has(found.text) ? nameOf(found) : null;
    }
    row[row.length - 2] = sortedObject(members);
    row[row.length - 1] = sortedObject(ofCase);
    this.tables.events.append(row);
    this.events += 1;
    this.traceEvents += 1;
  }

  private endTrace(): void {
    const { trace, mapping } = this;
    if (mapping.apply_globals) this.applyGlobals(trace, 'trace');
    const nameKey = mapping.case ?? 'concept:name';
    let name: string | null = null;
    const members = new Map<string, string>();
    for (const attribute of trace) {
      const isName = attribute.key === nameKey;
      if (isName ? name !== null : members.has(attribute.key)) {
        this.findings.add('repeated_key', repeatedKey, attribute.key);
      } else if (isName) name = nameOf(attribute);
      else if (mapping.drop?.includes(attribute.key) !== true && !this.missing.has(attribute.text))
        members.set(attribute.key, attributeJson(attribute, this.onBadValue));
    }
    this.tables.traces.append([this.traces, this.traceStart, name, sortedObject([...members]), this.traceEvents]);
    this.traces += 1;
    this.isInTrace = false;
  }

  private applyGlobals(attributes: XesAttribute[], scope: 'event' | 'trace'): void {
    for (const { scope: of, attribute } of this.globals)
      if (of === scope && !attributes.some(({ key }) => key === attribute.key)) attributes.push(attribute);
  }

  /** The keys whose values make the activity: of a classifier of that name, else as named. */
  private activityKeys(): string[] {
    if (this.activity) return this.activity;
    const [asked = 'concept:name', ...more] = columnsOf(this.mapping, 'activity');
    const classifier = more.length === 0 ? this.classifiers.find(({ name }) => name === asked) : undefined;
    const keys = classifier ? classifier.keys : [asked, ...more];
    // Classifiers stand before the first event.
    if (this.events > 0 || this.event.length > 0) this.activity = keys;
    return keys;
  }

  private joined(event: readonly XesAttribute[], keys: readonly string[]): string | null {
    const found = keys.map((key) => event.find((attribute) => attribute.key === key));
    return found.some(Boolean) ? found.map((attribute) => (attribute ? nameOf(attribute) : '')).join('+') : null;
  }

  /** Roles that read a key which another role reads as well. */
  private readonly sharedRoles: Role[] = [];

  private useOf(key: string): KeyUse {
    const { mapping } = this;
    this.met.add(key);
    const isNamed = (role: Role) => mapping[role] !== undefined;
    const named = roles.filter(
      (role) => role !== 'case' && role !== 'activity' && columnsOf(mapping, role).includes(key)
    );
    const keys = this.activityKeys();
    if (keys.length === 1 && keys[0] === key) named.unshift('activity');
    const standard = roles.find(
      (role) => role !== 'case' && role !== 'activity' && !isNamed(role) && standardKeys[role] === key
    );
    const [role, ...shared] = named.length > 0 ? named : standard ? [standard] : [];
    this.sharedRoles.push(...shared);
    const use = {
      column: role === undefined ? -1 : columnOf(role),
      isDropped: role === undefined && mapping.drop?.includes(key) === true,
      isOfCase: mapping.case_attributes?.includes(key) === true
    };
    this.uses.set(key, use);
    return use;
  }

  private extra(name: string, others: readonly [string, string][]): void {
    const example = `<${name}> has ${others.map(([attribute]) => attribute).join(', ')}`;
    this.findings.add('extra_xml_attribute', 'XML attributes that XES does not know there were left out', example);
  }

  private readonly onBadValue = (attribute: XesAttribute) => this.badValue(attribute);

  private badValue({ kind, key, text }: XesAttribute): void {
    this.findings.add('bad_value', 'values that are none of their type were kept as text', `${kind} ${key}: ${text}`);
  }

  private refused(why: string): BadInput {
    return new BadInput(`${this.file}: ${why} (after ${this.events} events)`, {
      file: this.file,
      row: this.events + 1,
      fix: 'export it again as XES (IEEE 1849); nothing was loaded'
    });
  }
}

const repeatedKey = 'attributes that stand twice in one event or trace; the first is kept';
const columnOf = (role: Role): number => 2 + xesEventColumns.indexOf(role as (typeof xesEventColumns)[number]);
const activityColumn = columnOf('activity');
