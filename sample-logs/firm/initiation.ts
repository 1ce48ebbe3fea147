import { HOUR, MINUTE, SECOND } from './clock.ts';
import { addDays, addWeekdays } from './dates.ts';
import { deliver } from './delivery.ts';
import { type Process, Signal, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { type Deal } from './market.ts';
import { type Person } from './people.ts';
import { cents, type Project, step, today } from './project.ts';
import { type ContractRow, type OpportunityRow } from './rows.ts';
import { staff } from './staffing.ts';
import { finances, setUp } from './setup.ts';

const folderColours = ['blue', 'green', 'yellow', 'red', 'grey', 'orange'] as const;
const names = ['Discovery', 'Design', 'Build', 'Integration', 'Rollout', 'Acceptance'];

/** Project operations pick the deal up: the project exists in the PSA, soon after in the ERP, and goes to its manager. */
export function* openProject(
  firm: Firm,
  deal: Deal,
  opportunity: OpportunityRow,
  contract: ContractRow,
  by: Person
): Process {
  const { random, region, line } = deal;
  const { managers } = firm.organisation.delivery[region][line];
  const number = firm.ids.project();
  const manager = managers[Number(number) % managers.length] as Person;
  const { office } = manager;
  const weeks = Math.round(
    Math.min(
      34,
      Math.max(
        5,
        line === 'Managed Services' && deal.billingModel === 'retainer'
          ? random.logNormal(22, 0.3)
          : random.logNormal(16, 0.35)
      )
    )
  );
  const plannedStart = addWeekdays(today(firm, office), random.whole(4, 7) + (region === 'AMER' ? 2 : 0));
  const project: Project = {
    deal,
    random,
    contract,
    row: firm.records.add('psa/projects', {
      code: `PRJ-${number}`,
      opportunity: opportunity.id,
      contract: contract.id,
      name: opportunity.name,
      region,
      legalEntity: deal.entity,
      serviceLine: line,
      office: office.code,
      manager: manager.staff,
      budget: cents(deal.amount * random.between(0.68, 0.8)),
      currency: deal.currency,
      plannedStart,
      plannedEnd: addDays(plannedStart, weeks * 7 - 3),
      folderColour: random.pick(folderColours),
      history: []
    }),
    erp: undefined,
    office,
    manager,
    deputies: Object.values(firm.organisation.delivery[region]).flatMap(({ managers }) => managers),
    finance: finances(firm, deal.entity),
    assignments: [],
    milestones: [],
    lines: [],
    worked: new Map(),
    weeks,
    startsEarly: line === 'Cloud' && firm.decks.earlyHours.draw(),
    isSetUp: new Signal()
  };
  step(firm, project.row.history, by, 'created');
  yield* until(by.work.add(firm.simulation.now, random.logNormal(14 * MINUTE, 0.35)));
  yield* linkToErp(firm, project, number, by);
  if (line === 'Security') firm.simulation.start(reenterCode(firm, project, by));
  yield* planMilestones(firm, project);
  yield* staff(firm, project);
  firm.simulation.start(setUp(firm, project));
  yield* deliver(firm, project);
}

function* linkToErp(firm: Firm, project: Project, number: string, by: Person): Process {
  const { deal, random, row } = project;
  project.erp = firm.records.add('erp/projects', {
    number: `10.${number}.${deal.entity.split(' ')[1] ?? ''}`,
    psaCode: row.code,
    legalEntity: deal.entity,
    createdAt: firm.simulation.now,
    createdBy: by.staff,
    setupStartedAt: null,
    setupStartedBy: null,
    setupCompletedAt: null,
    setupCompletedBy: null
  });
  yield* until(firm.simulation.now + random.whole(5, 20) * SECOND);
  step(firm, row.history, firm.organisation.integration.planbase, 'erp_linked');
}

/** T10: three times by hand. */
function* reenterCode(firm: Firm, { row, random, deal }: Project, by: Person): Process {
  const colleagues = firm.organisation.desks['Project Operations'][deal.region].members.map(({ person }) => person);
  for (const note of ['document store', 'time sheet', 'access list']) {
    const who = yield* acts(firm, by, colleagues, random.logNormal(35 * MINUTE, 0.5));
    step(firm, row.history, who, 'code_reentered', note);
  }
}

/** The manager plans the milestones that the contract pays for. */
function* planMilestones(firm: Firm, project: Project): Process {
  const { deal, random, row } = project;
  const by = yield* acts(firm, project.manager, project.deputies, random.logNormal(1.5 * HOUR, 0.6));
  if (deal.billingModel !== 'fixed' && deal.billingModel !== 'milestone') return;
  const count = deal.billingModel === 'fixed' ? random.whole(2, 3) : random.whole(3, 5);
  const weights = Array.from({ length: count }, () => random.between(0.7, 1.3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let rest = deal.amount;
  for (const [i, weight] of weights.entries()) {
    const isLast = i === count - 1;
    const amount = isLast ? cents(rest) : cents((deal.amount * weight) / total);
    rest -= amount;
    const milestone = firm.records.add('psa/milestones', {
      id: firm.ids.next('MS-', 6),
      project: row.code,
      office: project.office.code,
      name: isLast ? 'Final acceptance' : (names[i] ?? 'Build'),
      amount,
      currency: deal.currency,
      plannedDate: addDays(row.plannedStart, Math.round((project.weeks * 7 * (i + 1)) / count) - 4),
      evidenceRequired: random.whole(1, 4),
      evidenceDelivered: 0,
      history: []
    });
    step(firm, milestone.history, by, 'planned');
    project.milestones.push(milestone);
    yield* until(by.work.add(firm.simulation.now, random.whole(60, 300) * SECOND));
  }
}
