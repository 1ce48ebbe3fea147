import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import { ask, instant } from './context.ts';
import { exchange } from './exchange.ts';
import {
  latencies,
  ofSegments,
  within,
  type LedgerContext,
  type PeriodFilter,
  type SegmentFilter
} from './ledger-scope.ts';

export interface HandoffListOptions extends PeriodFilter, SegmentFilter {
  handoff?: string | undefined;
  status?: 'open' | 'done' | 'cancelled' | undefined;
  project?: string | undefined;
  /** Most money held up, longest waiting (business time), or longest latency on the wall clock first. */
  order?: 'money' | 'age' | 'latency' | undefined;
  limit?: number;
  offset?: number;
}

export interface HandoffRow {
  handoff: string;
  anchor_type: string;
  anchor_id: string;
  project: string | null;
  released_at: string;
  picked_up_at: string | null;
  due_at: string | null;
  rounds: number;
  bounces: number;
  status: 'open' | 'done' | 'cancelled';
  holder: 'receiver' | 'sender' | null;
  holder_team: string | null;
  holder_since: string | null;
  business_ms: number | null;
  wall_ms: number;
  receiver_wall_ms: number;
  sender_wall_ms: number;
  first_time_right: boolean | null;
  within_goal: boolean | null;
  money: number | null;
  currency: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}

export interface HandoffList {
  total: number;
  rows: HandoffRow[];
}

/**
 * The handoffs themselves, whole latencies each: what a figure of the scorecard is made of. `from` and `to` are of the
 * final pick-up, so of open ones there are none with them. Money is in its own currency, and ordered by its worth in
 * one (see `exchange`); ties by release, then anchor.
 */
export async function handoffList(
  { engine, ledger }: LedgerContext,
  { handoff, status, project, from, to, order = 'age', limit = 100, offset = 0, ...filter }: HandoffListOptions = {}
): Promise<HandoffList> {
  const { factors } = await exchange(engine, ledger.firm, ledger.at);
  const by: Record<string, Sql> = {
    money: raw('coalesce(money, 0) * coalesce(factor, 0) desc'),
    age: raw('business_ms desc nulls last, wall_ms desc'),
    latency: raw('wall_ms desc')
  };
  const equal = (column: string, value: string | undefined): Sql =>
    value === undefined ? raw('true') : sql`${ident(column)} = ${value}`;
  return ask<HandoffList>(
    engine,
    sql`
    with chosen as materialized (
      select h.*, r.factor from ${latencies(ledger)} h left join ${factors} r using (currency)
      where ${equal('handoff', handoff)} and ${equal('status', status)} and ${equal('project', project)}
        and ${ofSegments(filter)} and ${within(raw('final_pick_up'), { from, to })}
    ), page as (
      select *, row_number() over (order by ${by[order] ?? raw('true')}, first_release, handoff, anchor_no) as nth
      from chosen qualify nth > ${offset} and nth <= ${offset + limit}
    )
    select to_json({
      total: (select count(*) from chosen)::double,
      rows: (select coalesce(list({
        handoff: handoff, anchor_type: anchor_type, anchor_id: anchor_id, project: project,
        released_at: ${instant(raw('first_release'))}, picked_up_at: ${instant(raw('final_pick_up'))},
        due_at: ${instant(raw('due_at'))}, rounds: rounds, bounces: bounces, status: status, holder: holder,
        holder_team: t.value, holder_since: ${instant(raw('holder_since'))}, business_ms: business_ms::double,
        wall_ms: wall_ms::double, receiver_wall_ms: receiver_wall_ms::double, sender_wall_ms: sender_wall_ms::double,
        first_time_right: first_time_right, within_goal: within_goal, money: money, currency: currency, region: region,
        legal_entity: legal_entity, service_line: service_line} order by nth), [])
        from page left join (
          select id, value from term where log_id = ${ledger.logId} and kind = 'team'
        ) t on t.id = holder_team)
    })::varchar as answer`
  );
}

export interface HandoffRound {
  round: number;
  released_at: string;
  released_by: string | null;
  release_team: string | null;
  received_at: string | null;
  received_by: string | null;
  receive_team: string | null;
  /** When it was given back, picked up or cancelled; null while it is open. */
  ended_at: string | null;
  outcome: 'picked_up' | 'returned' | 'refused' | 'cancelled' | 'open';
  wall_ms: number;
  business_ms: number | null;
}

/** The rounds of one handoff of an anchor object, in order; empty where it was never released. */
export async function handoffRounds(
  { engine, ledger }: LedgerContext,
  handoff: string,
  anchorId: string
): Promise<HandoffRound[]> {
  const { logId } = ledger;
  const word = (kind: string): Sql => sql`(select id, value from term where log_id = ${logId} and kind = ${kind})`;
  return ask<HandoffRound[]>(
    engine,
    sql`
    select to_json(coalesce(list({
      round: r.round, released_at: ${instant(raw('r.released_at'))}, released_by: p.value, release_team: s.value,
      received_at: ${instant(raw('r.received_at'))}, received_by: q.value, receive_team: t.value,
      ended_at: ${instant(raw('r.ended_at'))}, outcome: r.outcome, wall_ms: r.wall_ms::double,
      business_ms: r.business_ms::double} order by r.round), []))::varchar as answer
    from ${ident(ledger.rounds)} r
    join ${ident(ledger.handoffs)} h using (handoff, anchor_no)
    left join ${word('resource')} p on p.id = r.released_by left join ${word('resource')} q on q.id = r.received_by
    left join ${word('team')} s on s.id = r.release_team left join ${word('team')} t on t.id = r.receive_team
    where h.handoff = ${handoff} and h.anchor_id = ${anchorId}`
  );
}
