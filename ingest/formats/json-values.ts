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
