import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import { placeColumns } from '#models/views/firm.ts';
import { doneWaits, heldMoney } from './carrying-cost.ts';
import { ask } from './context.ts';
import type { DealToCashContext } from './deal-to-cash.ts';
import { exchange, withoutRate, type WithoutRate } from './exchange.ts';
import { ofSegments, segmentOf, within, type PeriodFilter, type Segment, type SegmentFilter } from './ledger-scope.ts';

export interface BottlenecksOptions extends PeriodFilter, SegmentFilter {
  /** Each value of it a row of its own. */
  segment?: Segment | undefined;
  rate?: number | undefined;
}

export interface Bottleneck {
  kind: 'handoff' | 'stage';
  id: string;
  name: string;
  segment: Segment | null;
  value: string | null;
  /** Handoffs picked up, or stages left, in the period. */
  n: number;
  business_ms_total: number;
  /** Of the handoffs; a stage is work, and no wait. */
  cost_of_delay: { amount: number; currency: string } | null;
  /** Of the working time of its kind, in the ranking by waiting; of the cost of all, in the one by cost. */
  share: number | null;
  /** Null for a stage, for a handoff without a goal, and with fewer than 30 projects on either side. */
  end_to_end: EndToEnd | null;
}

/** How long closed projects take that waited here longer than the goal, against those that did not. */
export interface EndToEnd {
  late: CycleTimes;
  in_goal: CycleTimes;
  /** By how much the median of the late is longer; below 0 where it is shorter. */
  longer_ms: number;
}

export interface CycleTimes {
  /** Projects. */
  n: number;
  median_ms: number;
}

export interface Bottlenecks {
  rate: number;
  currency: string;
  rate_date: string | null;
  /** Amounts that no cost is made of. */
  without_rate: WithoutRate[];
  by_waiting: Bottleneck[];
  by_cost: Bottleneck[];
}

interface Row {
  kind: 'handoff' | 'stage';
  id: string;
  value: string | null;
  n: number;
  business_ms: number;
  money_days: number | null;
  late: CycleTimes | null;
  in_goal: CycleTimes | null;
}

/** A median of fewer says little. */
const LEAST = 30;

/**
 * Where the work of a firm waits most: its lifecycle handoffs and stages by the working time they take in total, and the
 * handoffs by what their waiting costs.
 *
 * A handoff's time is its whole latency, of those picked up in the period; a stage's the time that objects were in it,
 * in the hours of its owner, of those that left it in the period. Handoffs and stages are ranked together and have their
 * share of the total of their own kind, since a handoff lies within a stage. Cost of delay is Σ amount × calendar days ×
 * rate / 365 of the whole waits, each amount once at a time (`heldMoney`), at the rates of one month; amounts without a
 * rate are told apart.
 *
 * `end_to_end` is of closed projects with a wait at the handoff that was picked up in the period and has a goal: median
 * cycle time (last − first event, wall clock, continuous) of those of which one such wait or more exceeded its goal, less
 * that of those of which none did. It says how much longer the former take, and not that they take longer because of it.
 *
 * @example
 * (await bottlenecks({ engine, ledger, tables }, { segment: 'region' })).by_cost[0]
 */
export async function bottlenecks(
  { engine, ledger, tables }: DealToCashContext,
  { segment, from, to, rate = ledger.firm.setup.money.cost_of_capital, ...filter }: BottlenecksOptions = {}
): Promise<Bottlenecks> {
  const rates = await exchange(engine, ledger.firm, to ?? ledger.at);
  const { currency, rate_date, factors } = rates;
  const { projects } = ledger.firm;
  const value: Sql = segment === undefined ? raw('null::varchar as value') : sql`${segmentOf(segment)} as value`;
  const { rows, without_rate } = await ask<{ rows: Row[]; without_rate: WithoutRate[] }>(
    engine,
    sql`
    with waited as materialized (
      select handoff, ${value}, case_no, within_goal, business_ms from ${doneWaits(ledger, { from, to }, filter)}
    ), amount as materialized (
      select handoff, ${value}, currency, waits as n, money as amount, money_days
      from (${heldMoney(ledger, { from, to }, filter)})
    ), held as (
      select handoff, value, sum(money_days * factor) as money_days
      from amount join ${factors} r using (currency) group by all
    ), project as (
      select w.handoff, w.value, bool_or(not w.within_goal) as is_late,
        any_value(epoch_ms(c.last) - epoch_ms(c.first)) as ms
      from waited w join ${ident(projects.cases)} c using (case_no)
      where w.within_goal is not null and c.closed and c.last <= ${ledger.at}::timestamptz::timestamp
      group by w.handoff, w.value, case_no
    ), ended as (
      select handoff, value, ${cycleTimes(raw('is_late'))} as late, ${cycleTimes(raw('not is_late'))} as in_goal
      from project group by all
    ), stayed as (
      select stage, ${value}, business_ms from (
        select v.*, ${placeColumns(raw('c.attributes'))}
        from ${ident(tables.visits)} v left join ${ident(projects.cases)} c using (case_no)
        where left_at is not null and ${within(raw('left_at'), { from, to })}
      ) where ${ofSegments(filter)}
    ), row as (
      select 'handoff' as kind, w.handoff as id, w.value, w.n, w.business_ms, h.money_days, e.late, e.in_goal
      from (
        select handoff, value, count(*)::double as n, sum(business_ms)::double as business_ms from waited group by all
      ) w
      left join held h on h.handoff = w.handoff and h.value is not distinct from w.value
      left join ended e on e.handoff = w.handoff and e.value is not distinct from w.value
      union all
      select 'stage', stage, value, count(*)::double, sum(business_ms)::double, null, null, null
      from stayed group by stage, value
    )
    select to_json({
      without_rate: ${withoutRate(rates, raw('amount'))},
      rows: (select coalesce(list({kind: kind, id: id, value: value, n: n, business_ms: coalesce(business_ms, 0),
        money_days: money_days, late: late, in_goal: in_goal} order by kind, id, value), []) from row)
    })::varchar as answer`
  );
  const { stages, handoffs } = lifecycleOf(ledger.firm.setup);
  const names = { stage: new Map(stages.map(named)), handoff: new Map(handoffs.map(named)) };
  const sum = (kind: Row['kind'], of: (row: Row) => number): number =>
    rows.filter((row) => row.kind === kind).reduce((total, row) => total + of(row), 0);
  const totals = { stage: sum('stage', waiting), handoff: sum('handoff', waiting) };
  const ranked = (some: readonly Row[], of: (row: Row) => number, total: (kind: Row['kind']) => number): Bottleneck[] =>
    some
      .toSorted((a, b) => of(b) - of(a) || a.n - b.n)
      .map((row) => ({
        kind: row.kind,
        id: row.id,
        name: names[row.kind].get(row.id) ?? row.id,
        segment: segment ?? null,
        value: row.value,
        n: row.n,
        business_ms_total: row.business_ms,
        cost_of_delay:
          row.money_days === null
            ? null
            : { amount: Math.round(((row.money_days * rate) / 365) * 100) / 100, currency },
        share: total(row.kind) > 0 ? of(row) / total(row.kind) : null,
        end_to_end: endToEnd(row)
      }));
  const money = ({ money_days }: Row): number => money_days ?? 0;
  return {
    rate,
    currency,
    rate_date,
    without_rate,
    by_waiting: ranked(rows, waiting, (kind) => totals[kind]),
    by_cost: ranked(
      rows.filter(({ money_days }) => money_days !== null),
      money,
      () => sum('handoff', money)
    )
  };
}

/** Aggregate: some of the projects, and the median of `ms`. */
const cycleTimes = (some: Sql): Sql => sql`
  {n: (count(*) filter (${some}))::double,
    median_ms: round(quantile_cont(ms, 0.5) filter (${some}))::double}`;

function endToEnd({ late, in_goal }: Row): EndToEnd | null {
  if (late === null || in_goal === null || late.n < LEAST || in_goal.n < LEAST) return null;
  return { late, in_goal, longer_ms: late.median_ms - in_goal.median_ms };
}

const waiting = ({ business_ms }: Row): number => business_ms;
const named = ({ id, name }: { id: string; name: string }): [string, string] => [id, name];
