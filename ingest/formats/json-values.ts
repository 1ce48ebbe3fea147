/**
 * `JSON.parse` that keeps whole numbers which no JavaScript number can hold as the text of their digits, so that a long
 * id is not silently another one.
 *
 * @throws {SyntaxError}
 */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const reviver = (_: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? context?.source
      : value;
  return JSON.parse(text, reviver);
}

/** A record that cannot be taken for an object, and what would mend it. */
export class Unparsed extends Error {
  override readonly name = 'Unparsed';
  readonly fix: string;
  constructor(reason: string, fix: string, options?: ErrorOptions) {
    super(reason, options);
    this.fix = fix;
  }
}

/** As deep as objects and arrays may be nested in a record, itself included: as deep as in XES. */
const deepest = 64;

/** A record of a file: an object that is not nested so deep that walking it would fail. @throws {Unparsed} */
export function parseRecord(text: string): Record<string, unknown> {
  const whole = 'write one whole object for each record';
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    // A reviver walks the value too, and runs out of stack.
    if (cause instanceof RangeError) throw tooDeep(cause);
    throw new Unparsed('it is no JSON object', whole, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Unparsed('it is no JSON object', whole);
  if (isDeeper(value, deepest)) throw tooDeep();
  return value as Record<string, unknown>;
}

function tooDeep(cause?: unknown): Unparsed {
  return new Unparsed(`it is nested more than ${deepest} deep`, 'flatten what is nested in it, or leave it out', {
    cause
  });
}

function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (than === 0) return true;
  return Object.values(value).some((inner) => isDeeper(inner, than - 1));
}

/** A value as the text of a column: strings as they are, all else as JSON; null for nothing. */
export function columnText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** A JSON object with sorted keys, from key and JSON text; null when it is empty. */
export function sortedObject(members: [string, string][]): string | null {
  if (members.length === 0) return null;
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

/** A value as JSON, the keys of objects sorted at every depth. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return (
      sortedObject(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), canonicalJson(inner)])) ?? '{}'
    );
  return JSON.stringify(value) ?? 'null';
}
