import { join } from 'node:path';
import { Actions } from './actions.ts';
import { ClockReports } from './clock-reports.ts';
import { Clocks } from './clocks.ts';
import { Database } from './database.ts';
import { Policies } from './policies.ts';
import { Targets } from './targets.ts';

/**
 * What is kept beside the log: policies, clocks, targets, actions. Whoever uses it sees methods that answer later, so
 * that another database can stand behind it.
 */
export interface State {
  policies: Pick<Policies, keyof Policies>;
  clocks: Pick<Clocks, keyof Clocks>;
  clockReports: Pick<ClockReports, keyof ClockReports>;
  targets: Pick<Targets, keyof Targets>;
  actions: Pick<Actions, keyof Actions>;
  close(): void;
}

/** Opens (and creates) the state in a store's directory. The store's own lock keeps every other process out. */
export function openState(directory: string, clock: () => Date = () => new Date()): State {
  const db = new Database(join(directory, 'state.sqlite'));
  return {
    policies: new Policies(db, clock),
    clocks: new Clocks(db, clock),
    clockReports: new ClockReports(db, clock),
    targets: new Targets(db, clock),
    actions: new Actions(db, clock),
    close: () => db.close()
  };
}
