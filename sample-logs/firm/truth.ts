import { type Firm } from './firm.ts';
import { type Stall } from './stalls.ts';

/** What was planted, as it came out. */
export interface FirmTruth {
  records: Record<string, number>;
  T8: { stalls: (Omit<Stall, 'since'> & { since: string })[] };
}

export function measure(firm: Firm): FirmTruth {
  return {
    records: Object.fromEntries(firm.records.names().map((name) => [name, firm.records.all(name).length])),
    T8: { stalls: firm.stalls.list.map((stall) => ({ ...stall, since: new Date(stall.since).toISOString() })) }
  };
}
