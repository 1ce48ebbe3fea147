/** An attribute of XES, with what is nested in it. */
export interface XesAttribute {
  kind: AttributeKind;
  key: string;
  text: string;
  children: XesAttribute[] | null;
  /** The members of a list. */
  values: XesAttribute[] | null;
}

export const attributeKinds = ['string', 'date', 'int', 'float', 'boolean', 'id', 'list', 'container'] as const;
export type AttributeKind = (typeof attributeKinds)[number];

const kinds = new Set<string>(attributeKinds);
export const isAttributeKind = (name: string): name is AttributeKind => kinds.has(name);

/** The value of a typed attribute as JSON; undefined when it is none of its type. */
export function literal(kind: AttributeKind, text: string): string | undefined {
  switch (kind) {
    case 'string':
      return JSON.stringify(text);
    case 'int': {
      const whole = wholeNumber(text);
      return whole !== undefined && whole.length <= 16
        ? whole
        : whole === undefined
          ? undefined
          : JSON.stringify(whole);
    }
    case 'float': {
      const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? JSON.stringify(number) : undefined;
    }
    case 'boolean':
      return /^(true|1)$/i.test(text) ? 'true' : /^(false|0)$/i.test(text) ? 'false' : undefined;
    case 'date': {
      const instant = isoInstant(text);
      return instant === undefined ? undefined : JSON.stringify(instant);
    }
    case 'id':
      return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text) ? JSON.stringify(text) : undefined;
    case 'list':
    case 'container':
      return 'null';
  }
}

/** The value as a name: numbers without signs and zeros that mean nothing. */
export function nameOf({ kind, text }: XesAttribute): string {
  return kind === 'int' ? (wholeNumber(text) ?? text) : text;
}

function wholeNumber(text: string): string | undefined {
  const [, sign, digits] = /^([+-]?)0*(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

/**
 * An attribute as JSON: its value, or with something nested `{"children":…,"value":…}`. Children are an object by key,
 * or a list of `{"key":…,"value":…}` where keys repeat, as they may in lists.
 *
 * @param onBad told of a value that is none of its type; it stays a text
 */
export function attributeJson(attribute: XesAttribute, onBad: (attribute: XesAttribute) => void): string {
  const { kind, text, children, values } = attribute;
  let value = literal(kind, text);
  if (value === undefined) {
    onBad(attribute);
    value = JSON.stringify(text);
  }
  if (kind === 'list' || kind === 'container') {
    const members = nested(values ?? (kind === 'container' ? (children ?? []) : []), onBad, kind === 'list');
    return kind === 'list' && children ? `{"children":${nested(children, onBad, false)},"value":${members}}` : members;
  }
  return children ? `{"children":${nested(children, onBad, false)},"value":${value}}` : value;
}

function nested(attributes: readonly XesAttribute[], onBad: (a: XesAttribute) => void, isList: boolean): string {
  const members = attributes.map((attribute) => [attribute.key, attributeJson(attribute, onBad)] as const);
  const isRepeated = new Set(members.map(([key]) => key)).size < members.length;
  if (isList || isRepeated)
    return `[${members.map(([key, json]) => `{"key":${JSON.stringify(key)},"value":${json}}`).join(',')}]`;
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

const dateTime = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * A date as UTC text: `2011-10-11T11:45:40.276Z`, microseconds only where there are some. Without an offset, or without
 * a time, it stays as it is written; undefined when it is no date.
 */
export function isoInstant(text: string): string | undefined {
  const [, date, time, fraction = '', offset] = dateTime.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const zone = offset === undefined || offset === 'Z' ? 'Z' : offset.replace(/^(...):?(..)$/, '$1:$2');
  const instant = new Date(`${date}T${time ?? '00:00:00'}${zone}`);
  // JavaScript rolls 30 February over; XML has no such day.
  if (Number.isNaN(instant.getTime()) || new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date)
    return undefined;
  if (offset === undefined || time === undefined) return text.trim();
  const micros = fraction.padEnd(6, '0').slice(0, 6);
  const digits = micros.endsWith('000') ? micros.slice(0, 3) : micros;
  return instant.toISOString().replace(/\.\d{3}Z$/, `.${digits}Z`);
}

/** The keys of a classifier: separated by spaces, those with spaces in single quotes. */
export function classifierKeys(keys: string): string[] {
  return [...keys.matchAll(/'([^']+)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
