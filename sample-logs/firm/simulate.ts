import { HOUR, NOW, START } from './clock.ts';
import { CELL, type Firm, type FirmOptions, openFirm } from './firm.ts';
import { market } from './market.ts';
import { offices } from './offices.ts';
import { opportunity } from './opportunity.ts';
import { Random } from './rng.ts';
import { type Emit, type ExportName } from './rows.ts';
import { RESOURCE_MANAGER_REPEATS } from './staffing.ts';
import { type FirmTruth, measure } from './truth.ts';
import { monthsOf } from './dates.ts';

export { CELL, type FirmOptions, type FirmTruth };

/** T2: the load of the one resource manager of AMER. */
export const RESOURCE_MANAGERS_LOAD = 0.97;

/**
 * Simulates one firm over two years, from its first opportunity up to `NOW`, and emits what its seven systems then
 * hold: each record once, with its whole story. What would happen later is not there. The same options give the same
 * records on every run; 1,200 projects take a few seconds.
 *
 * @returns what was planted, measured on the records
 * @example simulateFirm({ seed: 7, projects: 1200, cell: 0 }, (name, row) => write(name, row))
 */
export function simulateFirm(options: FirmOptions, emit: Emit): FirmTruth {
  const firm = openFirm(options);
  hr(firm);
  const deals = market(firm);
  firm.staffingTime = staffingTime(
    firm,
    deals.filter(({ region, isWon, endsAt }) => region === 'AMER' && isWon && endsAt < NOW)
  );
  for (const deal of deals) firm.simulation.start(opportunity(firm, deal), deal.createdAt);
  firm.simulation.run(NOW);
  for (const name of firm.records.names()) emitAll(firm, name, emit);
  return measure(firm);
}

function emitAll<Name extends ExportName>(firm: Firm, name: Name, emit: Emit): void {
  for (const row of firm.records.all(name)) emit(name, row);
}

function staffingTime(firm: Firm, deals: readonly { requests: number }[]): number {
  const [manager] = firm.organisation.desks['Resource Management'].AMER.members;
  const asked = deals.reduce((sum, { requests }) => sum + requests, 0) * RESOURCE_MANAGER_REPEATS;
  const available = manager?.work.between(START + 25 * 24 * HOUR, NOW) ?? 0;
  // The mean of a log-normal with σ 0.35 is 1.063 medians. A small firm does not make work longer.
  return Math.min(7 * HOUR, (RESOURCE_MANAGERS_LOAD * available) / Math.max(1, asked) / 1.063);
}

const LAST_DAY = '2026-06-30';

function hr({ records, organisation: { personnel }, options: { cell, seed } }: Firm): void {
  for (const row of personnel.rows()) records.add('hr/people', row);
  for (const { leave } of personnel.people) for (const row of leave) if (row.from <= LAST_DAY) records.add('hr/leave', row);
  if (cell > 0) return;
  for (const { row } of Object.values(offices)) records.add('hr/calendars', row);
  const random = new Random(seed, 'fx');
  let rate = 1.08;
  for (const month of monthsOf('2024-07-01', '2026-06-30')) {
    rate = Math.min(1.16, Math.max(1.02, rate * random.between(0.985, 1.016)));
    records.add('erp/fx_rates', { month, from: 'EUR', to: 'USD', rate: Number(rate.toFixed(4)) });
    records.add('erp/fx_rates', { month, from: 'USD', to: 'EUR', rate: Number((1 / rate).toFixed(4)) });
  }
}
