import type { Cases } from '#mining/cases.ts';

/**
 * RFC 4180. An attribute named like a column of ours is written `case:variant`. A cell that a spreadsheet would take for a formula
 * gets an apostrophe before it.
 */
export function casesToCsv(cases: Cases['cases']): string {
  const keys = [...new Set(cases.flatMap((row) => Object.keys(row.attributes)))].sort();
  const own = ['case_id', 'status', 'start', 'end', 'duration_s', 'age_s', 'events', 'variant'];
  const head = [...own, ...keys.map((key) => (own.includes(key) ? `case:${key}` : key))];
  const lines = cases.map((row) =>
    [
      row.case_id,
      row.status,
      row.start,
      row.end,
      row.duration_s,
      row.age_s,
      row.events,
      row.variant,
      ...keys.map((key) => row.attributes[key])
    ].map(cell)
  );
  return [head.map(cell), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function cell(value: unknown): string {
  if (value == null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
