import { DAY, HOUR, MINUTE, SECOND } from './clock.ts';
import { addDays, mondayOf, monthOf, weekOf } from './dates.ts';
import { type Process, until } from './engine.ts';
import { type Firm } from './firm.ts';
import { type Person } from './people.ts';
import { type Project } from './project.ts';
import { type Instant } from './rows.ts';

/** Nobody enters later than this; what is late in the exports was made so on purpose. */
export const LATEST_ENTRY = 4.5 * DAY;
/** A person has a day of the week for each project, and takes turns with the others. */
const days = [0, 1, 3, 2] as const;

interface Booking {
  person: Person;
  /** Which of the project's people it is. */
  turn: number;
  /** Of the week that holds this instant, and not before it … */
  from: Instant;
  /** … nor from this one on. */
  to?: Instant;
  hours: number;
  changeRequest?: string;
}

/** One line for what a person did on a project in a week; a colleague's when the person is away on their day. */
export function* bookWeek(firm: Firm, project: Project, booking: Booking): Process {
  const { random } = project;
  const { turn, from, to = Infinity, changeRequest = null } = booking;
  const team = [booking.person, ...project.assignments.map(({ person }) => person)];
  const dayOf = ({ office }: Person): Instant =>
    Math.max(from, office.at(addDays(mondayOf(office.dateAt(from)), days[turn % days.length] ?? 0), 9));
  const person = team.find((one) => one.work.next(dayOf(one)) < dayOf(one) + DAY) ?? booking.person;
  const { office } = person;
  const weekend = office.at(addDays(mondayOf(office.dateAt(from)), 5), 0);
  const startedAt = person.work.add(dayOf(person), random.between(0.05, 2.5) * HOUR);
  if (!(startedAt < Math.min(weekend, to))) return;
  const hours = Math.min(9.5, Math.max(1, Math.round(booking.hours * random.between(0.8, 1.2) * 2) / 2));
  const enteredAt = person.work.add(startedAt, Math.min(hours, 7) * HOUR + random.logNormal(25 * MINUTE, 0.7));
  // Who goes on leave that evening enters it before.
  yield* until(enteredAt - startedAt > LATEST_ENTRY ? startedAt + hours * HOUR : enteredAt);
  const date = office.dateAt(startedAt);
  const billable = random.chance(0.93);
  firm.records.add('psa/time', {
    id: firm.ids.next('TE-', 7, 200_000),
    timesheet: `TS-${person.staff}-${weekOf(date)}`,
    project: project.row.code,
    changeRequest,
    office: office.code,
    person: person.staff,
    startedAt: Math.round(startedAt / SECOND) * SECOND,
    hours,
    billable,
    enteredAt: firm.simulation.now
  });
  if (billable && changeRequest === null) {
    const month = monthOf(date);
    project.worked.set(month, (project.worked.get(month) ?? 0) + hours);
  }
}
