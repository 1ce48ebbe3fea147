import type { CalendarRow, Instant, PersonRow, Staff } from '../firm/rows.ts';
import { zoneOf, type Zone } from './zone.ts';

/** Whose clocks a record is written on: an office's, or those of the office in which a person worked at that time. */
export class Clocks {
  private readonly offices = new Map<string, Zone>();
  private readonly people = new Map<Staff, { from: Instant; zone: Zone }[]>();

  constructor(calendars: readonly CalendarRow[], people: readonly PersonRow[]) {
    for (const { office, zone } of calendars) this.offices.set(office, zoneOf(zone));
    for (const { staff, zone: name, from: date } of people) {
      const zone = zoneOf(name);
      const midnight = Date.parse(`${date}T00:00:00Z`);
      const periods = this.people.get(staff) ?? [];
      periods.push({ from: midnight - zone.offsetAt(midnight), zone });
      this.people.set(staff, periods);
    }
    for (const periods of this.people.values()) periods.sort((a, b) => b.from - a.from);
  }

  ofOffice(office: string): Zone {
    const zone = this.offices.get(office);
    if (!zone) throw new Error(`there is no calendar of the office ${office}`);
    return zone;
  }

  ofPerson(staff: Staff, at: Instant): Zone {
    const periods = this.people.get(staff);
    const period = periods?.find(({ from }) => from <= at) ?? periods?.at(-1);
    if (!period) throw new Error(`${staff} is not among the people`);
    return period.zone;
  }
}
