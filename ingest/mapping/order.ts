import type { Findings } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { join, sql, type Sql } from '#models/store/sql.ts';
import { timeRoles, type Resolution } from './infer.ts';
import { previousFormat, type Previous } from './previous.ts';
import type { Table } from './table.ts';
import { orderEvidence } from './times.ts';

/** Where the head left open whether the day or the month comes first, the whole file decides. */
export async function settleOrder(staging: Staging, resolution: Resolution, table: Table): Promise<boolean> {
  const { ambiguous, times, mapping } = resolution;
  if (ambiguous.length === 0) return true;
  const evidence = table.columns
    .filter(({ name }) => ambiguous.includes(name))
    .map(({ value }) => orderEvidence(value));
  const order = await orderIn(staging, table.from, evidence);
  for (const role of timeRoles) {
    const format = times[role];
    if (format?.kind === 'parts' && ambiguous.includes(mapping[role] ?? ''))
      times[role] = { kind: 'parts', order: order ?? 'dmy' };
  }
  return order !== undefined;
}

/** A finding for columns of which neither the file nor the last import says whether day or month comes first. */
export function reportAmbiguous(findings: Findings, { ambiguous }: Resolution, previous: Previous | undefined): void {
  const open = ambiguous.filter((column) => previousFormat(previous, column) === undefined);
  if (open.length === 0) return;
  findings.add(
    'ambiguous_dates',
    'the dates could be day-first or month-first; they were read day-first (timestamp_format: mdy reads them the other way)',
    open.join(', ')
  );
}

async function orderIn(staging: Staging, from: Sql, evidence: { monthFirst: Sql; dayFirst: Sql }[]) {
  const count = (conditions: Sql[]) =>
    join(
      conditions.map((condition) => sql`count(*) filter (${condition})`),
      ' + '
    );
  const [counted] = await staging.query<{ month: number; day: number }>(sql`
    select (${count(evidence.map(({ monthFirst }) => monthFirst))})::double as month,
      (${count(evidence.map(({ dayFirst }) => dayFirst))})::double as day from ${from}`);
  const { month = 0, day = 0 } = counted ?? {};
  return month === day ? undefined : month > day ? ('mdy' as const) : ('dmy' as const);
}
