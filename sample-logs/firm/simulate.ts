import { DAY, NOW } from './clock.ts';
import { CELL, type Firm, type FirmOptions, openFirm } from './firm.ts';
import { market } from './market.ts';
import { offices } from './offices.ts';
import { opportunity } from './opportunity.ts';
import { type Emit, type ExportName } from './rows.ts';
import { timeForLoad } from './staffing.ts';
import { type FirmTruth, measure } from './truth.ts';
import { exchangeRates } from './exchange-rates.ts';

export { CELL, type FirmOptions, type FirmTruth };

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
  const [manager] = firm.organisation.desks['Resource Management'].AMER.members;
  const staffed = deals.filter(({ region, isWon, endsAt }) => region === 'AMER' && isWon && endsAt < NOW - 10 * DAY);
  if (manager) firm.staffingTime = timeForLoad(manager.work, staffed);
  for (const deal of deals) firm.simulation.start(opportunity(firm, deal), deal.createdAt);
  firm.simulation.run(NOW);
  for (const name of firm.records.names()) emitAll(firm, name, emit);
  return measure(firm);
}

function emitAll<Name extends ExportName>(firm: Firm, name: Name, emit: Emit): void {
  for (const row of firm.records.all(name)) emit(name, row);
}

const LAST_DAY = '2026-06-30';

function hr({ records, organisation: { personnel }, options: { cell, seed } }: Firm): void {
  for (const row of personnel.rows()) records.add('hr/people', row);
  for (const { leave } of personnel.people)
    for (const row of leave) if (row.from <= LAST_DAY) records.add('hr/leave', row);
  if (cell > 0) return;
  for (const { row } of Object.values(offices)) records.add('hr/calendars', row);
  for (const row of exchangeRates(seed)) records.add('erp/fx_rates', row);
}
