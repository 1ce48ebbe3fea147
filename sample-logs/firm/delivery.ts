import { HOUR, MINUTE, SECOND, WORKDAY } from './clock.ts';
import { addDays, addWeekdays, mondayOf } from './dates.ts';
import { approval, openApproval } from './approvals.ts';
import { bills, milestone } from './billing.ts';
import { change } from './changes.ts';
import { close } from './closing.ts';
import { fired, type Process, Signal, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { lastDays } from './organisation.ts';
import { type Person } from './people.ts';
import { purchase, requestPurchase } from './procurement.ts';
import { cents, type Project, step, today } from './project.ts';
import { type Instant } from './rows.ts';
import { bookWeek, LATEST_ENTRY } from './timesheets.ts';

/** The time during which a project rests. */
interface Hold {
  from: Instant;
  to: Instant;
}

/** From the set-up to the end of the work; then the project is closed. */
export function* deliver(firm: Firm, project: Project): Process {
  const { random, manager, deputies, office, row } = project;
  if (project.startsEarly) yield* until(manager.work.add(firm.simulation.now, random.logNormal(5 * HOUR, 0.3)));
  else if (!(yield* mayStart(firm, project))) return;
  const by = yield* acts(firm, manager, deputies, random.logNormal(30 * MINUTE, 0.5));
  step(firm, row.history, by, 'delivery_started');

  const start = firm.simulation.now;
  const startsOn = today(firm, office);
  const lasts = addDays(mondayOf(startsOn), (project.weeks - 1) * 7 + 4);
  const hold = random.chance(0.03) ? holdOf(project, startsOn) : undefined;
  const end = office.at(hold ? addWeekdays(lasts, hold.days) : lasts, 15.5);
  const rest = hold && { from: office.at(hold.from, 10), to: office.at(addWeekdays(hold.from, hold.days), 10) };
  if (rest) firm.simulation.start(pause(firm, project, rest));
  for (const [turn, { person, hoursPerWeek }] of project.assignments.entries()) {
    firm.simulation.start(work(firm, project, { person, turn, hours: hoursPerWeek }, { start, end, rest }));
    firm.simulation.start(expenses(firm, project, person, end));
  }
  const place = (fraction: number): Instant => {
    const at = start + fraction * (end - start);
    return office.work.next(rest && at > rest.from && at < rest.to ? rest.to : at);
  };
  const reached = project.milestones.map((milestoneRow, i) => {
    const isReached = new Signal();
    const at = place(Math.min(0.985, ((i + 1) / project.milestones.length) * random.between(0.93, 1.02)));
    firm.simulation.start(milestone(firm, project, milestoneRow, isReached), at);
    return isReached;
  });
  if (project.milestones.length === 0) firm.simulation.start(bills(firm, project, startsOn, end));
  if (firm.decks.changes.draw()) {
    for (let i = random.pick([1, 2, 2, 3]); i > 0; i -= 1)
      firm.simulation.start(change(firm, project), place(random.between(0.1, 0.75)));
  }
  if (random.chance(0.06)) firm.simulation.start(discount(firm, project), place(random.between(0.2, 0.8)));

  yield* until(office.work.next(end));
  for (const signal of reached) yield* fired(signal);
  const completing = yield* acts(firm, manager, deputies, random.logNormal(3 * HOUR, 0.5));
  step(firm, row.history, completing, 'delivery_completed');
  yield* close(firm, project, completing);
}

/** What comes between set-up and start: the release of the budget, a purchase, the planned day. Or a stall (T8). */
function* mayStart(firm: Firm, project: Project): Process<boolean> {
  const { random, manager, deputies, office, row, deal } = project;
  yield* fired(project.isSetUp);
  const by = yield* acts(firm, manager, deputies, random.logNormal(2 * HOUR, 0.6));
  const date = today(firm, office);
  if (firm.stalls.takes('waiting for purchase order', date)) {
    const { id } = requestPurchase(firm, project, by);
    firm.stalls.add({
      project: row.code,
      reason: 'waiting for purchase order',
      since: firm.simulation.now,
      fact: { type: 'purchase_request', id }
    });
    return false;
  }
  const budget = { kind: 'project budget' as const, amount: row.budget, text: 'release of the budget', requester: by };
  const [leaver] = firm.organisation.approvers[deal.region].lineManagers;
  if (leaver && isShortBefore(date, lastDays[deal.region]) && firm.stalls.takesOfLeaver(date)) {
    const approvalRow = openApproval(firm, project, budget);
    const activatedAt = firm.simulation.now;
    approvalRow.rounds.push({
      round: 1,
      submittedAt: activatedAt,
      steps: [
        { step: 'line manager', activatedAt, approver: leaver.staff, delegate: null, decidedAt: null, decision: null }
      ]
    });
    firm.stalls.add({
      project: row.code,
      reason: 'approver left',
      since: activatedAt,
      fact: { type: 'approval', id: approvalRow.id, person: leaver.staff }
    });
    return false;
  }
  if (firm.decks.purchases.draw()) firm.simulation.start(purchase(firm, project, requestPurchase(firm, project, by)));
  if (deal.amount > 130_000 || random.chance(0.2)) yield* approval(firm, project, budget);
  yield* until(office.at(row.plannedStart, 9.2));
  return true;
}

const isShortBefore = (date: string, day: string): boolean => date < day && addWeekdays(date, 24) >= day;

function holdOf({ random, weeks }: Project, startsOn: string): { from: string; days: number } {
  return { from: addWeekdays(startsOn, Math.round(weeks * 5 * random.between(0.3, 0.6))), days: random.whole(8, 15) };
}

function* pause(firm: Firm, { row, manager, deputies }: Project, { from, to }: Hold): Process {
  yield* until(from);
  step(firm, row.history, yield* acts(firm, manager, deputies, SECOND), 'on_hold', 'asked for by the customer');
  yield* until(to);
  step(firm, row.history, yield* acts(firm, manager, deputies, SECOND), 'resumed');
}

/** Week by week, until the work ends; nothing while the project rests. */
function* work(
  firm: Firm,
  project: Project,
  booking: { person: Person; turn: number; hours: number },
  { start, end, rest }: { start: Instant; end: Instant; rest: Hold | undefined }
): Process {
  const { office } = booking.person;
  for (let from = start; from < end;) {
    const next = office.at(addDays(mondayOf(office.dateAt(from)), 7), 0);
    const isResting = rest && from < rest.to && next > rest.from;
    if (isResting) yield* until(next);
    else yield* bookWeek(firm, project, { ...booking, from, to: end });
    from = next;
    yield* until(from);
  }
}

function* expenses(firm: Firm, project: Project, person: Person, end: Instant): Process {
  const { random, row, deal } = project;
  for (;;) {
    yield* until(person.work.add(firm.simulation.now, random.logNormal(24 * WORKDAY, 0.6)));
    if (firm.simulation.now >= end) return;
    const spentAt = firm.simulation.now;
    const enteredAt = person.work.add(spentAt, random.logNormal(7 * HOUR, 0.5));
    // Who goes on leave that evening enters it before.
    yield* until(enteredAt - spentAt > LATEST_ENTRY ? spentAt + HOUR : enteredAt);
    firm.records.add('psa/expenses', {
      id: firm.ids.next('EX-', 6),
      project: row.code,
      office: person.office.code,
      person: person.staff,
      spentAt,
      cost: cents(random.logNormal(180, 0.7)),
      currency: deal.currency,
      billable: random.chance(0.7),
      enteredAt: firm.simulation.now
    });
  }
}

function* discount(firm: Firm, project: Project): Process {
  const { random, deal, manager, deputies } = project;
  const requester = yield* acts(firm, manager, deputies, random.logNormal(HOUR, 0.5));
  const amount = cents(deal.amount * random.between(0.02, 0.08));
  yield* approval(firm, project, {
    kind: 'discount',
    amount,
    text: random.pick(['volume', 'goodwill', 'framework']),
    requester
  });
}
