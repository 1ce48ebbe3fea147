import { HOUR, MINUTE, WORKDAY } from './clock.ts';
import { addDays } from './dates.ts';
import { approval } from './approvals.ts';
import { type Process, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { type Person } from './people.ts';
import { cents, type Project, step, today } from './project.ts';
import { pickedUp } from './queue.ts';

/** After delivery: customer success takes over, project operations close the project, rarely to open it again. */
export function* close(firm: Firm, project: Project, by: Person): Process {
  const { deal, random, row, office } = project;
  const isSkipped = deal.line === 'Managed Services' && firm.decks.skippedTransition.draw();
  if (isSkipped) firm.planted.skippedTransitions.push(row.code);
  else firm.simulation.start(transition(firm, project, by));
  if (random.chance(0.05)) {
    firm.simulation.start(writeOff(firm, project, by));
  }
  for (let round = 1; ; round += 1) {
    yield* until(office.work.add(firm.simulation.now, random.logNormal(3 * WORKDAY, 0.4)));
    const work = yield* pickedUp(firm, firm.organisation.desks['Project Operations'][deal.region], {
      service: random.logNormal(20 * MINUTE, 0.4),
      priority: -1
    });
    yield* until(work.endsAt);
    step(firm, row.history, work.by, 'closed');
    if (round > 1 || !firm.decks.reopened.draw()) return;
    const reopening = yield* acts(firm, project.manager, project.deputies, random.logNormal(6 * WORKDAY, 0.4));
    step(firm, row.history, reopening, 'reopened', 'late invoice from a supplier');
  }
}

function* transition(firm: Firm, project: Project, by: Person): Process {
  const { deal, random, row } = project;
  const preparing = yield* acts(firm, by, project.deputies, random.logNormal(5 * HOUR, 0.5));
  const date = today(firm, project.office);
  const record = firm.records.add('cs/transitions', {
    id: firm.ids.next('CST-', 5, 2000),
    project: row.code,
    createdAt: firm.simulation.now,
    createdBy: preparing.staff,
    acceptedAt: null,
    acceptedBy: null,
    completedAt: null,
    completedBy: null,
    dueDate: addDays(date, 28),
    renewalDate: deal.line === 'Managed Services' || random.chance(0.3) ? addDays(date, random.whole(150, 365)) : null
  });
  const work = yield* pickedUp(firm, firm.organisation.desks['Customer Success'][deal.region], {
    service: random.logNormal(2 * HOUR, 0.4),
    notice: random.logNormal(3 * HOUR, 0.6)
  });
  record.acceptedAt = firm.simulation.now;
  record.acceptedBy = work.by.staff;
  const colleagues = firm.organisation.desks['Customer Success'][deal.region].members.map(({ person }) => person);
  const completing = yield* acts(firm, work.by, colleagues, random.logNormal(5 * WORKDAY, 0.4));
  record.completedAt = firm.simulation.now;
  record.completedBy = completing.staff;
}

function* writeOff(firm: Firm, project: Project, requester: Person): Process {
  const { random, deal } = project;
  yield* acts(firm, requester, [], random.logNormal(WORKDAY, 0.5));
  const amount = cents(deal.amount * random.between(0.01, 0.05));
  yield* approval(firm, project, { kind: 'write-off', amount, text: 'hours that cannot be billed', requester });
}
