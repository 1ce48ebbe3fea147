import { DAY, HOUR, MINUTE, NOW, SECOND, START, type WorkTime } from './clock.ts';
import { addDays, addWeekdays, monthsOf } from './dates.ts';
import { fired, type Process, Signal, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { regions, serviceLines } from './organisation.ts';
import { type Deal } from './market.ts';
import { type Person } from './people.ts';
import { type Project, step, today } from './project.ts';
import { pickedUp } from './queue.ts';
import { type Region, type ResourceRequestRow, type Staff } from './rows.ts';

/** Hours a week up to which a person is planned; AMER's consultants of Security keep room for their quarters' ends (T17). */
const LIMIT = 37;
const LIMIT_BEFORE_QUARTERS_END = 29;
/** How often a candidate is rejected, and how much of the work comes again then. */
const REJECTED = 0.1;
const AGAIN = 0.6;
/** Working time for a request elsewhere. */
const STAFFING_TIME: Record<Region, number> = { EMEA: 2.2 * HOUR, AMER: 0, APAC: 2.6 * HOUR };

/** Asks for people and has them confirmed; never ends for a project that gets stuck without (T8). */
export function* staff(firm: Firm, project: Project): Process {
  const { random, deal, row } = project;
  const by = yield* acts(firm, project.manager, project.deputies, random.logNormal(2.5 * HOUR, 0.6));
  const all: Signal[] = [];
  let last = by;
  const asked = positionsAsked(deal);
  for (const [i, positions] of asked.entries()) {
    const isFulfilled = new Signal();
    all.push(isFulfilled);
    const fulfil = function* (request: ResourceRequestRow): Process {
      const found = yield* find(firm, project, request, positions, asked.length === 1);
      if (!found) return;
      last = found;
      firm.simulation.fire(isFulfilled);
    };
    firm.simulation.start(fulfil(ask(firm, project, by)));
    if (i < asked.length - 1) yield* until(by.work.add(firm.simulation.now, random.logNormal(12 * MINUTE, 0.5)));
  }
  for (const signal of all) yield* fired(signal);
  const colleagues = firm.organisation.desks['Resource Management'][deal.region].members.map(({ person }) => person);
  const confirming = yield* acts(firm, last, colleagues, random.logNormal(25 * MINUTE, 0.5));
  step(firm, row.history, confirming, 'staffing_confirmed');
}

/** How many people each request asks for: AMER bundles, so that its one resource manager has fewer and larger ones. */
export function positionsAsked({ region, positions }: Pick<Deal, 'region' | 'positions'>): number[] {
  const most = region === 'AMER' ? 4 : 2;
  const requests = Math.ceil(positions / most);
  return Array.from({ length: requests }, (_, i) => Math.floor((positions + i) / requests));
}

function ask(firm: Firm, { row, random, deal, office, weeks }: Project, by: Person): ResourceRequestRow {
  const hours = random.pick([4, 6, 6, 6, 6, 6, 8, 8]);
  const request = firm.records.add('psa/resource_requests', {
    id: firm.ids.next('RR-', 6),
    project: row.code,
    office: office.code,
    role: random.pick(['Consultant', 'Senior Consultant', 'Architect', 'Engineer', 'Analyst']),
    skill: deal.line,
    hours: hours * weeks,
    history: []
  });
  step(firm, request.history, by, 'requested');
  return request;
}

/** From the request to the assignment; gives the resource manager who did it, and none where nobody is found (T8). */
function* find(
  firm: Firm,
  project: Project,
  request: ResourceRequestRow,
  positions: number,
  isOnly: boolean
): Process<Person | undefined> {
  const { random, deal } = project;
  const queue = firm.organisation.desks['Resource Management'][deal.region];
  const isTemplate = random.chance(0.08);
  if (isTemplate) {
    // An assignment that a template makes is nobody's pick-up: the request still waits for a resource manager.
    yield* until(firm.simulation.now + random.whole(4, 15) * SECOND);
    assign(firm, project, request, firm.organisation.integration.planbase);
  }
  let work = yield* pickedUp(firm, queue, {
    service: staffingTime(firm, project),
    notice: random.logNormal(HOUR, 0.6)
  });
  step(firm, request.history, work.by, 'picked_up');
  if (isOnly && !isTemplate && firm.stalls.takes('no staffing', today(firm, project.office))) {
    const fact = { type: 'resource_request' as const, id: request.id };
    firm.stalls.add({ project: project.row.code, reason: 'no staffing', since: firm.simulation.now, fact });
    return undefined;
  }
  const isRejected = deal.region === 'AMER' ? firm.decks.rejectedCandidate.draw() : random.chance(REJECTED);
  const rejections = isRejected ? 1 : 0;
  for (let round = 0; ; round += 1) {
    yield* until(work.endsAt);
    step(firm, request.history, work.by, 'proposed');
    const manager = yield* acts(firm, project.manager, project.deputies, random.logNormal(1.5 * HOUR, 0.6));
    if (round === rejections) {
      step(firm, request.history, manager, 'confirmed');
      break;
    }
    step(firm, request.history, manager, 'rejected', random.pick(['skill does not fit', 'not available in time']));
    work = yield* pickedUp(firm, queue, { service: staffingTime(firm, project) * AGAIN, priority: 1 });
  }
  const by = yield* acts(
    firm,
    work.by,
    queue.members.map(({ person }) => person),
    random.logNormal(12 * MINUTE, 0.5)
  );
  for (let i = isTemplate ? 1 : 0; i < positions; i += 1) assign(firm, project, request, by);
  return by;
}

/** T2: the load of the one resource manager of AMER. */
export const RESOURCE_MANAGERS_LOAD = 0.97;
/** The first requests come some days after the first deals. */
export const FIRST_STAFFING = START + 25 * DAY;

/** Working time for a request, so that a resource manager has that load: all that is asked, over all the time there is. */
export function timeForLoad(manager: WorkTime, deals: readonly Deal[]): number {
  const asked = deals.reduce((sum, deal) => sum + positionsAsked(deal).length, 0) * (1 + REJECTED * AGAIN);
  // A small firm does not make work longer.
  return Math.min(9 * HOUR, (RESOURCE_MANAGERS_LOAD * manager.between(FIRST_STAFFING, NOW)) / Math.max(1, asked));
}

/** AMER's are drawn so that their sum, and with it the load, is as planned. */
function staffingTime(firm: Firm, { random, deal }: Project): number {
  if (deal.region === 'AMER') return firm.staffingTime * (0.45 + 1.1 * firm.decks.effort.draw());
  return random.logNormal(STAFFING_TIME[deal.region], 0.35);
}

/** Chooses who has most room: in the team itself, else in the line's other regions, else wherever there is room. */
function assign(firm: Firm, project: Project, request: ResourceRequestRow, by: Person): void {
  const { row, deal, weeks } = project;
  const earliest = addWeekdays(today(firm, project.office), 3);
  const from = row.plannedStart > earliest ? row.plannedStart : earliest;
  const to = addDays(from, weeks * 7 - 3);
  const taken = new Set<Staff>(project.assignments.map(({ person }) => person.staff));
  let hours = Math.round(request.hours / weeks);
  for (; hours >= 2; hours -= 2) {
    for (const line of [deal.line, ...serviceLines.filter((other) => other !== deal.line)]) {
      for (const region of [deal.region, ...regions.filter((other) => other !== deal.region)]) {
        const { team } = firm.organisation.delivery[region][line];
        const people = Object.values(firm.organisation.delivery[region]).flatMap(({ consultants }) => consultants);
        const limit = region === 'AMER' && line === 'Security' ? LIMIT_BEFORE_QUARTERS_END : LIMIT;
        const person = firm.plan.leastBusy(people, { team, from, to, hours, limit }, taken);
        if (!person) continue;
        for (const month of monthsOf(from, to)) firm.plan.add(person.staff, month, hours);
        const assignment = firm.records.add('psa/assignments', {
          id: firm.ids.next('ASG-', 6),
          project: row.code,
          request: request.id,
          office: project.office.code,
          person: person.staff,
          hours: hours * weeks,
          from,
          to,
          createdAt: firm.simulation.now,
          createdBy: by.staff
        });
        project.assignments.push({ row: assignment, person, hoursPerWeek: hours });
        return;
      }
    }
  }
}
