import { parseArgs } from 'node:util';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command } from '../throughline.ts';

/** Analyses of a view of any log, and where the API has them. */
const viewAnalyses: Record<string, string> = {
  summary: 'summary',
  dfg: 'dfg',
  variants: 'variants',
  'cycle-time': 'cycle-time',
  transitions: 'handoffs',
  rework: 'rework',
  attributes: 'attributes',
  cases: 'cases'
};

/** Analyses of a log's firm and its lifecycle, and not of one of its views. */
const firmAnalyses: Record<string, string> = {
  handoffs: 'handoffs/scorecard',
  'handoff-list': 'handoffs/list',
  approvals: 'approvals',
  'approval-steps': 'approvals/steps',
  'deal-to-cash': 'deal-to-cash',
  'deal-to-cash-projects': 'deal-to-cash/projects',
  bottlenecks: 'bottlenecks',
  'to-fix': 'to-fix',
  stalled: 'stalled',
  exceptions: 'exceptions'
};

const known = [...Object.keys(viewAnalyses), ...Object.keys(firmAnalyses)].join(', ');

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
  'service-line': { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  segment: { type: 'string' },
  handoff: { type: 'string' },
  status: { type: 'string' },
  kind: { type: 'string' },
  step: { type: 'string' },
  approver: { type: 'string' },
  part: { type: 'string' },
  rate: { type: 'string' }
} as const;

export const mineCommand: Command = {
  usage: 'mine ANALYSIS --log NAME [--view V] [--filter JSON] [--json] [--dimension D] [--limit N] [--offset N] …',
  about: `Analyses of any log: ${Object.keys(viewAnalyses).join(', ')}; of a log with a setup: ${Object.keys(firmAnalyses).join(', ')} (with --from, --to, --segment and the like). A filter is a list of clauses: '[{"kind":"activity","values":["Pay"],"match":"any"}]'.`,
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
    if (analysis === undefined || more.length > 0) throw new BadUse('name one analysis', `one of: ${known}`);
    const isFirms = Object.hasOwn(firmAnalyses, analysis);
    const address = isFirms ? firmAnalyses[analysis] : Object.hasOwn(viewAnalyses, analysis) && viewAnalyses[analysis];
    if (!address) throw new BadUse(`there is no analysis "${analysis}"`, `one of: ${known}`);
    if (values.log === undefined) throw new BadUse('which log?', 'add --log NAME (throughline logs lists them)');
    const place = isFirms ? '' : `/views/${segment(values.view ?? '~')}`;
    const path = `/logs/${segment(values.log)}${place}/${address}`;
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
