import type { ExportName, Exports, Instant } from '../../firm/rows.ts';
import type { Clocks } from '../clocks.ts';
import type { HandWrittenTimeRow } from '../systems/planbase.ts';
import { isLedgerTimeRepeated } from '../times.ts';
import type { Cell } from './cell.ts';

/** Times that were written without a zone in the nights in which clocks change. */
export interface DoubtfulTimes {
  /** In an hour that came twice. */
  repeated: number;
  /** In an hour that never came. */
  missing: number;
}

type Times<Row> = (row: Row) => readonly (Instant | null)[];
const history: Times<{ history: { at: Instant }[] }> = (row) => row.history.map(({ at }) => at);

/** The instants that each export writes without a zone. */
const timesOf: { [Name in ExportName]?: Times<Exports[Name]> } = {
  'psa/projects': history,
  'psa/resource_requests': history,
  'psa/assignments': ({ createdAt }) => [createdAt],
  'psa/milestones': history,
  'psa/change_requests': history,
  'psa/time': (row: Exports['psa/time'] & Partial<HandWrittenTimeRow>) => [row.startedAt, row.enteredAt],
  'psa/expenses': ({ spentAt, enteredAt }) => [spentAt, enteredAt],
  'erp/projects': ({ createdAt, setupStartedAt, setupCompletedAt }) => [createdAt, setupStartedAt, setupCompletedAt],
  'erp/resource_plan': ({ enteredAt }) => [enteredAt],
  'erp/billing_schedule': ({ createdAt }) => [createdAt],
  'erp/invoices': ({ postedAt, sentAt }) => [postedAt, sentAt],
  'erp/credit_notes': ({ postedAt }) => [postedAt],
  'erp/payments': ({ receivedAt }) => [receivedAt]
};

/** How many times of a record leave open, as they are written, which instant they mean. */
function doubtfulTimes<Name extends ExportName>(name: Name, row: Exports[Name], clocks: Clocks): DoubtfulTimes {
  const times = timesOf[name];
  if (!times) return none;
  const zone = 'office' in row ? clocks.ofOffice(row.office) : undefined;
  let repeated = 0;
  for (const at of times(row))
    if (at !== null && (zone ? zone.isRepeated(at) : isLedgerTimeRepeated(at))) repeated += 1;
  if (zone && 'startedWall' in row) {
    // Only a time that somebody wrote by hand can be one that no clock ever showed.
    const { startedAt, startedWall } = row as unknown as HandWrittenTimeRow;
    return { repeated, missing: startedAt + zone.offsetAt(startedAt) === startedWall ? 0 : 1 };
  }
  return repeated > 0 ? { repeated, missing: 0 } : none;
}
const none: DoubtfulTimes = { repeated: 0, missing: 0 };

export function isDoubtful<Name extends ExportName>(name: Name, row: Exports[Name], clocks: Clocks): boolean {
  const { repeated, missing } = doubtfulTimes(name, row, clocks);
  return repeated + missing > 0;
}

export function countDoubtful(cell: Cell, clocks: Clocks): DoubtfulTimes {
  const total = { ...none };
  const count = <Name extends ExportName>(name: Name) => {
    const rows: Exports[Name][] = cell[name];
    for (const row of rows) {
      const { repeated, missing } = doubtfulTimes(name, row, clocks);
      total.repeated += repeated;
      total.missing += missing;
    }
  };
  (Object.keys(timesOf) as ExportName[]).forEach((name) => count(name));
  return total;
}
