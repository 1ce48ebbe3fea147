import { DAY, HOUR, NOW } from '../clock.ts';
import { type Office } from '../offices.ts';
import { type Currency, type Instant, type ProjectRow, type ResourceRequestRow } from '../rows.ts';
import { deskOffice, type Facts, financeOffice, firstOf, median, round, sum } from './facts.ts';

export const handoffIds = [
  'sales_to_delivery',
  'delivery_to_staffing',
  'staffing_to_finance_setup',
  'delivery_to_change_approval',
  'delivery_to_procurement',
  'plan_to_erp',
  'milestone_to_invoice',
  'invoice_to_cash',
  'closure_to_cs'
] as const;
export type HandoffId = (typeof handoffIds)[number];
export const segments = ['region', 'legalEntity', 'serviceLine'] as const;

/** One object that one team released and another picked up: first release to the pick-up that was accepted for good. */
export interface Wait {
  handoff: HandoffId;
  project: ProjectRow;
  releasedAt: Instant;
  pickedUpAt: Instant | undefined;
  /** The pick-up after which nothing was refused: another one only of requests whose candidate was rejected. */
  acceptedAt: Instant | undefined;
  /** Whose hours count while it waits. */
  office: Office;
  /** What it holds up: its own amount where it is billed, else the project's first planned billing line. */
  amount: number | undefined;
  currency: Currency;
}

export interface WaitTotals {
  handoff: HandoffId;
  segment: (typeof segments)[number];
  value: string;
  /** Picked up. */
  n: number;
  /** Released and not picked up, at now. */
  open: number;
  wallHours: { median: number | null; total: number };
  businessHours: { median: number | null; total: number };
  /** Amount × calendar days, by currency; a project's first billing line once, with the longest of its waits. */
  moneyDays: Partial<Record<Currency, number>>;
}

export const wallHours = ({ releasedAt, pickedUpAt }: Wait): number => ((pickedUpAt ?? NOW) - releasedAt) / HOUR;
export const businessHours = ({ releasedAt, pickedUpAt, office }: Wait): number =>
  office.work.between(releasedAt, pickedUpAt ?? NOW) / HOUR;

export function waitsOf(facts: Facts): Wait[] {
  const { records } = facts;
  const firstLine = new Map<string, number>();
  for (const line of [...records.all('erp/billing_schedule')].sort((a, b) =>
    a.plannedDate < b.plannedDate ? -1 : 1
  )) {
    const { code } = facts.projectOfErp(line.erpProject);
    if (!firstLine.has(code)) firstLine.set(code, line.amount);
  }
  const list: Wait[] = [];
  const add = (
    handoff: HandoffId,
    project: ProjectRow,
    office: Office,
    releasedAt: Instant | null | undefined,
    pickedUpAt: Instant | null | undefined,
    amount = firstLine.get(project.code),
    acceptedAt = pickedUpAt
  ): void => {
    if (releasedAt == null) return;
    list.push({
      handoff,
      project,
      office,
      releasedAt,
      pickedUpAt: pickedUpAt ?? undefined,
      acceptedAt: acceptedAt ?? undefined,
      amount,
      currency: project.currency
    });
  };

  const released = new Map<string, Instant>();
  for (const { field, newValue, opportunity, at } of records.all('crm/field_history')) {
    if (field === 'Handover__c' && newValue === 'Released' && !released.has(opportunity)) released.set(opportunity, at);
  }
  const accepted = new Map(records.all('cs/transitions').map((row) => [row.project, row.acceptedAt]));
  for (const project of facts.projects.values()) {
    const desk = deskOffice[project.region];
    const finance = financeOffice(project.legalEntity);
    add('sales_to_delivery', project, desk, released.get(project.opportunity), firstOf(project.history, 'created'));
    const confirmed = firstOf(project.history, 'staffing_confirmed');
    add('staffing_to_finance_setup', project, finance, confirmed, facts.erpOf.get(project.code)?.setupStartedAt);
    // Where a project skips the transition nothing was handed over.
    if (accepted.has(project.code)) {
      add('closure_to_cs', project, desk, firstOf(project.history, 'delivery_completed'), accepted.get(project.code));
    }
  }
  for (const { project: code, history } of records.all('psa/resource_requests')) {
    const project = facts.project(code);
    add(
      'delivery_to_staffing',
      project,
      deskOffice[project.region],
      firstOf(history, 'requested'),
      firstOf(history, 'picked_up'),
      firstLine.get(code),
      // Taken up again: what is known of it is the next proposal. Null, where there is none yet.
      acceptedOf(history) ?? null
    );
  }
  const decided = new Map<string, Instant | null>();
  for (const { reference, rounds } of records.all('approvals/requests')) {
    const change = /^CR-\d+/.exec(reference)?.[0];
    if (change) decided.set(change, rounds.at(-1)?.steps[0]?.decidedAt ?? null);
  }
  for (const { id, project: code, history, amount } of records.all('psa/change_requests')) {
    const project = facts.project(code);
    add(
      'delivery_to_change_approval',
      project,
      deskOffice[project.region],
      firstOf(history, 'submitted'),
      decided.get(id),
      amount
    );
  }
  for (const { project: code, requestedAt, pickedUpAt } of records.all('procurement/purchase_requests')) {
    const project = facts.project(code);
    add('delivery_to_procurement', project, deskOffice[project.region], requestedAt, pickedUpAt);
  }
  const entered = new Map<string, Instant>();
  for (const { assignment, enteredAt } of records.all('erp/resource_plan')) {
    if (!entered.has(assignment)) entered.set(assignment, enteredAt);
  }
  for (const { id, project: code, createdAt } of records.all('psa/assignments')) {
    const project = facts.project(code);
    add('plan_to_erp', project, financeOffice(project.legalEntity), createdAt, entered.get(id));
  }
  const posted = new Map<string, Instant>();
  for (const { milestone, postedAt } of records.all('erp/invoices')) {
    if (milestone && !posted.has(milestone)) posted.set(milestone, postedAt);
  }
  for (const { id, project: code, history, amount } of records.all('psa/milestones')) {
    const project = facts.project(code);
    add(
      'milestone_to_invoice',
      project,
      financeOffice(project.legalEntity),
      firstOf(history, 'evidence_submitted'),
      posted.get(id),
      amount
    );
  }
  const paid = new Map<string, Instant>();
  for (const { invoice, receivedAt, isFinal } of records.all('erp/payments'))
    if (isFinal) paid.set(invoice, receivedAt);
  const credited = new Set(
    records
      .all('erp/credit_notes')
      .filter(({ isFull }) => isFull)
      .map(({ invoice }) => invoice)
  );
  for (const { id, erpProject, sentAt, amount } of records.all('erp/invoices')) {
    const project = facts.projectOfErp(erpProject);
    if (!credited.has(id))
      add('invoice_to_cash', project, financeOffice(project.legalEntity), sentAt, paid.get(id), amount);
  }
  return list;
}

/** A request's pick-up after which no candidate was rejected. */
function acceptedOf(history: ResourceRequestRow['history']): Instant | undefined {
  const rejected = history.findLastIndex(({ action }) => action === 'rejected');
  return firstOf(history.slice(rejected + 1), rejected < 0 ? 'picked_up' : 'proposed');
}

/** The table of all handoffs by each value of each segment. */
export function totals(waits: readonly Wait[]): WaitTotals[] {
  const table: WaitTotals[] = [];
  for (const handoff of handoffIds) {
    const ofHandoff = waits.filter((wait) => wait.handoff === handoff);
    for (const segment of segments) {
      const groups = Map.groupBy(ofHandoff, ({ project }) => project[segment] as string);
      for (const [value, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const done = group.filter(({ pickedUpAt }) => pickedUpAt !== undefined);
        const wall = done.map(wallHours);
        const business = done.map(businessHours);
        const moneyDays: WaitTotals['moneyDays'] = {};
        for (const currency of ['EUR', 'USD'] as const) {
          const held = longest(done.filter((wait) => wait.currency === currency));
          if (held.length > 0) {
            moneyDays[currency] = Math.round(
              sum(held.map((wait) => ((wait.amount ?? 0) * wallHours(wait) * HOUR) / DAY))
            );
          }
        }
        table.push({
          handoff,
          segment,
          value,
          n: done.length,
          open: group.length - done.length,
          wallHours: { median: median(wall), total: round(sum(wall), 1) },
          businessHours: { median: median(business), total: round(sum(business), 1) },
          moneyDays
        });
      }
    }
  }
  return table;
}

const ofOwnAmount: readonly HandoffId[] = ['delivery_to_change_approval', 'milestone_to_invoice', 'invoice_to_cash'];

function longest(waits: readonly Wait[]): readonly Wait[] {
  if (waits[0] && ofOwnAmount.includes(waits[0].handoff)) return waits;
  const byProject = new Map<string, Wait>();
  for (const wait of waits) {
    const other = byProject.get(wait.project.code);
    if (!other || wallHours(other) < wallHours(wait)) byProject.set(wait.project.code, wait);
  }
  return [...byProject.values()];
}
