import { DAY, HOUR } from './clock.ts';
import { addDays, mondayOf, monthOf, weekOf } from './dates.ts';
import { type Process, until } from './engine.ts';
import { type Firm } from './firm.ts';
import { type Person } from './people.ts';
import { type Project } from './project.ts';
import { type Instant } from './rows.ts';

/** Nobody enters later than this; what is late in the exports was made so on purpose. */
const LATEST_ENTRY = 4.5 * DAY;

/** One line for what a person did on a project in a week, from an instant on; none when the person is not at work. */
export function* bookWeek(
  firm: Firm,
  project: Project,
  person: Person,
  from: Instant,
  hours: number,
  changeRequest: string | null = null,
  until_: Instant = Infinity
): Process {
  const { random } = project;
  const { office } = person;
  const monday = mondayOf(office.dateAt(from));
  const weekend = office.at(addDays(monday, 5), 0);
  const latest = Math.min(weekend, until_);
  const first = person.work.next(from);
  const startedAt = person.work.add(first, random.between(0, 0.3) * person.work.between(first, weekend));
  if (!(startedAt < latest)) return;
  // A short week has less of it.
  const share = Math.min(1, person.work.between(startedAt, weekend) / (28 * HOUR));
  const booked = Math.max(1, Math.round(hours * share * random.between(0.8, 1.15) * 2) / 2);
  const friday = person.work.next(office.at(addDays(monday, 4), 14 + random.between(0.5, 3)));
  const soon = person.work.add(startedAt, booked * HOUR);
  const enteredAt = Math.min(friday < weekend && friday > startedAt ? friday : soon, startedAt + LATEST_ENTRY);
  yield* until(enteredAt);
  const date = office.dateAt(startedAt);
  const billable = random.chance(0.93);
  firm.records.add('psa/time', {
    id: firm.ids.next('TE-', 7, 200_000),
    timesheet: `TS-${person.staff}-${weekOf(date)}`,
    project: project.row.code,
    changeRequest,
    office: office.code,
    person: person.staff,
    startedAt,
    hours: booked,
    billable,
    enteredAt: firm.simulation.now
  });
  if (billable && changeRequest === null) {
    const month = monthOf(date);
    project.worked.set(month, (project.worked.get(month) ?? 0) + booked);
  }
}
