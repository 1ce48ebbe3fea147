import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { join, raw, sql, type Sql } from '#models/store/sql.ts';
import { ownAmount } from './carrying-cost.ts';
import { ask, instant } from './context.ts';
import {
  latencies,
  ofSegments,
  segmentOf,
  within,
  type LedgerContext,
  type PeriodFilter,
  type Segment,
  type SegmentFilter
} from './ledger-scope.ts';

export interface ScorecardOptions extends PeriodFilter, SegmentFilter {
  /** Cut each handoff by this too. */
  segment?: Segment | undefined;
}

export interface Spread {
  median_ms: number;
  p90_ms: number;
}
/** Of n, such a share; never a ratio over nothing. */
export interface Share {
  share: number;
  n: number;
}
export interface Money {
  currency: string;
  amount: number;
}

export interface HandoffFigures {
  /** Picked up in the period. */
  n: number;
  /** Released and not picked up, now: whatever the period. */
  open: { n: number; median_age_business_ms: number | null; money: Money[] };
  business: Spread | null;
  wall: Spread | null;
  /** Wall-clock time at the receiver, and after returns at the sender. */
  receiver_ms_total: number;
  sender_ms_total: number;
  first_time_right: Share | null;
  within_goal: Share | null;
  /** The median business time of the period before, equally long; null where nothing was picked up in it. */
  trend: { median_ms_previous: number; n_previous: number } | null;
  /** By month of the final pick-up (UTC), months without one left out. */
  series: { month: string; median_ms: number | null; n: number }[];
}

export interface ScoredHandoff extends HandoffFigures {
  id: string;
  name: string;
  from_function: string;
  to_function: string;
  /** The goal that most of its handoffs have. */
  goal_ms: number | null;
  goal_is_business: boolean | null;
  segments?: ({ value: string } & HandoffFigures)[];
}

export interface HandoffScorecard {
  period: { from: string; to: string } | null;
  previous: { from: string; to: string } | null;
  /** Every handoff of the lifecycle, in its order. */
  handoffs: ScoredHandoff[];
}

interface Goal {
  handoff: string;
  goal_ms: number;
  is_business: boolean;
}

interface Row {
  handoff: string;
  /** Null for the whole handoff. */
  value: string | null;
  n: number;
  business: [number, number] | null;
  wall: [number, number] | null;
  receiver_ms: number;
  sender_ms: number;
  first_right: number;
  judged: number;
  in_goal: number;
  with_goal: number;
  open: number;
  age_ms: number | null;
  money: Money[];
  median_ms_previous: number | null;
  n_previous: number;
  series: { month: string; median_ms: number | null; n: number }[];
}

/**
 * The scorecard of a firm's lifecycle handoffs: latency, first-time-right, goals, what is open and what it holds up,
 * and the trend against the period before.
 *
 * Latency is first release → final pick-up, of the handoffs that were picked up in the period; medians and P90 are
 * exact and continuous (R type 7), in milliseconds. Business time is of the team that held it; where no calendar is
 * known for any of them it is null. First-time-right: of the decided ones among them, those never given back nor put
 * right later. Open ones stand beside as count, median business age up to now, and the money they hold up by currency,
 * what a project bills next once for all that wait for it; they are in no median. Without `from` and `to` the period is all time, and there is no trend.
 *
 * Source: the handoff ledger (`models/views/handoff-ledger.ts`), terms of `domain.md`.
 *
 * @example
 * const { handoffs } = await handoffScorecard({ engine, ledger }, { segment: 'legal_entity' });
 * // handoffs[2]: { id: 'staffing_to_finance_setup', n: 1125, business: { median_ms: 9164000, … }, segments: […] }
 */
export async function handoffScorecard(
  { engine, ledger }: LedgerContext,
  { segment, from, to, ...filter }: ScorecardOptions = {}
): Promise<HandoffScorecard> {
  const lifecycle = lifecycleOf(ledger.firm.setup);
  const previous = before({ from, to: to ?? ledger.at });
  // Each handoff stands for the whole (value null), and once more for its value of the segment.
  const values = segment === undefined ? raw('[null::varchar]') : sql`[null::varchar, ${segmentOf(segment)}]`;
  const median = raw('round(quantile_cont(business_ms, 0.5))::double');
  const spread = (column: Sql): Sql =>
    sql`list_transform(quantile_cont(${column}, [0.5, 0.9]), lambda ms: round(ms)::double)`;
  const answer = await ask<{ goals: Goal[]; rows: Row[]; first: string | null }>(
    engine,
    sql`
    with known as materialized (
      select *, unnest(${values}) as value from ${latencies(ledger)} where ${ofSegments(filter)}
    ), done as materialized (
      select * from known where status = 'done' and ${within(raw('final_pick_up'), { from, to })}
    ), figure as (
      select handoff, value, count(*)::double as n,
        case when count(business_ms) > 0 then ${spread(raw('business_ms'))} end as business,
        ${spread(raw('wall_ms'))} as wall, sum(receiver_wall_ms)::double as receiver_ms,
        sum(sender_wall_ms)::double as sender_ms, (count(*) filter (first_time_right))::double as first_right,
        count(first_time_right)::double as judged, (count(*) filter (within_goal))::double as in_goal,
        count(within_goal)::double as with_goal
      from done group by all
    ), month as (
      select handoff, value, list({month: month, median_ms: median_ms, n: n} order by month) as series from (
        select handoff, value, strftime(final_pick_up, '%Y-%m') as month, ${median} as median_ms, count(*)::double as n
        from done group by all
      ) group by all
    ), trend as (
      select handoff, value, ${median} as median_ms_previous, count(*)::double as n_previous from known
      where status = 'done' and ${previous === null ? raw('false') : within(raw('final_pick_up'), previous)} group by all
    ), waiting as (
      select handoff, value, count(*)::double as n, ${median} as age_ms from known where status = 'open' group by all
    ), held as (
      select handoff, value, list({currency: currency, amount: amount} order by amount desc, currency) as money from (
        select handoff, value, currency, round(sum(money), 2) as amount from (
          select distinct handoff, value, currency, money, case_no, ${ownAmount} as own_no from known
          where status = 'open' and money > 0 and currency is not null
        ) group by all
      ) group by all
    )
    select to_json({
      first: ${instant(raw('(select min(first_release) from known)'))},
      goals: (select coalesce(list({handoff: handoff, goal_ms: goal_ms, is_business: is_business}), []) from (
        select handoff, mode(goal_ms)::double as goal_ms, mode(goal_is_business) as is_business
        from known where goal_ms is not null group by all)),
      rows: (select coalesce(list({handoff: k.handoff, value: k.value, n: coalesce(f.n, 0),
          business: f.business, wall: f.wall, receiver_ms: coalesce(f.receiver_ms, 0),
          sender_ms: coalesce(f.sender_ms, 0), first_right: coalesce(f.first_right, 0), judged: coalesce(f.judged, 0),
          in_goal: coalesce(f.in_goal, 0), with_goal: coalesce(f.with_goal, 0), open: coalesce(w.n, 0),
          age_ms: w.age_ms, money: coalesce(h.money, []), median_ms_previous: t.median_ms_previous,
          n_previous: coalesce(t.n_previous, 0), series: coalesce(m.series, [])} order by k.value), [])
        from (select distinct handoff, value from known) k
        ${join(['figure f', 'month m', 'trend t', 'waiting w', 'held h'].map(joined), ' ')})
    })::varchar as answer`
  );
  const names = new Map(lifecycle.functions.map(({ id, name }) => [id, name]));
  const goals = new Map(answer.goals.map((goal) => [goal.handoff, goal]));
  const end = to ?? new Date(ledger.at).toISOString();
  const begin = from ?? answer.first;
  return {
    period: begin === null ? null : { from: begin, to: end },
    previous,
    handoffs: lifecycle.handoffs.map((handoff) => {
      const rows = answer.rows.filter((row) => row.handoff === handoff.id);
      const goal = goals.get(handoff.id);
      return {
        id: handoff.id,
        name: handoff.name,
        from_function: names.get(handoff.from) ?? handoff.from,
        to_function: names.get(handoff.to) ?? handoff.to,
        goal_ms: goal?.goal_ms ?? null,
        goal_is_business: goal?.is_business ?? null,
        ...figures(rows.find(({ value }) => value === null)),
        ...(segment !== undefined && {
          segments: rows.flatMap(({ value, ...row }) => (value === null ? [] : [{ value, ...figures(row) }]))
        })
      };
    })
  };
}

const joined = (table: string): Sql => {
  const name = table.at(-1) ?? '';
  return raw(`left join ${table} on ${name}.handoff = k.handoff and ${name}.value is not distinct from k.value`);
};

/** The period before, equally long. */
function before({ from, to }: PeriodFilter): { from: string; to: string } | null {
  if (from === undefined || to === undefined) return null;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return { from: new Date(2 * start - end).toISOString(), to: new Date(start).toISOString() };
}

function figures(row: Omit<Row, 'value'> | undefined): HandoffFigures {
  const spread = (pair: [number, number] | null | undefined): Spread | null =>
    pair ? { median_ms: pair[0], p90_ms: pair[1] } : null;
  const share = (hits: number, n: number): Share | null => (n === 0 ? null : { share: hits / n, n });
  return {
    n: row?.n ?? 0,
    open: { n: row?.open ?? 0, median_age_business_ms: row?.age_ms ?? null, money: row?.money ?? [] },
    business: spread(row?.business),
    wall: spread(row?.wall),
    receiver_ms_total: row?.receiver_ms ?? 0,
    sender_ms_total: row?.sender_ms ?? 0,
    first_time_right: share(row?.first_right ?? 0, row?.judged ?? 0),
    within_goal: share(row?.in_goal ?? 0, row?.with_goal ?? 0),
    trend:
      row?.median_ms_previous == null
        ? null
        : { median_ms_previous: row.median_ms_previous, n_previous: row.n_previous },
    series: row?.series ?? []
  };
}
