import { BadUse, NotFound } from '#models/log/errors.ts';
import type { Store } from '#models/store/store.ts';
import { freshDealToCash } from './deal-to-cash.ts';
import { freshExceptions } from './exception-table.ts';
import { freshFirm } from './firm.ts';
import { freshLedger } from './handoff-ledger.ts';
import { freshProgressWaits } from './progress-waits.ts';

/**
 * Makes all tables that are derived from a firm's log, so that the first page that asks finds them made. A log without a
 * lifecycle, or without projects, has none: nothing happens.
 *
 * @throws whatever makes one of them fail
 */
export async function freshDerived(store: Store, logName: string, clock: () => Date = () => new Date()): Promise<void> {
  try {
    const ledger = await freshLedger(store, logName, clock);
    await freshDealToCash(store, ledger);
    const firm = await freshFirm(store, logName);
    await freshExceptions(store, firm);
    await freshProgressWaits(store, firm);
  } catch (error) {
    if (!(error instanceof BadUse || error instanceof NotFound)) throw error;
  }
}
