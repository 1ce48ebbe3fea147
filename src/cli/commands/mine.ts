import { parseArgs } from 'node:util';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command } from '../throughline.ts';

const analysisNames = [
  'summary',
  'dfg',
  'variants',
  'cycle-time',
  'handoffs',
  'rework',
  'attributes',
  'cases'
] as const;

/** Analyses of a log's firm, and not of one of its views. */
const firmAnalyses = ['stalled', 'exceptions'] as const;

/** Options of single analyses, passed on as they are; the API says which analysis takes which. */
const analysisOptions = {
  percentiles: { type: 'string' },
  dimension: { type: 'string' },
  limit: { type: 'string' },
  offset: { type: 'string' },
  sort: { type: 'string' },
  order: { type: 'string' },
  'exclude-repeatable': { type: 'string', multiple: true },
  rule: { type: 'string' },
  state: { type: 'string' },
  project: { type: 'string' },
  region: { type: 'string' },
  'legal-entity': { type: 'string' },
  'service-line': { type: 'string' }
} as const;

export const mineCommand: Command = {
  usage: 'mine ANALYSIS --log NAME [--view V] [--filter JSON] [--json] [--dimension D] [--limit N] [--offset N] …',
  about: `Analyses: ${[...analysisNames, ...firmAnalyses].join(', ')}. A filter is a list of clauses: '[{"kind":"activity","values":["Pay"],"match":"any"}]'.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        log: { type: 'string' },
        view: { type: 'string' },
        filter: { type: 'string' },
        json: { type: 'boolean' },
        ...analysisOptions
      }
    });
    const [analysis, ...more] = positionals;
    if (analysis === undefined || more.length > 0)
      throw new BadUse('name one analysis', `one of: ${[...analysisNames, ...firmAnalyses].join(', ')}`);
    const isFirms = (firmAnalyses as readonly string[]).includes(analysis);
    if (!isFirms && !(analysisNames as readonly string[]).includes(analysis))
      throw new BadUse(
        `there is no analysis "${analysis}"`,
        `one of: ${[...analysisNames, ...firmAnalyses].join(', ')}`
      );
    if (values.log === undefined) throw new BadUse('which log?', 'add --log NAME (throughline logs lists them)');
    const place = isFirms ? '' : `/views/${segment(values.view ?? '~')}`;
    const path = `/logs/${segment(values.log)}${place}/${analysis}`;
    const query: Record<string, string | string[] | undefined> = { filter: values.filter };
    for (const option of Object.keys(analysisOptions) as (keyof typeof analysisOptions)[])
      query[option.replace('-', '_')] = values[option];
    const result = await withConnection(storeDirectory(values.store), (connection) =>
      connection.get<object>(path, query)
    );
    // For people too: every result is named figures and rows, and reads well as it is.
    console.log(values.json ? JSON.stringify(result, null, 2) : readable(result));
    return 0;
  }
};

/** Figures as `name: value` lines, lists of records as tables of their first rows. */
function readable(result: object): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(result)) {
    if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object')
      lines.push(`${name}:`, ...table(value as Record<string, unknown>[]));
    else lines.push(`${name}: ${plain(value)}`);
  }
  return lines.join('\n');
}

function table(rows: Record<string, unknown>[], shown = 20): string[] {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.slice(0, shown).map((row) => names.map((name) => plain(row[name])))];
  const widths = names.map((_, i) => Math.min(60, Math.max(...cells.map((row) => (row[i] ?? '').length))));
  const lines = cells.map((row) =>
    `  ${row.map((cell, i) => cell.slice(0, 60).padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()
  );
  if (rows.length > shown) lines.push(`  … ${rows.length - shown} more (--json has all)`);
  return lines;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
