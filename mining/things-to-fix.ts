import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import { formatCount } from '#models/units/number.ts';
import { doneWaits, heldMoney, ofTheFirm } from './carrying-cost.ts';
import { ask } from './context.ts';
import { exchange, withoutRate, type WithoutRate } from './exchange.ts';
import {
  ofSegments,
  segments,
  type LedgerContext,
  type PeriodFilter,
  type Segment,
  type SegmentFilter
} from './ledger-scope.ts';

export interface ThingsToFixOptions extends PeriodFilter, SegmentFilter {
  /** Cost of capital as a share a year; the setup's (`money.cost_of_capital`) without. */
  rate?: number | undefined;
  /** How many places. */
  limit?: number;
}

export interface ThingToFix {
  handoff: string;
  name: string;
  segment: Segment;
  value: string;
  /** Picked up in the period, and open now. */
  n: number;
  open: number;
  /** All their waiting in working days of 8 hours, and what of it lies beyond the goal. */
  business_days: number;
  late_business_days: number;
  /** What the waiting beyond the goal cost, and all of it. */
  carrying_cost: number;
  whole_carrying_cost: number;
  /** Amount × calendar days, in the currency: of the whole wait, and beyond the goal. */
  money_days: number;
  late_money_days: number;
  currency: string;
  sentence: string;
}

export interface ThingsToFix {
  rate: number;
  currency: string;
  rate_date: string | null;
  /** Amounts that no cost is made of. */
  without_rate: WithoutRate[];
  items: ThingToFix[];
}

interface Place {
  handoff: string;
  segment: Segment;
  value: string;
  n: number;
  open: number;
  business_ms: number;
  late_business_ms: number;
  money_days: number;
  late_money_days: number;
  /** Late money days beyond what the same amounts lose elsewhere; null where there is no elsewhere. */
  excess: number | null;
}

/** Places whose excess differs less than this are alike: then the narrower one is named. */
const ALIKE = 0.05;
const HOURS_A_DAY = 8;

/**
 * The places that cost most by waiting: a place is a lifecycle handoff within the firm and one value of a segment.
 *
 * What a place costs is Σ amount × calendar days beyond the goal × rate / 365, each amount once at a time (see
 * `heldMoney`), of the waits picked up in the period, converted at the rates of one month. Each handoff is named once, by
 * the value where it goes wrong more than elsewhere: of all values of all segments the one with the greatest excess,
 * D(v) − M(v) × D(rest) / M(rest), D being the late and M all money days of the value and of the rest of its segment; of
 * values within 5 % of it the one with the fewest waits, which says more. Handoffs are then ranked by what their place
 * costs. No cause is said: none is measured here.
 *
 * Handoffs without a goal, or to a function outside the firm, are not ranked, and amounts without a rate told apart; those
 * open now, whatever the period, are counted beside. Money days
 * stand for capital tied up (working capital), the rate for what it costs.
 *
 * @example
 * (await thingsToFix({ engine, ledger })).items[0]
 * // { handoff: 'milestone_to_invoice', segment: 'service_line', value: 'Data', n: 698, carrying_cost: 10029.1, … }
 */
export async function thingsToFix(
  { engine, ledger }: LedgerContext,
  { from, to, rate = ledger.firm.setup.money.cost_of_capital, limit = 3, ...filter }: ThingsToFixOptions = {}
): Promise<ThingsToFix> {
  const rates = await exchange(engine, ledger.firm, to ?? ledger.at);
  const { currency, rate_date, factors } = rates;
  const each = (columns: string): Sql =>
    sql`unnest([${join(
      segments.map((segment) => sql`{segment: ${segment}::varchar, value: ${ident(segment)}}`),
      ', '
    )}])
      as place, ${raw(columns)}`;
  const inside = ofTheFirm(ledger);
  const { places, without_rate } = await ask<{ places: Place[]; without_rate: WithoutRate[] }>(
    engine,
    sql`
    with amount as materialized (
      select *, waits as n, money as amount from (${heldMoney(ledger, { from, to }, filter)}) where ${inside}
    ), held as (
      select handoff, place, sum(money_days * factor) as money_days, sum(late_money_days * factor) as late_money_days
      from (
        select handoff, ${each('currency, money_days, late_money_days')} from amount
      ) join ${factors} r using (currency) group by all
    ), waited as (
      select handoff, place, count(*)::double as n, sum(business_ms)::double as business_ms,
        sum(late_business_ms)::double as late_business_ms
      from (
        select handoff, ${each('business_ms, late_business_ms')} from ${doneWaits(ledger, { from, to }, filter)}
        where ${inside}
      ) group by all
    ), waiting as (
      select handoff, place, count(*)::double as open from (
        select handoff, ${each('status')} from ${ident(ledger.handoffs)}
        where status = 'open' and ${ofSegments(filter)}
      ) group by all
    ), placed as (
      select w.*, h.money_days, h.late_money_days, coalesce(o.open, 0) as open,
        sum(h.money_days) over others as money_elsewhere, sum(h.late_money_days) over others as late_elsewhere
      from waited w join held h using (handoff, place) left join waiting o using (handoff, place)
      where place.value is not null
      window others as (partition by handoff, place.segment order by place.value
        rows between unbounded preceding and unbounded following exclude current row)
    )
    select to_json({
      without_rate: ${withoutRate(rates, raw('amount'))},
      places: (select coalesce(list({handoff: handoff, segment: place.segment, value: place.value, n: n, open: open,
        business_ms: coalesce(business_ms, 0), late_business_ms: coalesce(late_business_ms, 0), money_days: money_days,
        late_money_days: late_money_days, excess: case when money_elsewhere > 0
          then late_money_days - money_days * late_elsewhere / money_elsewhere end}
        order by handoff, place.segment, place.value), []) from placed where late_money_days > 0)
    })::varchar as answer`
  );
  const { handoffs } = lifecycleOf(ledger.firm.setup);
  const cost = (moneyDays: number): number => Math.round(((moneyDays * rate) / 365) * 100) / 100;
  const days = (ms: number): number => Math.round((ms / (HOURS_A_DAY * 3_600_000)) * 10) / 10;
  const items = handoffs
    .flatMap(({ id, name }) => {
      const place = worst(places.filter(({ handoff }) => handoff === id));
      return place ? [{ name, place }] : [];
    })
    .sort((a, b) => b.place.late_money_days - a.place.late_money_days)
    .slice(0, limit)
    .map(({ name, place }) => {
      const { handoff, segment, value, n, open, business_ms, late_business_ms } = place;
      const item = {
        ...{ handoff, name, segment, value, n, open },
        business_days: days(business_ms),
        late_business_days: days(late_business_ms),
        carrying_cost: cost(place.late_money_days),
        whole_carrying_cost: cost(place.money_days),
        money_days: Math.round(place.money_days),
        late_money_days: Math.round(place.late_money_days),
        currency
      };
      return { ...item, sentence: inWords(item) };
    });
  return { rate, currency, rate_date, without_rate, items };
}

/** The value where a handoff goes wrong more than elsewhere, and the narrowest of those alike. */
function worst(places: readonly Place[]): Place | undefined {
  const most = places.reduce((max, { excess }) => Math.max(max, excess ?? -Infinity), -Infinity);
  if (!(most > 0)) return [...places].sort((a, b) => b.late_money_days - a.late_money_days)[0];
  return places
    .filter(({ excess }) => excess !== null && excess >= most * (1 - ALIKE))
    .sort((a, b) => a.n - b.n || (b.excess ?? 0) - (a.excess ?? 0))[0];
}

function inWords({ name, value, n, open, business_days, late_business_days }: Omit<ThingToFix, 'sentence'>): string {
  const now = open === 0 ? '' : `; ${formatCount(open)} ${open === 1 ? 'waits' : 'wait'} now`;
  return `${name}, ${value}: ${formatCount(n)} ${n === 1 ? 'handoff' : 'handoffs'} waited ${formatCount(business_days)} business days, ${formatCount(late_business_days)} of them beyond the goal${now}`;
}
