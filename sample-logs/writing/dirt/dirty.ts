import type { CalendarRow, Instant } from '../../firm/rows.ts';
import type { Clocks } from '../clocks.ts';
import type { Cell, Dirtying } from './cell.ts';
import { countDoubtful, type DoubtfulTimes } from './clock-changes.ts';
import { mistypeCodes, type CodeTruth } from './codes.ts';
import { Draw } from './draw.ts';
import { countLate, enterLate, type LateTruth } from './late.ts';
import { emptyFields, type MissingFieldsTruth } from './missing-fields.ts';
import { addOnCall, type OnCallTruth } from './on-call.ts';
import { delayPastOutage, outageOf } from './outage.ts';

/** What was done to the records of a cell before they are written. */
export interface RecordDirt extends CodeTruth {
  late: LateTruth;
  missingFields: MissingFieldsTruth;
  /** `records`: how many it moved an instant in. */
  outage: { system: 'Planbase'; from: string; to: string; records: number };
  /** Written times of all systems that have no zone, and among them the hours on call that were added for these nights. */
  dst: DoubtfulTimes & { onCall: OnCallTruth };
}

export interface DirtOptions {
  seed: number;
  /** Number of the cell, from 0. */
  number: number;
  clocks: Clocks;
  calendars: readonly CalendarRow[];
  now: Instant;
  /** Whether another cell has a project or change request of this code. */
  isTaken: (code: string) => boolean;
}

/** Makes the records of a cell as dirty as those of a real firm, and says exactly how dirty that is. */
export function dirty(cell: Cell, { seed, number, clocks, calendars, now, isTaken }: DirtOptions): RecordDirt {
  const dirtying: Dirtying = {
    cell,
    calendars,
    zoneOf: (office) => clocks.ofOffice(office),
    draw: (decision) => new Draw(seed, number, decision),
    now
  };
  const codes = mistypeCodes(dirtying, isTaken);
  const missingFields = emptyFields(dirtying);
  enterLate(dirtying);
  const onCall = addOnCall(dirtying);
  const outage = outageOf(calendars, now, new Draw(seed, 0, 'outage'));
  const records = delayPastOutage(dirtying, outage);
  return {
    ...codes,
    late: countLate(dirtying),
    missingFields,
    outage: {
      system: 'Planbase',
      from: new Date(outage.from).toISOString(),
      to: new Date(outage.to).toISOString(),
      records
    },
    dst: { ...countDoubtful(cell, clocks), onCall }
  };
}
