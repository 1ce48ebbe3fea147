import { type WorkTime } from './clock.ts';
import { addDays, addWeekdays, daysBetween, onWeekday, weekdayOf } from './dates.ts';
import { familyNames, givenNames } from './names.ts';
import { type Office, offices } from './offices.ts';
import { type Random } from './rng.ts';
import { type Department, type LeaveRow, type PersonRow, type Staff } from './rows.ts';

/** Somebody's place in the firm for a time. */
export interface Position {
  team: string;
  department: Department;
  role: string;
  from: string;
  to: string | null;
}

export interface Person {
  staff: Staff;
  name: string;
  office: Office;
  isIntegration: boolean;
  manager: Staff | null;
  /** In order of time; one follows the other without a gap. */
  positions: Position[];
  leave: LeaveRow[];
  /** The office's hours without leave, while employed. */
  work: WorkTime;
}

/** The day since when the people who were there at the start are known. */
export const EMPLOYED_SINCE = '2022-01-03';

/** How many days of leave a year offers: long blocks, short blocks, days of illness. */
const customs: Record<string, { long: [number, number]; short: [number, number]; ill: number }> = {
  BER: { long: [8, 14], short: [3, 6], ill: 3 },
  NYC: { long: [4, 8], short: [2, 4], ill: 2 },
  SIN: { long: [5, 9], short: [2, 4], ill: 2 },
  BLR: { long: [5, 9], short: [2, 4], ill: 2 }
};

export interface Hire {
  position: Position;
  office: Office;
  isIntegration?: boolean;
  manager?: Staff | null;
  /** Colleagues who are not on leave at the same time. */
  covers?: readonly Person[];
  /** Takes a few days at a time only. */
  takesShortLeave?: boolean;
  /** Leave that is given, beside what chance gives. */
  leave?: readonly { from: string; to: string }[];
}

/** Hires people: names, staff numbers, leave and so working time. */
export class Personnel {
  readonly people: Person[] = [];
  readonly #random: Random;
  readonly #cell: number;
  #leaves = 0;

  constructor(random: Random, cell: number) {
    this.#random = random;
    this.#cell = cell;
  }

  hire(hire: Hire): Person {
    const number = this.#cell * 1000 + this.people.length + 1;
    const staff = `E${String(number).padStart(4, '0')}`;
    const isIntegration = hire.isIntegration ?? false;
    const leave = isIntegration ? [] : this.#leaveOf(staff, hire);
    const person: Person = {
      staff,
      name: isIntegration ? hire.position.role : `${this.#random.pick(givenNames)} ${this.#random.pick(familyNames)}`,
      office: hire.office,
      isIntegration,
      manager: hire.manager ?? null,
      positions: [hire.position],
      leave,
      work: workOf(hire.office, leave, hire.position.from, hire.position.to)
    };
    this.people.push(person);
    return person;
  }

  /** A person changes team: the old position ends the day before. */
  move(person: Person, position: Omit<Position, 'to'>): void {
    const last = person.positions.at(-1);
    if (last) last.to = addDays(position.from, -1);
    person.positions.push({ ...position, to: null });
  }

  *rows(): Generator<PersonRow> {
    for (const { staff, name, office, isIntegration, manager, positions } of this.people) {
      for (const { team, department, role, from, to } of positions) {
        const { office: code, zone } = office.row;
        yield { staff, name, team, department, role, office: code, zone, isIntegration, manager, from, to };
      }
    }
  }

  #leaveOf(staff: Staff, { position, office, covers = [], takesShortLeave, leave = [] }: Hire): LeaveRow[] {
    const taken: LeaveRow[] = [];
    const add = (from: string, days: number, kind: LeaveRow['kind'], tries = 8): void => {
      let start = onWeekday(from);
      for (let i = 0; i < tries; i += 1) {
        const to = addWeekdays(start, days - 1);
        const isFree = ![...taken, ...covers.flatMap((person) => person.leave)].some(
          (other) => other.from <= addDays(to, 3) && addDays(other.to, 3) >= start
        );
        if (isFree && start >= position.from && (position.to === null || to < position.to)) {
          taken.push({ id: '', staff, from: start, to, kind });
          return;
        }
        start = onWeekday(addDays(start, this.#random.whole(9, 24)));
      }
    };
    for (const { from, to } of leave) taken.push({ id: '', staff, from, to, kind: 'holiday' });
    const custom = customs[office.code] ?? { long: [5, 9], short: [2, 4], ill: 2 };
    for (const year of [2024, 2025, 2026]) {
      const blocks: [string, string, [number, number]][] = takesShortLeave
        ? ['01-20', '03-20', '05-20', '08-20', '10-20', '12-01'].map((day) => [day, day, [1, 3]])
        : [
            ['06-20', '08-20', custom.long],
            ['12-18', '12-27', custom.short],
            ['02-10', '05-05', custom.short],
            ['09-20', '10-25', custom.short]
          ];
      for (const [first, last, [low, high]] of blocks) {
        const from = addDays(
          `${year}-${first}`,
          this.#random.whole(0, daysBetween(`${year}-${first}`, `${year}-${last}`))
        );
        add(from, this.#random.whole(low, high), 'holiday');
      }
      const ill = takesShortLeave ? 1 : this.#random.whole(0, custom.ill);
      for (let i = 0; i < ill; i += 1) {
        add(addDays(`${year}-01-02`, this.#random.whole(0, 350)), this.#random.whole(1, 3), 'sick', 1);
      }
    }
    taken.sort((a, b) => (a.from < b.from ? -1 : 1));
    for (const row of taken) row.id = `LV-${String(this.#cell * 10_000 + (this.#leaves += 1)).padStart(5, '0')}`;
    return taken;
  }
}

/** Working time of a person, or of a part of the time somebody is employed. */
export function workOf(office: Office, leave: readonly LeaveRow[], from: string, to: string | null): WorkTime {
  const away = new Set<string>();
  for (const { from: first, to: last } of leave) {
    for (let date = first; date <= last; date = addDays(date, 1)) if (weekdayOf(date) % 6 !== 0) away.add(date);
  }
  return office.workExcept((date) => away.has(date), from, to);
}

export function positionAt({ positions }: Person, date: string): Position | undefined {
  return positions.find(({ from, to }) => from <= date && (to === null || date <= to));
}

export const officeOf = (code: keyof typeof offices): Office => offices[code];
