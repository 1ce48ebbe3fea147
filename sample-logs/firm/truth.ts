import { type Firm } from './firm.ts';
import { GMBH } from './organisation.ts';
import { billingTruth, type BillingTruth } from './truth/billing.ts';
import { deliveryTruth, type DeliveryTruth } from './truth/delivery.ts';
import { desksTruth, type DesksTruth } from './truth/desks.ts';
import { type Currency } from './rows.ts';
import { Facts, sum } from './truth/facts.ts';
import { salesTruth, type SalesTruth } from './truth/sales.ts';
import { stalledTruth, type StalledTruth } from './truth/stalled.ts';
import { totals, waitsOf, type HandoffId, type WaitTotals } from './truth/waits.ts';

/** What was planted, as it came out: measured on the records, before any system writes them and dirt is added. */
export interface FirmTruth extends SalesTruth, DesksTruth, DeliveryTruth, BillingTruth {
  records: Record<string, number>;
  T8: StalledTruth;
  /** Closed projects with facts in all six systems that write events; up to 20 of them. */
  acrossSystems: string[];
  /** What a visitor should be able to say after five minutes. */
  toFix: ToFix[];
  waits: WaitTotals[];
}

export interface ToFix {
  handoffs: HandoffId[];
  segment: WaitTotals['segment'];
  value: string;
  why: string;
  businessDays: number;
  moneyDays: WaitTotals['moneyDays'];
  /** Among all handoffs inside the firm and all values of the segment, from 1. */
  placeByDays: number;
  placeByMoney: number;
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
      toFix(table, ['staffing_to_finance_setup', 'plan_to_erp'], 'legalEntity', GMBH, 'set-ups are batched: most days'),
      toFix(table, ['milestone_to_invoice'], 'serviceLine', 'Data', 'evidence bounces: most money'),
      toFix(table, ['delivery_to_change_approval'], 'region', 'APAC', 'work starts before approval')
    ],
    waits: table
  };
}

/** From staffing to financial set-up two things are handed over at once: the project and its plan. */
const inside: HandoffId[][] = [
  ['staffing_to_finance_setup', 'plan_to_erp'],
  ...(
    ['sales_to_delivery', 'delivery_to_staffing', 'delivery_to_change_approval', 'delivery_to_procurement'] as const
  ).map((id) => [id]),
  ['milestone_to_invoice'],
  ['closure_to_cs']
];
/** Only to rank two currencies in one list. */
const EUR_IN_USD = 1.08;

function toFix(
  table: readonly WaitTotals[],
  handoffs: HandoffId[],
  segment: ToFix['segment'],
  value: string,
  why: string
): ToFix {
  const of = (ids: readonly HandoffId[], one: string) => {
    const rows = table.filter((row) => ids.includes(row.handoff) && row.segment === segment && row.value === one);
    const money = (currency: Currency): number => sum(rows.map(({ moneyDays }) => moneyDays[currency] ?? 0));
    const moneyDays = { EUR: money('EUR'), USD: money('USD') };
    return {
      businessDays: Math.round(sum(rows.map(({ businessHours }) => businessHours.total)) / 8),
      moneyDays,
      worth: moneyDays.EUR + moneyDays.USD / EUR_IN_USD
    };
  };
  const { businessDays, moneyDays, worth } = of(handoffs, value);
  const values = [...new Set(table.filter((row) => row.segment === segment).map((row) => row.value))];
  const all = inside.flatMap((ids) => values.map((one) => of(ids, one)));
  return {
    handoffs,
    segment,
    value,
    why,
    businessDays,
    moneyDays,
    placeByDays: 1 + all.filter((other) => other.businessDays > businessDays).length,
    placeByMoney: 1 + all.filter((other) => other.worth > worth).length
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
