import { HOUR } from '../clock.ts';
import { INC, regions } from '../organisation.ts';
import { CARELESS_TEAM, NEW_FORM_SINCE, PULLED_FORWARD_ABOVE } from '../opportunity.ts';
import { type Instant, type Region } from '../rows.ts';
import { deskOffice, type Facts, median, round, shareOf, sum } from './facts.ts';
import { businessHours, type Wait, wallHours } from './waits.ts';

export type SalesTruth = ReturnType<typeof salesTruth>;

const GOAL_BUSINESS_HOURS = 24;
const GOAL_WALL_HOURS = 72;

/** What was planted between the deal and the project. */
export function salesTruth(facts: Facts, waits: readonly Wait[]) {
  const handovers = waits.filter(({ handoff }) => handoff === 'sales_to_delivery');
  return {
    T6: priority(facts, handovers),
    T9: newForm(handovers),
    T11: carelessTeam(facts),
    T12: fridays(waits),
    T13: dealToErp(facts)
  };
}

/** Project operations pull large deals forward: smaller ones, released before, are picked up after them. */
function priority(facts: Facts, handovers: readonly Wait[]) {
  const amounts = new Map(facts.records.all('crm/opportunities').map(({ id, amount }) => [id, amount]));
  const isLarge = ({ project }: Wait): boolean => (amounts.get(project.opportunity) ?? 0) > PULLED_FORWARD_ABOVE;
  const [large, small] = [handovers.filter(isLarge), handovers.filter((wait) => !isLarge(wait))];
  const overtaken = small.filter((wait) =>
    large.some(
      (other) =>
        other.project.region === wait.project.region &&
        other.releasedAt > wait.releasedAt &&
        (other.pickedUpAt ?? Infinity) < (wait.pickedUpAt ?? Infinity)
    )
  );
  const mean = (group: readonly Wait[]): number | null =>
    group.length === 0 ? null : round(sum(group.map(businessHours)) / group.length, 2);
  return {
    where: 'cause prioritisation at sales_to_delivery, for deals up to the amount',
    above: PULLED_FORWARD_ABOVE,
    large: { n: large.length, medianBusinessHours: median(large.map(businessHours)), meanBusinessHours: mean(large) },
    small: { n: small.length, medianBusinessHours: median(small.map(businessHours)), meanBusinessHours: mean(small) },
    overtaken: {
      n: overtaken.length,
      businessHours: round(sum(overtaken.map(businessHours)), 1),
      projects: overtaken.map(({ project }) => project.code)
    }
  };
}

/** By the month of the pick-up, as handoffs are counted. */
function newForm(handovers: readonly Wait[]) {
  const since = Date.parse(`${NEW_FORM_SINCE}T00:00:00Z`);
  const medians = (region: Region) => {
    const [before, after] = [false, true].map((isAfter) => {
      const hours = handovers
        .filter(
          ({ project, pickedUpAt, releasedAt }) =>
            project.region === region && pickedUpAt !== undefined && releasedAt >= since === isAfter
        )
        .map(businessHours);
      return { n: hours.length, medianBusinessHours: median(hours) };
    });
    return { before, after, ratio: ratio(after?.medianBusinessHours, before?.medianBusinessHours) };
  };
  return {
    where: 'trend and drift of sales_to_delivery in EMEA, from the month',
    month: NEW_FORM_SINCE.slice(0, 7),
    regions: Object.fromEntries(regions.map((region) => [region, medians(region)]))
  };
}

const ratio = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a == null || !b ? null : round(a / b, 3);

function carelessTeam(facts: Facts) {
  const { records } = facts;
  const teamOf = new Map(records.all('crm/opportunities').map(({ id, accountTeam }) => [id, accountTeam]));
  const isTeams = (opportunity: string): boolean => teamOf.get(opportunity)?.startsWith(CARELESS_TEAM) ?? false;
  const submitted = new Set<string>();
  const returned = new Set<string>();
  for (const { field, newValue, opportunity } of records.all('crm/field_history')) {
    if (field !== 'Deal_Validation__c') continue;
    if (newValue === 'Returned') returned.add(opportunity);
    submitted.add(opportunity);
  }
  const stuck = new Set(facts.firm.stalls.list.map(({ fact }) => fact.id));
  const withEmpty = records.all('crm/contracts').flatMap((contract) => {
    const fields = (['taxId', 'purchaseOrder', 'billingContact', 'costCentre'] as const).filter(
      (field) => contract[field] === ''
    );
    // Still with sales: what is missing may come.
    const isDecided = [...facts.projects.values()].some(({ contract: id }) => id === contract.id);
    return fields.length > 0 && isDecided
      ? [
          {
            contract: contract.id,
            fields,
            team: teamOf.get(contract.opportunity) ?? '',
            isStalled: stuck.has(contract.id)
          }
        ]
      : [];
  });
  const lengths = new Map<string, number[]>();
  for (const project of facts.projects.values()) {
    const erp = facts.erpOf.get(project.code);
    if (!erp?.setupStartedAt || !erp.setupCompletedAt) continue;
    const isEmpty = withEmpty.some(({ contract }) => contract === project.contract);
    const group = isEmpty ? 'with empty fields' : isTeams(project.opportunity) ? 'team, complete' : 'others, complete';
    const hours =
      deskOffice[project.legalEntity === INC ? 'AMER' : 'EMEA'].work.between(erp.setupStartedAt, erp.setupCompletedAt) /
      HOUR;
    lengths.set(group, [...(lengths.get(group) ?? []), hours]);
  }
  return {
    where: 'exceptions at deal validation by account team, and longer set-up',
    accountTeam: CARELESS_TEAM,
    returned: shareOf([...submitted].filter(isTeams), (id) => returned.has(id)),
    returnedElsewhere: shareOf(
      [...submitted].filter((id) => !isTeams(id)),
      (id) => returned.has(id)
    ),
    contracts: withEmpty,
    setUpBusinessHours: Object.fromEntries(
      [...lengths].sort().map(([group, hours]) => [group, { n: hours.length, median: median(hours) }])
    )
  };
}

/** Released on a Friday after noon, on the clocks of who waits; customers' payments left out. */
function fridays(waits: readonly Wait[]) {
  const isFriday = ({ releasedAt, office }: Wait): boolean => {
    const date = office.dateAt(releasedAt);
    return new Date(`${date}T00:00:00Z`).getUTCDay() === 5 && releasedAt >= office.at(date, 12);
  };
  const between = waits.filter(({ handoff, pickedUpAt }) => handoff !== 'invoice_to_cash' && pickedUpAt !== undefined);
  const of = (group: readonly Wait[]) => ({
    n: group.length,
    medianWallHours: median(group.map(wallHours)),
    medianBusinessHours: median(group.map(businessHours))
  });
  const handoffs = Map.groupBy(between, ({ handoff }) => handoff);
  return {
    where: 'wall clock shows it, business time does not',
    share: shareOf(between, isFriday),
    fridayAfternoon: of(between.filter(isFriday)),
    otherTimes: of(between.filter((wait) => !isFriday(wait))),
    handoffs: Object.fromEntries(
      [...handoffs].map(([id, group]) => [
        id,
        { fridayAfternoon: of(group.filter(isFriday)), otherTimes: of(group.filter((wait) => !isFriday(wait))) }
      ])
    )
  };
}

/** Deal won → project in the ERP, in hours of the region's project operations and on the wall clock. */
function dealToErp(facts: Facts) {
  const { records, firm } = facts;
  const now = firm.simulation.now;
  const created = new Map<string, Instant>();
  for (const project of facts.projects.values()) {
    const erp = facts.erpOf.get(project.code);
    if (erp) created.set(project.opportunity, erp.createdAt);
  }
  const regionOf = new Map(records.all('crm/opportunities').map(({ id, region }) => [id, region]));
  const deals = records
    .all('crm/field_history')
    .filter(({ field, newValue }) => field === 'StageName' && newValue === 'Closed Won')
    .map(({ opportunity, at }) => {
      const office = deskOffice[regionOf.get(opportunity) ?? 'EMEA'];
      const stop = created.get(opportunity);
      return {
        isOpen: stop === undefined,
        business: office.work.between(at, stop ?? now) / HOUR,
        wall: ((stop ?? now) - at) / HOUR
      };
    });
  const decided = (limit: number, hours: 'business' | 'wall') =>
    deals.filter((deal) => !deal.isOpen || deal[hours] > limit);
  return {
    where: 'SLA: deal won → project created in ERP',
    goalBusinessHours: GOAL_BUSINESS_HOURS,
    calendar: 'office of the region’s project operations',
    breached: shareOf(decided(GOAL_BUSINESS_HOURS, 'business'), ({ business }) => business > GOAL_BUSINESS_HOURS),
    goalWallHours: GOAL_WALL_HOURS,
    breachedOnWallClock: shareOf(decided(GOAL_WALL_HOURS, 'wall'), ({ wall }) => wall > GOAL_WALL_HOURS),
    open: deals.filter(({ isOpen }) => isOpen).length,
    medianBusinessHours: median(deals.filter(({ isOpen }) => !isOpen).map(({ business }) => business))
  };
}
