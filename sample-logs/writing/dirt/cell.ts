import type { CalendarRow, ExportName, Exports } from '../../firm/rows.ts';
import type { Zone } from '../zone.ts';
import type { Draw } from './draw.ts';

/** All records of one cell of the firm. A step of dirt puts changed copies in the place of records, never changes one. */
export type Cell = { [Name in ExportName]: Exports[Name][] };

/** What a step of dirt may know. */
export interface Dirtying {
  cell: Cell;
  /** The calendars of the firm, which all cells share. */
  calendars: readonly CalendarRow[];
  zoneOf: (office: string) => Zone;
  draw: (decision: string) => Draw;
  now: number;
}
