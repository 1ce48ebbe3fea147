import { type Firm } from './firm.ts';
import { GMBH } from './organisation.ts';
import { billingTruth, type BillingTruth } from './truth/billing.ts';
import { deliveryTruth, type DeliveryTruth } from './truth/delivery.ts';
import { desksTruth, type DesksTruth } from './truth/desks.ts';
import { Facts } from './truth/facts.ts';
import { salesTruth, type SalesTruth } from './truth/sales.ts';
import { stalledTruth, type StalledTruth } from './truth/stalled.ts';
import { totals, waitsOf, type HandoffId, type WaitTotals } from './truth/waits.ts';

/** What was planted, as it came out: measured on the records, before any system writes them and dirt is added. */
export interface FirmTruth extends SalesTruth, DesksTruth, DeliveryTruth, BillingTruth {
  records: Record<string, number>;
  T8: StalledTruth;
  /** Closed projects with facts in all six systems that write events. */
  acrossSystems: string[];
  /** What a visitor should be able to say after five minutes. */
  toFix: ToFix[];
  waits: WaitTotals[];
}

export interface ToFix {
  handoff: HandoffId;
  segment: WaitTotals['segment'];
  value: string;
  why: string;
  businessDays: number;
  moneyDays: WaitTotals['moneyDays'];
}

export function measure(firm: Firm): FirmTruth {
  const facts = new Facts(firm);
  const waits = waitsOf(facts);
  const table = totals(waits);
  return {
    records: Object.fromEntries(firm.records.names().map((name) => [name, firm.records.all(name).length])),
    ...salesTruth(facts, waits),
    ...desksTruth(facts, waits),
    ...deliveryTruth(facts),
    ...billingTruth(facts, waits),
    T8: stalledTruth(facts),
    acrossSystems: acrossSystems(facts),
    toFix: [
      toFix(table, 'staffing_to_finance_setup', 'legalEntity', GMBH, 'set-ups are batched: most days'),
      toFix(table, 'milestone_to_invoice', 'serviceLine', 'Data', 'evidence bounces: most money'),
      toFix(table, 'delivery_to_change_approval', 'region', 'APAC', 'work starts before approval')
    ],
    waits: table
  };
}

function toFix(
  table: readonly WaitTotals[],
  handoff: HandoffId,
  segment: ToFix['segment'],
  value: string,
  why: string
): ToFix {
  const row = table.find((other) => other.handoff === handoff && other.segment === segment && other.value === value);
  return {
    handoff,
    segment,
    value,
    why,
    businessDays: Math.round((row?.businessHours.total ?? 0) / 8),
    moneyDays: row?.moneyDays ?? {}
  };
}

/** The first five whose story crosses CRM, PSA, ERP, approvals, procurement and customer success. */
function acrossSystems({ projects, erpOf, records }: Facts): string[] {
  const approved = new Set(
    records
      .all('approvals/requests')
      .flatMap(({ reference, kind }) => (kind === 'change request' ? [] : (/PRJ-\d+/.exec(reference) ?? [])))
  );
  const bought = new Set(records.all('procurement/purchase_requests').map(({ project }) => project));
  const taken = new Set(
    records
      .all('cs/transitions')
      .filter(({ completedAt }) => completedAt !== null)
      .map(({ project }) => project)
  );
  const isClosed = (history: readonly { action: string }[]): boolean => history.at(-1)?.action === 'closed';
  return [...projects.values()]
    .filter(
      ({ code, history }) =>
        isClosed(history) && erpOf.has(code) && approved.has(code) && bought.has(code) && taken.has(code)
    )
    .map(({ code }) => code);
}
