import { DAY, HOUR, NOW } from '../clock.ts';
import { exchangeRates } from '../exchange-rates.ts';
import { GMBH } from '../organisation.ts';
import { type Currency, type Instant } from '../rows.ts';
import { type Facts, round, sum } from './facts.ts';
import { businessHours, segments, type HandoffId, type Wait } from './waits.ts';

/** What a visitor should be able to say after five minutes: where waiting beyond the goal ties up most money. */
export interface ToFix {
  handoff: HandoffId;
  segment: (typeof segments)[number];
  value: string;
  /** What was planted there; empty where nothing was. */
  why: string;
  n: number;
  businessDays: number;
  /** Amount × calendar days: of the whole waits, and beyond the goal; each amount once at a time. */
  moneyDays: Partial<Record<Currency, number>>;
  lateMoneyDays: Partial<Record<Currency, number>>;
  /** Of what is late, in euros at the last month's rate and 8 % a year. */
  carryingCost: number;
}

type Place = Omit<ToFix, 'carryingCost'>;

const COST_OF_CAPITAL = 0.08;

/** Working hours that each handoff within the firm may take. A customer's payment is no place to mend. */
const GOAL_HOURS: Partial<Record<HandoffId, number>> = {
  sales_to_delivery: 16,
  delivery_to_staffing: 16,
  staffing_to_finance_setup: 8,
  delivery_to_change_approval: 24,
  delivery_to_procurement: 16,
  plan_to_erp: 24,
  milestone_to_invoice: 24,
  closure_to_cs: 40
};
/** What is worth its own amount; everything else holds up what its project bills first. */
const HOLDS_ITS_OWN: readonly HandoffId[] = ['milestone_to_invoice', 'delivery_to_change_approval'];
/** Values whose excess is this near to the greatest one are alike. */
const ALIKE = 0.05;

const planted: Record<string, string> = {
  [`staffing_to_finance_setup ${GMBH}`]: 'T1: set-ups are batched',
  'delivery_to_staffing AMER': 'T2: one resource manager with too much to do',
  'milestone_to_invoice Data': 'T4: evidence bounces'
};

/** The three places that cost most, each handoff named once. */
export function costliest(facts: Facts, waits: readonly Wait[]): ToFix[] {
  const dollar = dollarInEuros(facts);
  const inEuro = (money: ToFix['moneyDays']): number => (money.EUR ?? 0) + (money.USD ?? 0) * dollar;
  const places = Map.groupBy(
    waits.filter(({ handoff, acceptedAt }) => GOAL_HOURS[handoff] !== undefined && acceptedAt !== undefined),
    ({ handoff }) => handoff
  );
  const named = [...places].flatMap(([handoff, ofHandoff]) => {
    const all = segments.flatMap((segment) =>
      [...Map.groupBy(ofHandoff, ({ project }) => project[segment] as string)].map(([value, group]) =>
        placeOf(handoff, segment, value, group)
      )
    );
    const excessOf = (place: Place): number => {
      const others = all.filter(({ segment, value }) => segment === place.segment && value !== place.value);
      const [late, money] = [
        sum(others.map(({ lateMoneyDays }) => inEuro(lateMoneyDays))),
        sum(others.map(({ moneyDays }) => inEuro(moneyDays)))
      ];
      return money === 0 ? 0 : inEuro(place.lateMoneyDays) - (inEuro(place.moneyDays) * late) / money;
    };
    const excesses = all.map((place) => ({ place, excess: excessOf(place) }));
    const most = Math.max(...excesses.map(({ excess }) => excess));
    if (!(most > 0)) return [];
    const [narrowest] = excesses
      .filter(({ excess }) => excess >= most * (1 - ALIKE))
      .sort((a, b) => a.place.n - b.place.n || b.excess - a.excess);
    return narrowest ? [narrowest.place] : [];
  });
  return named
    .map((place) => ({
      ...place,
      carryingCost: round((inEuro(place.lateMoneyDays) * COST_OF_CAPITAL) / 365, 2)
    }))
    .sort((a, b) => b.carryingCost - a.carryingCost)
    .slice(0, 3);
}

function placeOf(handoff: HandoffId, segment: ToFix['segment'], value: string, group: readonly Wait[]): Place {
  const goal = (GOAL_HOURS[handoff] ?? 0) * HOUR;
  return {
    handoff,
    segment,
    value,
    why: planted[`${handoff} ${value}`] ?? '',
    n: group.length,
    businessDays: round(sum(group.map((wait) => businessHours(asAccepted(wait)))) / 8, 1),
    moneyDays: held(group, ({ releasedAt }) => releasedAt),
    lateMoneyDays: held(group, ({ releasedAt, office }) => office.work.add(releasedAt, goal))
  };
}

const asAccepted = (wait: Wait): Wait => ({ ...wait, pickedUpAt: wait.acceptedAt });

/** Amount × calendar days from an instant of each wait to its end; waits of a project that overlap hold up one amount. */
function held(group: readonly Wait[], since: (wait: Wait) => Instant): ToFix['moneyDays'] {
  const total: ToFix['moneyDays'] = {};
  const runs = group.flatMap((wait, i) => {
    const [from, to] = [since(wait), wait.acceptedAt ?? NOW];
    const what = HOLDS_ITS_OWN.includes(wait.handoff) ? String(i) : wait.project.code;
    return from < to && wait.amount ? [{ what, from, to, amount: wait.amount, currency: wait.currency }] : [];
  });
  for (const ofOne of Map.groupBy(runs, ({ what }) => what).values()) {
    let until = -Infinity;
    for (const { from, to, amount, currency } of ofOne.sort((a, b) => a.from - b.from)) {
      const alone = Math.max(0, to - Math.max(from, until));
      until = Math.max(until, to);
      total[currency] = (total[currency] ?? 0) + (amount * alone) / DAY;
    }
  }
  return Object.fromEntries(Object.entries(total).map(([currency, days]) => [currency, Math.round(days)]));
}

/** What a dollar is worth in euros at the end of the last month. */
function dollarInEuros({ firm }: Facts): number {
  const rates = exchangeRates(firm.options.seed).filter(({ from, to }) => from === 'USD' && to === 'EUR');
  return rates.at(-1)?.rate ?? 1;
}
