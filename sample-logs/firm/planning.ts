import { monthsOf } from './dates.ts';
import { positionAt, type Person } from './people.ts';
import { type Staff } from './rows.ts';

/** Hours a week that consultants are planned for, month by month. */
export class Plan {
  readonly #hours = new Map<string, number>();

  hours(staff: Staff, month: string): number {
    return this.#hours.get(`${staff} ${month}`) ?? 0;
  }

  add(staff: Staff, month: string, hours: number): void {
    const key = `${staff} ${month}`;
    this.#hours.set(key, (this.#hours.get(key) ?? 0) + hours);
  }

  /** The most hours a week in any month between two dates. */
  peak(staff: Staff, from: string, to: string): number {
    return Math.max(...monthsOf(from, to).map((month) => this.hours(staff, month)));
  }

  /** Of those in the team at that time who have room the one with the least to do; undefined when nobody has. */
  leastBusy(
    people: readonly Person[],
    { team, from, to, hours, limit }: { team: string; from: string; to: string; hours: number; limit: number },
    except: ReadonlySet<Staff>
  ): Person | undefined {
    let [chosen, least] = [undefined as Person | undefined, Infinity];
    for (const person of people) {
      if (except.has(person.staff) || positionAt(person, from)?.team !== team) continue;
      const peak = this.peak(person.staff, from, to);
      if (peak + hours <= limit && peak < least) [chosen, least] = [person, peak];
    }
    return chosen;
  }
}
