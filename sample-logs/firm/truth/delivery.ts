import { HOUR } from '../clock.ts';
import { isQuartersLast } from '../dates.ts';
import { positionAt } from '../people.ts';
import { type Currency, type Instant, type Region, type ServiceLine } from '../rows.ts';
import { type Facts, firstOf, median, round, shareOf, sum } from './facts.ts';

export type DeliveryTruth = ReturnType<typeof deliveryTruth>;

/** Hours of a week by every office's calendar. */
const WEEK = 40;

/** What was planted in projects under way. */
export function deliveryTruth(facts: Facts) {
  return {
    T5: earlyChanges(facts),
    T7: skippedTransitions(facts),
    T10: reenteredCodes(facts),
    T14: folders(facts),
    T15: earlyHours(facts),
    T17: overbooked(facts)
  };
}

function earlyChanges(facts: Facts) {
  const { records } = facts;
  const regionOf = (code: string): Region => facts.project(code).region;
  const started = records.all('psa/change_requests').flatMap((row) => {
    const [at, approvedAt] = [firstOf(row.history, 'work_started'), firstOf(row.history, 'approved')];
    return at === undefined
      ? []
      : [
          {
            id: row.id,
            region: regionOf(row.project),
            isEarly: approvedAt === undefined || at < approvedAt,
            amount: row.amount,
            currency: row.currency
          }
        ];
  });
  const isApac = ({ region }: { region: Region }): boolean => region === 'APAC';
  const approvals = records.all('approvals/requests').flatMap(({ reference, kind, requester, rounds }) => {
    const steps = rounds.flatMap((round) => round.steps).filter(({ decision }) => decision === 'approved');
    if (kind !== 'change request' || steps.length === 0) return [];
    const code = /PRJ-\d+/.exec(reference)?.[0] ?? '';
    const change = /^CR-\d+/.exec(reference)?.[0] ?? '';
    return [
      {
        change,
        region: regionOf(code),
        isOwn: steps.some(({ approver, delegate }) => (delegate ?? approver) === requester)
      }
    ];
  });
  const early = started.filter((change) => isApac(change) && change.isEarly);
  return {
    where: 'rules approval_before_change_work and change_four_eyes; change-order capture',
    region: 'APAC',
    early: shareOf(started.filter(isApac), ({ isEarly }) => isEarly),
    earlyElsewhere: shareOf(
      started.filter((change) => !isApac(change)),
      ({ isEarly }) => isEarly
    ),
    amounts: amounts(early),
    changes: early.map(({ id }) => id),
    ownApproval: shareOf(approvals.filter(isApac), ({ isOwn }) => isOwn),
    ownApprovalElsewhere: shareOf(
      approvals.filter((approval) => !isApac(approval)),
      ({ isOwn }) => isOwn
    ),
    ownApprovals: approvals.filter(({ isOwn }) => isOwn).map(({ change }) => change)
  };
}

function skippedTransitions(facts: Facts) {
  const skipped = new Set(facts.firm.planted.skippedTransitions);
  const completed = [...facts.projects.values()].filter(
    ({ history }) => firstOf(history, 'delivery_completed') !== undefined
  );
  const isLine = ({ serviceLine }: { serviceLine: ServiceLine }): boolean => serviceLine === 'Managed Services';
  return {
    where: 'rule transition_to_cs; renewal risk',
    serviceLine: 'Managed Services',
    skipped: shareOf(completed.filter(isLine), ({ code }) => skipped.has(code)),
    skippedElsewhere: shareOf(
      completed.filter((project) => !isLine(project)),
      ({ code }) => skipped.has(code)
    ),
    projects: [...skipped]
  };
}

function reenteredCodes(facts: Facts) {
  const ready = [...facts.projects.values()].filter(
    ({ history }) => firstOf(history, 'staffing_confirmed') !== undefined
  );
  const touches = ({ history }: { history: readonly { action: string }[] }): number =>
    history.filter(({ action }) => action === 'code_reentered').length;
  return {
    where: 'manual touchpoints and touchless rate by service line; reconciliation effort',
    serviceLine: 'Security',
    touches: 3,
    withAll: shareOf(
      ready.filter(({ serviceLine }) => serviceLine === 'Security'),
      (project) => touches(project) === 3
    ),
    elsewhere: shareOf(
      ready.filter(({ serviceLine }) => serviceLine !== 'Security'),
      (project) => touches(project) > 0
    ),
    events: sum([...facts.projects.values()].map(touches))
  };
}

function folders(facts: Facts) {
  const colours = Map.groupBy(facts.projects.values(), ({ folderColour }) => folderColour);
  return {
    where: 'root cause must not name it',
    attribute: 'folder_colour',
    counts: Object.fromEntries([...colours].sort().map(([colour, projects]) => [colour, projects.length]))
  };
}

function earlyHours(facts: Facts) {
  const { records } = facts;
  const firstInvoice = new Map<string, Instant>();
  for (const { erpProject, postedAt } of records.all('erp/invoices')) {
    const { code } = facts.projectOfErp(erpProject);
    firstInvoice.set(code, Math.min(firstInvoice.get(code) ?? Infinity, postedAt));
  }
  const first = new Map<string, Instant>();
  const hours = new Map<string, number>();
  for (const { project, startedAt, hours: booked } of records.all('psa/time')) {
    first.set(project, Math.min(first.get(project) ?? Infinity, startedAt));
    if (startedAt < (facts.erpOf.get(project)?.setupCompletedAt ?? Infinity))
      hours.set(project, (hours.get(project) ?? 0) + booked);
  }
  const booking = [...facts.projects.values()].filter(({ code }) => first.has(code));
  const isEarly = ({ code }: { code: string }): boolean => hours.has(code);
  const contracts = new Map(records.all('crm/contracts').map((row) => [row.id, row]));
  const lag = (isAmong: (code: string) => boolean) => {
    const projects = booking.filter(
      ({ code, serviceLine, contract }) =>
        serviceLine === 'Cloud' && contracts.get(contract)?.billingModel === 'T&M' && isAmong(code)
    );
    const days = projects.flatMap(({ code }) => {
      const at = firstInvoice.get(code);
      return at === undefined ? [] : [round((at - (first.get(code) ?? at)) / (24 * HOUR), 1)];
    });
    return { n: projects.length, medianDaysToFirstInvoice: median(days) };
  };
  return {
    where: 'rule setup_before_delivery; those hours are invoiced late or never',
    serviceLine: 'Cloud',
    early: shareOf(
      booking.filter(({ serviceLine }) => serviceLine === 'Cloud'),
      isEarly
    ),
    earlyElsewhere: shareOf(
      booking.filter(({ serviceLine }) => serviceLine !== 'Cloud'),
      isEarly
    ),
    hours: sum(hours.values()),
    projects: [...hours.keys()],
    timeAndMaterial: { early: lag((code) => hours.has(code)), others: lag((code) => !hours.has(code)) }
  };
}

function overbooked(facts: Facts) {
  const { records, firm } = facts;
  const planned = new Map<string, number>();
  for (const { person, month, hoursPerWeek } of records.all('erp/resource_plan')) {
    planned.set(`${person} ${month}`, (planned.get(`${person} ${month}`) ?? 0) + hoursPerWeek);
  }
  const people = new Map(firm.organisation.personnel.people.map((person) => [person.staff, person]));
  const months = [...planned].map(([key, hoursPerWeek]) => {
    const [staff = '', month = ''] = key.split(' ');
    const person = people.get(staff);
    const team = (person && positionAt(person, `${month}-15`)?.team) ?? '';
    return { person: staff, month, team, hoursPerWeek };
  });
  // Beyond now plans are still being made.
  const known = months.filter(({ month }) => month <= '2026-06');
  const isPlanted = ({ team, month }: { team: string; month: string }): boolean =>
    team.startsWith('Security AMER') && isQuartersLast(month);
  const isOver = ({ hoursPerWeek }: { hoursPerWeek: number }): boolean => hoursPerWeek > WEEK;
  return {
    where: 'overbooking, with people and weeks',
    team: 'Security AMER',
    measure:
      'planned hours of a person in a week = Σ hours per week of the month’s plan rows; available = calendar of a week without leave and holidays',
    hoursOfAWeek: WEEK,
    overbooked: shareOf(known.filter(isPlanted), isOver),
    overbookedElsewhere: shareOf(
      months.filter((month) => !isPlanted(month)),
      isOver
    ),
    most: {
      planted: Math.max(0, ...months.filter(isPlanted).map(({ hoursPerWeek }) => hoursPerWeek)),
      elsewhere: Math.max(0, ...months.filter((month) => !isPlanted(month)).map(({ hoursPerWeek }) => hoursPerWeek))
    },
    people: months
      .filter((month) => isPlanted(month) && isOver(month))
      .map(({ person, month, hoursPerWeek }) => ({ person, month, hoursPerWeek }))
  };
}

/** By currency. */
export function amounts(items: Iterable<{ amount: number; currency: Currency }>): Partial<Record<Currency, number>> {
  const result: Partial<Record<Currency, number>> = {};
  for (const { amount, currency } of items) result[currency] = round((result[currency] ?? 0) + amount, 2);
  return result;
}
