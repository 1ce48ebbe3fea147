import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { BadUse } from '#models/log/errors.ts';
import { ident, sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { firmMark, freshFirm, type Firm } from './firm.ts';
import { freshTables } from './fresh-tables.ts';
import { findAnchors } from './handoff-anchors.ts';
import { measuredHandoffs, measuredRounds, type Measured } from './handoff-measures.ts';
import { findRounds, type Receiver } from './handoff-rounds.ts';

/** The lifecycle handoffs of a log of a firm, measured to its now. */
export interface Ledger {
  logId: number;
  log: string;
  firm: Firm;
  /** Names of tables: see `freshLedger`. */
  rounds: string;
  handoffs: string;
  windows: string;
  teams: string;
  /** What the ledger is made of; its comment changes with it. */
  anchors: string;
  /** What counts as now, ISO 8601 UTC: the log's, or for a live one the begin of this minute. */
  at: string;
  /** The log's fixed now, ISO 8601 UTC; null when it is live. */
  now: string | null;
}

/** Raised when what is stored in the tables changes. */
const LAYOUT = 3;

/**
 * The ledger of a firm's lifecycle handoffs, in two tables.
 *
 * - `handoffs`: one row a handoff and anchor object that was ever released. (handoff, anchor_no, anchor_type, anchor_id,
 *   case_no, project, first_release, final_pick_up, rounds, bounces, status, holder, holder_team, holder_since,
 *   receive_team, release_team, receiver_wall_ms, sender_wall_ms, receiver_business_ms, sender_business_ms,
 *   first_time_right, money, currency, goal_ms, goal_is_business, due_at, within_goal, late_wall_ms, region, legal_entity, service_line)
 * - `rounds`: (handoff, anchor_no, round, released_at, released_by, release_team, received_at, received_by,
 *   receive_team, ended_at, outcome, wall_ms, business_ms)
 *
 * A handoff is `open` when released and not picked up, `done` with the pick-up after which nothing was given back before
 * it was accepted, else `cancelled`. Its latency, first release to final pick-up, is the receiver's time up to each
 * return, and the sender's from each return to the next release; an open one is measured to now, and has no final
 * pick-up. `bounces` counts the rounds that were given back. `first_time_right` is known once it is picked up or
 * accepted: nothing was given back, and nothing put right later.
 *
 * `due_at` is when the goal was or will be used up, by the receiver's calendar; `late_wall_ms` the calendar time beyond it
 * of those that took longer than the goal, 0 of those that did not, and null while it is not decided.
 *
 * Business time is that of the team that holds it: of the receiver the team that took the round up, and while nobody
 * has, the one of the function that most often does in that region and entity, else anywhere, else one that the directory
 * knows; of a receiver outside the firm, and of the sender, the sender's team. Null where no calendar is known. Of whom to
 * ask the same team is said.
 *
 * Events after the log's now are not seen. Facts are gone through anew after an import, another setup or calendar, a
 * code that was settled, or when now passes an event; measured anew when now moves (a live one by a minute).
 *
 * Source of the terms: `design/domain.md`; handover of work between declared roles, not between neighbours in a trace,
 * which is what sets it apart from W. van der Aalst, H. Reijers, M. Song (CSCW 14, 2005).
 *
 * @param clock what is now in a live log
 * @throws {NotFound} when there is no such log, or no project in it
 * @throws {BadUse} when the log is of no firm, or its lifecycle has no handoff
 * @example
 * const { handoffs } = await freshLedger(store, 'firm');
 * await store.engine.query(sql`select handoff, count(*) from ${ident(handoffs)} where status = 'open' group by all`);
 */
export async function freshLedger(
  store: Store,
  logName: string,
  clock: () => Date = () => new Date()
): Promise<Ledger> {
  const firm = await freshFirm(store, logName);
  const { logId, windows, teams } = firm;
  const lifecycle = lifecycleOf(firm.setup);
  if (lifecycle.handoffs.length === 0)
    throw new BadUse(`the lifecycle of "${firm.log}" declares no handoffs`, 'keep some in the layers of its setup');
  const kinds = new Map(lifecycle.functions.map(({ id, kind }) => [id, kind]));
  const now = firm.now ?? clock().toISOString();
  const at = sql`${now}::timestamptz::timestamp`;
  const tables = {
    facts: `handoff_fact_${logId}`,
    anchors: `handoff_anchor_${logId}`,
    rounds: `handoff_round_${logId}`,
    handoffs: `handoff_${logId}`
  };
  // Facts do not change with now until it passes an event.
  const seen = sql`(
    select max(happened_at) from event where log_id = ${logId} and superseded_batch is null and happened_at <= ${at})`;
  const known = sql`concat_ws('|', ${firmMark(firm, LAYOUT)}, ${seen})`;
  await freshTables(store, [tables.facts, tables.anchors], known, async (transaction) => {
    await findRounds(transaction, firm, lifecycle.handoffs, ({ to }): Receiver => kinds.get(to) ?? 'people', at);
    await transaction.execute(sql`create or replace table ${ident(tables.facts)} as select * from found_round`);
    await transaction.execute(sql`
      create or replace table ${ident(tables.anchors)} as
      ${await findAnchors(transaction, firm, lifecycle.handoffs, at)}`);
    await drop(transaction, ['found_round', 'found_trait', 'amount', 'planned_line']);
  });
  const measured: Measured = {
    firm,
    facts: tables.facts,
    anchors: tables.anchors,
    outside: outside(lifecycle.functions),
    handoffs: lifecycle.handoffs
  };
  const moment = firm.now ?? `${now.slice(0, 16)}:00Z`;
  const until = sql`${moment}::timestamptz::timestamp`;
  const made = sql`concat_ws('|', ${moment}, (
    select comment from duckdb_tables() where table_name = ${tables.anchors} and not temporary))`;
  await freshTables(store, [tables.rounds, tables.handoffs], made, async (transaction) => {
    await transaction.execute(sql`
      create or replace temp table measured_round as ${measuredRounds(measured, until)}`);
    await transaction.execute(sql`
      create or replace table ${ident(tables.rounds)} as
      select handoff, anchor_no, round, released_at, released_by, release_team, received_at, received_by, receive_team,
        ended_at, outcome, wall_ms, business_ms
      from measured_round order by handoff, anchor_no, round`);
    await transaction.execute(sql`
      create or replace table ${ident(tables.handoffs)} as ${measuredHandoffs(measured, until)}`);
    await drop(transaction, ['measured_round']);
  });
  return {
    logId,
    log: firm.log,
    firm,
    rounds: tables.rounds,
    handoffs: tables.handoffs,
    windows,
    teams,
    anchors: tables.anchors,
    at: moment,
    now: firm.now
  };
}

const outside = (functions: readonly { id: string; kind: string }[]): string[] =>
  functions.filter(({ kind }) => kind === 'outside').map(({ id }) => id);

async function drop(transaction: Transaction, tables: readonly string[]): Promise<void> {
  for (const table of tables) await transaction.execute(sql`drop table if exists ${ident(table)}`);
}
