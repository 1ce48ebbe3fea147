import { Calendar } from '#models/calendar/calendar.ts';
import { HOUR, MINUTE, workTimeOf, type WorkTime } from './clock.ts';
import { addDays, isQuartersLast, monthsOf } from './dates.ts';
import { type Process, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { GMBH } from './organisation.ts';
import { offices } from './offices.ts';
import { positionAt, type Person } from './people.ts';
import { cents, type Project, today } from './project.ts';
import { pickedUp, type Queue } from './queue.ts';
import { type BillingLineRow } from './rows.ts';

/** T1: Finance Operations of Meridian GmbH begin set-ups on Tuesdays and Thursdays from 14 to 17 h only. */
export const SETUP_HOURS: [string, string] = ['14:00', '17:00'];
const gmbhHours: WorkTime = workTimeOf(
  Calendar.parse({
    zone: offices.BER.row.zone,
    weekly: { tue: [SETUP_HOURS], thu: [SETUP_HOURS] },
    holidays: offices.BER.row.holidays
  })
);
/** T17: how much more than in other months AMER's consultants of Security are planned for in a quarter's last. */
const QUARTERS_END = 2;

export function finances(firm: Firm, entity: string): Queue {
  const queue = firm.organisation.finance[entity];
  if (!queue) throw new RangeError(`no finance operations for ${entity}`);
  return queue;
}

/** Finance Operations set the project up in the ERP: billing lines, and the plan of each assignment. */
export function* setUp(firm: Firm, project: Project): Process {
  const { deal, random, contract, erp } = project;
  if (!erp) return;
  const isGmbh = deal.entity === GMBH;
  if (!project.startsEarly && firm.stalls.takes('missing tax id', today(firm, project.office))) {
    contract.taxId = '';
    const fact = { type: 'contract' as const, id: contract.id };
    firm.stalls.add({ project: project.row.code, reason: 'missing tax id', since: firm.simulation.now, fact });
    return;
  }
  const isIncomplete = [contract.taxId, contract.purchaseOrder, contract.billingContact, contract.costCentre].includes(
    ''
  );
  const work = yield* pickedUp(firm, project.finance, {
    service: random.logNormal(isIncomplete ? 80 * MINUTE : 35 * MINUTE, 0.4),
    priority: 2,
    notice: random.logNormal(HOUR, 0.6),
    hours: isGmbh ? gmbhHours : undefined
  });
  erp.setupStartedAt = firm.simulation.now;
  erp.setupStartedBy = work.by.staff;
  const entries = entriesOf(firm, project, work.by);
  for (const [i, enter] of entries.entries()) {
    yield* until(work.startedAt + ((work.endsAt - work.startedAt) * (i + 1)) / (entries.length + 1));
    enter();
  }
  yield* until(work.endsAt);
  const colleagues = project.finance.members.map(({ person }) => person);
  let by = work.by;
  // A question that is open, and not work, keeps these from being completed.
  if (project.startsEarly) by = yield* acts(firm, by, colleagues, random.logNormal(36 * HOUR, 0.25));
  else if (isIncomplete) by = yield* acts(firm, by, colleagues, random.logNormal(12 * HOUR, 0.4));
  erp.setupCompletedAt = firm.simulation.now;
  erp.setupCompletedBy = by.staff;
  firm.simulation.fire(project.isSetUp);
}

function entriesOf(firm: Firm, project: Project, by: Person): (() => void)[] {
  const lines = plannedLines(project).map((line) => () => {
    addLine(firm, project, line, by);
  });
  const plans = project.assignments.flatMap((assignment) =>
    monthsOf(assignment.row.from, assignment.row.to).map((month) => () => {
      const { person, row, hoursPerWeek } = assignment;
      const isOverbooked = isQuartersLast(month) && positionAt(person, `${month}-15`)?.team.startsWith('Security AMER');
      firm.records.add('erp/resource_plan', {
        id: `${row.id}/${month}`,
        erpProject: project.erp?.number ?? '',
        assignment: row.id,
        person: person.staff,
        month,
        hoursPerWeek: isOverbooked ? Math.round(hoursPerWeek * QUARTERS_END) : hoursPerWeek,
        enteredAt: firm.simulation.now,
        enteredBy: by.staff
      });
    })
  );
  return [...lines, ...plans];
}

export function addLine(
  firm: Firm,
  project: Project,
  line: Pick<BillingLineRow, 'reference' | 'plannedDate' | 'amount'>,
  by: Person
): BillingLineRow {
  const row = firm.records.add('erp/billing_schedule', {
    id: firm.ids.next('BL-', 6),
    erpProject: project.erp?.number ?? '',
    ...line,
    currency: project.deal.currency,
    createdAt: firm.simulation.now,
    createdBy: by.staff
  });
  project.lines.push(row);
  return row;
}

/** What the contract lets us bill: its milestones, or months. Time and material is planned evenly and billed as worked. */
function plannedLines({
  deal,
  row,
  milestones
}: Project): { reference: string; plannedDate: string; amount: number }[] {
  if (milestones.length > 0) {
    return milestones.map(({ id, plannedDate, amount }) => ({ reference: id, plannedDate, amount }));
  }
  const months = monthsOf(row.plannedStart, row.plannedEnd);
  return months.map((month, i) => ({
    reference: '',
    plannedDate: addDays(`${month}-28`, 5),
    amount:
      i === months.length - 1
        ? cents(deal.amount - (months.length - 1) * cents(deal.amount / months.length))
        : cents(deal.amount / months.length)
  }));
}
