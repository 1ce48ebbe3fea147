import { ident, type Sql } from '#models/store/sql.ts';

/** The table of a list's entries, or of the records. */
export const levelTable = (list: string): Sql => ident(list === '' ? 'row' : `row of ${list}`);

/** Places of the events of one record: an event's position is that of its record times this, plus its slot. */
export const slotsPerRecord = 4096;
