import { HOUR, MINUTE, SECOND, WORKDAY } from './clock.ts';
import { addDays, mondayOf } from './dates.ts';
import { approval } from './approvals.ts';
import { bill } from './billing.ts';
import { type Process, Signal, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { type Person } from './people.ts';
import { cents, type Project, step, today } from './project.ts';
import { pickedUp } from './queue.ts';
import { type ChangeRequestRow } from './rows.ts';
import { addLine } from './setup.ts';
import { bookWeek } from './timesheets.ts';

const reasons = [
  'more interfaces',
  'additional site',
  'new security requirement',
  'data volume',
  'later go-live',
  'extra training'
];

/** A change: raised, submitted, decided in the approval system, mirrored, worked on, billed. */
export function* change(firm: Firm, project: Project): Process {
  const { random, deal, row, office, manager, deputies } = project;
  const { decks } = firm;
  const isApac = deal.region === 'APAC';
  const request = firm.records.add('psa/change_requests', {
    id: firm.ids.next('CR-', 5, 4000),
    project: row.code,
    office: office.code,
    type: random.pick(['scope', 'scope', 'scope', 'schedule', 'rate']),
    amount: Math.round((deal.amount * random.between(0.05, 0.16)) / 100) * 100,
    currency: deal.currency,
    reason: random.pick(reasons),
    history: []
  });
  const raising = random.chance(0.5) ? (random.pick(project.assignments)?.person ?? manager) : manager;
  step(firm, request.history, yield* acts(firm, raising, [manager], 1), 'raised');
  const by = yield* acts(firm, manager, deputies, random.logNormal(7 * HOUR, 0.5));
  step(firm, request.history, by, 'submitted');

  const workStarted = new Signal();
  if (isApac && decks.earlyChange.draw())
    firm.simulation.start(startWork(firm, project, request, by, workStarted, random.whole(2, 9) * MINUTE));
  const decision = yield* approval(firm, project, {
    kind: 'change request',
    amount: request.amount,
    text: request.reason,
    requester: by,
    change: request.id,
    isOwn: isApac && decks.ownApproval.draw()
  });
  yield* until(firm.simulation.now + random.whole(3, 15) * SECOND);
  step(firm, request.history, firm.organisation.integration.signoff, decision);
  if (decision === 'rejected') return;

  row.budget = cents(row.budget + request.amount * 0.75);
  const isForgotten = decks.unbilledChange.draw();
  if (isForgotten) firm.planted.unbilledChanges.push(request.id);
  const line = isForgotten ? undefined : yield* enterLine(firm, project, request);
  if (!workStarted.hasFired) {
    const worker = random.pick(project.assignments)?.person ?? manager;
    const who = yield* acts(firm, worker, [manager], random.logNormal(7 * HOUR, 0.5));
    firm.simulation.start(startWork(firm, project, request, who, workStarted, 0));
  }
  const days = random.logNormal(9, 0.4);
  const who = yield* acts(firm, manager, deputies, days * WORKDAY);
  step(firm, request.history, who, 'implemented');
  if (line) yield* bill(firm, project, line, '', request.amount);
}

/** Work on a change, with the hours that name it. */
function* startWork(
  firm: Firm,
  project: Project,
  request: ChangeRequestRow,
  by: Person,
  started: Signal,
  delay: number
): Process {
  yield* until(firm.simulation.now + delay);
  step(firm, request.history, by, 'work_started');
  firm.simulation.fire(started);
  const turn = Math.max(
    0,
    project.assignments.findIndex(({ person }) => person === by)
  );
  const person = project.assignments[turn]?.person;
  if (!person) return;
  for (let week = 0; week < 3; week += 1) {
    const hours = project.random.whole(2, 6);
    yield* bookWeek(firm, project, { person, turn, from: firm.simulation.now, hours, changeRequest: request.id });
    if (request.history.at(-1)?.action === 'implemented') return;
    yield* until(project.office.at(addDays(mondayOf(today(firm, project.office)), 7), 9));
  }
}

function* enterLine(firm: Firm, project: Project, request: ChangeRequestRow) {
  const { random } = project;
  yield* until(project.office.work.add(firm.simulation.now, random.logNormal(6 * HOUR, 0.5)));
  const work = yield* pickedUp(firm, project.finance, { service: random.logNormal(12 * MINUTE, 0.4) });
  yield* until(work.endsAt);
  const plannedDate = addDays(today(firm, project.office), 21);
  return addLine(firm, project, { reference: request.id, plannedDate, amount: request.amount }, work.by);
}
