import { type Firm } from './firm.ts';
import { billingTruth, type BillingTruth } from './truth/billing.ts';
import { costliest, type ToFix } from './truth/costliest.ts';
import { deliveryTruth, type DeliveryTruth } from './truth/delivery.ts';
import { desksTruth, type DesksTruth } from './truth/desks.ts';
import { Facts } from './truth/facts.ts';
import { salesTruth, type SalesTruth } from './truth/sales.ts';
import { stalledTruth, type StalledTruth } from './truth/stalled.ts';
import { totals, waitsOf, type WaitTotals } from './truth/waits.ts';

/** What was planted, as it came out: measured on the records, before any system writes them and dirt is added. */
export interface FirmTruth extends SalesTruth, DesksTruth, DeliveryTruth, BillingTruth {
  records: Record<string, number>;
  T8: StalledTruth;
  /** Closed projects with facts in all six systems that write events; up to 20 of them. */
  acrossSystems: string[];
  /** The three places that cost most by waiting beyond the goal. */
  toFix: ToFix[];
  waits: WaitTotals[];
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
    toFix: costliest(facts, waits),
    waits: table
  };
}

/** Some whose story crosses CRM, PSA, ERP, approvals, procurement and customer success. */
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
    .map(({ code }) => code)
    .slice(0, 20);
}
