import { randomBytes } from 'node:crypto';
import { BadUse, NotFound } from '#models/log/errors.ts';
import type { Database } from './database.ts';

/**
 * waiting: not tried yet · sending · failed: to be tried again · delivered · withdrawn: what it told is not so any more ·
 * dead: tried for the last time
 */
export type DeliveryState = 'waiting' | 'sending' | 'failed' | 'delivered' | 'withdrawn' | 'dead';

export interface DeliveryAttempt {
  at: string;
  status: number | null;
  error: string | null;
  ms: number;
  /** The begin of what the receiver answered. */
  response: string | null;
}

/** One action on its way to its target. */
export interface Delivery {
  id: string;
  webhook_id: string;
  kind: 'sla' | 'manual';
  policy: string | null;
  subject_type: string;
  subject: string;
  cycle: number;
  edge: string;
  target: string;
  created_at: string;
  state: DeliveryState;
  /** Why it was withdrawn, or is tried no more. */
  why: string | null;
  attempts: DeliveryAttempt[];
  payload: unknown;
  next_at: string | null;
}

/** A claimed action: from now on it may have reached its target. */
export interface Claim {
  actionNo: number;
  attemptNo: number;
  id: string;
  target: string;
  payload: string;
  /** Tries that ended, before this one. */
  tries: number;
}

export interface ManualAction {
  id: string;
  logId: number;
  kind: string;
  subjectType: string;
  subject: string;
  target: string;
  payload: string;
}

export interface Outcome {
  status: number | null;
  error: string | null;
  response: string | null;
  then: { state: 'delivered' } | { state: 'failed'; at: number } | { state: 'dead'; why: string };
  /** The receiver asked to be left alone until then. */
  notBefore?: number | undefined;
  /** The receiver wants nothing any more. */
  stopTarget?: string | undefined;
}

export const newActionId = (): string => `act_${randomBytes(12).toString('hex')}`;

/** Claimed in one commit. */
const MOST_AT_ONCE = 16;

const open = `state in ('waiting', 'failed')`;

export class Actions {
  private readonly db: Database;
  private readonly clock: () => Date;

  constructor(db: Database, clock: () => Date) {
    this.db = db;
    this.clock = clock;
  }

  /**
   * Takes actions that are due and may leave, in their order, and notes the attempts before they are made. Of a log only
   * while all that was committed to it has been read (`marks`), so that what a newer batch takes back does not go out.
   *
   * @param marks log → the mark of what it holds now; a log that is left out is not ready
   * @param underWay how many calls each target has under way, of `perTarget` that it may have
   */
  async claim(
    marks: ReadonlyMap<number, string>,
    underWay: ReadonlyMap<string, number>,
    perTarget: number
  ): Promise<Claim[]> {
    const calls = new Map(underWay);
    const ready = JSON.stringify(Object.fromEntries(marks));
    return this.db.transaction(() => {
      const claims: Claim[] = [];
      while (claims.length < MOST_AT_ONCE) {
        const busy = [...calls].flatMap(([target, n]) => (n >= perTarget ? [target] : []));
        const claim = this.claimOne(ready, JSON.stringify(busy));
        if (!claim) break;
        claims.push(claim);
        calls.set(claim.target, (calls.get(claim.target) ?? 0) + 1);
      }
      return claims;
    });
  }

  private claimOne(ready: string, busy: string): Claim | undefined {
    const now = this.clock().getTime();
    const row = this.db.get<{ action_no: number; id: string; target_id: string; payload: string; tries: number }>(
      `select a.action_no, a.id, a.target_id, a.payload, a.tries
       from action a indexed by action_order cross join target t using (target_id)
       left join log_watch w on w.log_id = a.log_id
       left join json_each(?1) m on m.key = a.log_id
       where a.${open} and a.next_at <= ?2 and t.stopped is null and t.not_before <= ?2
         and (a.kind = 'manual' or m.value = w.facts_mark)
         and t.target_id not in (select value from json_each(?3))
         and (t.rate_per_minute is null or t.rate_per_minute > (
           select count(*) from attempt p join action o using (action_no)
           where o.target_id = t.target_id and p.at > ?2 - 60000 and p.at <= ?2))
       order by a.next_at, a.edge_now, a.action_no limit 1`,
      ...[ready, now, busy]
    );
    if (!row) return undefined;
    this.db.run(`update action set state = 'sending', next_at = null where action_no = ?`, row.action_no);
    this.db.run('insert into attempt (action_no, at) values (?, ?)', row.action_no, now);
    const last = this.db.get<{ no: number }>('select last_insert_rowid() as no');
    return {
      actionNo: row.action_no,
      attemptNo: last?.no ?? 0,
      id: row.id,
      target: row.target_id,
      payload: row.payload,
      tries: row.tries
    };
  }

  /** Stores how an attempt ended, and what follows. What was withdrawn meanwhile is not tried again. */
  async finish(
    { actionNo, attemptNo }: Claim,
    { status, error, response, then, notBefore, stopTarget }: Outcome
  ): Promise<void> {
    const now = this.clock().getTime();
    this.db.transaction(() => {
      this.db.run(
        'update attempt set ended_at = ?, status = ?, error = ?, response = ? where attempt_no = ?',
        ...[now, status, error, response, attemptNo]
      );
      const action = this.db.get<{ target_id: string; withdraw: string | null }>(
        'select target_id, withdraw from action where action_no = ?',
        actionNo
      );
      if (!action) return;
      const isWithdrawn = action.withdraw !== null && then.state !== 'delivered';
      this.db.run(
        'update action set state = ?, why = ?, next_at = ?, tries = tries + 1, withdraw = null where action_no = ?',
        ...[
          isWithdrawn ? 'withdrawn' : then.state,
          isWithdrawn ? action.withdraw : then.state === 'dead' ? then.why : null
        ],
        ...[!isWithdrawn && then.state === 'failed' ? then.at : null, actionNo]
      );
      if (notBefore !== undefined)
        this.db.run(
          'update target set not_before = max(not_before, ?) where target_id = ?',
          notBefore,
          action.target_id
        );
      if (stopTarget !== undefined)
        this.db.run('update target set stopped = ? where target_id = ?', stopTarget, action.target_id);
    });
  }

  /**
   * After a crash: what was being sent may have arrived or not, so it is sent again, with the same id. Call it before
   * anything is claimed.
   */
  async recover(): Promise<number> {
    const now = this.clock().getTime();
    return this.db.transaction(() => {
      this.db.run(
        `update attempt set ended_at = ?, error = 'interrupted: nobody knows whether it arrived' where ended_at is null`,
        now
      );
      this.db.run(
        `update action set state = 'withdrawn', why = withdraw, withdraw = null where state = 'sending' and withdraw is not null`
      );
      return this.db.run(
        `update action set state = 'failed', next_at = ?, tries = tries + 1 where state = 'sending'`,
        now
      );
    });
  }

  /** When the next action may be due, by the clock; undefined where none waits. */
  async nextDue(): Promise<number | undefined> {
    const row = this.db.get<{ next: number | null }>(
      `select min(max(a.next_at, t.not_before)) as next from action a join target t using (target_id)
       where a.${open} and t.stopped is null`
    );
    return row?.next ?? undefined;
  }

  /** An action that a person asked for. The same one twice, before it was sent, is one. */
  async addManual({ id, logId, kind, subjectType, subject, target, payload }: ManualAction): Promise<string> {
    const now = this.clock().getTime();
    return this.db.transaction(() => {
      const same = this.db.get<{ id: string }>(
        `select id from action where kind = 'manual' and log_id = ? and edge = ? and subject_type = ? and subject = ?
           and target_id = ? and state in ('waiting', 'sending', 'failed')`,
        ...[logId, kind, subjectType, subject, target]
      );
      if (same) return same.id;
      this.db.run(
        `insert into action (id, kind, log_id, run, subject_type, subject, cycle, edge, target_id, state, payload,
           edge_now, created_at, next_at) values (?, 'manual', ?, 0, ?, ?, 0, ?, ?, 'waiting', ?, ?, ?, ?)`,
        ...[id, logId, subjectType, subject, kind, target, payload, now, now, now]
      );
      return id;
    });
  }

  /**
   * Sends an action now that waits for its next try, or was given up.
   *
   * @throws {NotFound}
   * @throws {BadUse} when it arrived, is being sent or was withdrawn, or its target wants no calls
   */
  async retry(logId: number | undefined, id: string): Promise<void> {
    const row = this.db.get<{ action_no: number; state: DeliveryState; why: string | null; target_id: string }>(
      `select action_no, state, why, target_id from action where id = ? ${logId === undefined ? '' : 'and log_id = ?'}`,
      ...[id, ...(logId === undefined ? [] : [logId])]
    );
    if (!row) throw new NotFound(`there is no delivery "${id}"`, 'deliveries list shows them');
    const reasons: Partial<Record<DeliveryState, string>> = {
      delivered: 'it arrived already, and nothing is sent twice',
      sending: 'it is being sent at the moment',
      withdrawn: `it was withdrawn: ${row.why ?? 'what it told is not so any more'}`
    };
    const reason = reasons[row.state];
    if (reason !== undefined) throw new BadUse(`${id} is not sent again: ${reason}`);
    const target = this.db.get<{ name: string; stopped: string | null }>(
      'select name, stopped from target where target_id = ?',
      row.target_id
    );
    if (!target)
      throw new BadUse(`${id} is not sent again: its target was removed`, 'add a target, and ask for the action again');
    if (target.stopped !== null)
      throw new BadUse(
        `${id} is not sent again: nothing is sent to ${target.name}, for ${target.stopped}`,
        `throughline targets resume ${target.name}`
      );
    this.db.run(
      `update action set state = 'waiting', why = null, next_at = ? where action_no = ?`,
      this.clock().getTime(),
      row.action_no
    );
  }

  /** Deliveries of a log (or of all), the newest first. */
  async list(
    logId: number | undefined,
    { limit = 200, offset = 0, state }: { limit?: number; offset?: number; state?: DeliveryState | undefined } = {}
  ): Promise<Delivery[]> {
    const conditions = [logId === undefined ? '' : 'log_id = ?', state === undefined ? '' : 'state = ?'].filter(
      Boolean
    );
    const rows = this.db.all<ActionRow>(
      `select a.*, coalesce(t.name, a.target_id) as target from action a left join target t using (target_id)
       ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''} order by action_no desc limit ? offset ?`,
      ...[logId, state].filter((value) => value !== undefined),
      limit,
      offset
    );
    const attempts = Map.groupBy(
      this.db.all<AttemptRow>(
        'select * from attempt where action_no in (select value from json_each(?)) order by attempt_no',
        JSON.stringify(rows.map(({ action_no }) => action_no))
      ),
      ({ action_no }) => action_no
    );
    return rows.map((row) => delivery(row, attempts.get(row.action_no) ?? []));
  }

  /** How many deliveries of a log stand how. */
  async count(logId: number): Promise<Partial<Record<DeliveryState, number>>> {
    const rows = this.db.all<{ state: DeliveryState; n: number }>(
      'select state, count(*) as n from action where log_id = ? group by state',
      logId
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  }
}

interface ActionRow {
  action_no: number;
  id: string;
  kind: 'sla' | 'manual';
  policy: string | null;
  subject_type: string;
  subject: string;
  cycle: number;
  edge: string;
  target: string;
  state: DeliveryState;
  why: string | null;
  payload: string;
  created_at: number;
  next_at: number | null;
}

interface AttemptRow {
  action_no: number;
  at: number;
  ended_at: number | null;
  status: number | null;
  error: string | null;
  response: string | null;
}

const iso = (at: number): string => new Date(at).toISOString();

function delivery(row: ActionRow, attempts: readonly AttemptRow[]): Delivery {
  const { id, kind, policy, subject_type, subject, cycle, edge, target, state, why } = row;
  return {
    ...{ id, webhook_id: id, kind, policy, subject_type, subject, cycle, edge, target, state, why },
    created_at: iso(row.created_at),
    attempts: attempts.map(({ at, ended_at, status, error, response }) => ({
      at: iso(at),
      status,
      error,
      ms: Math.max(0, (ended_at ?? at) - at),
      response
    })),
    payload: JSON.parse(row.payload) as unknown,
    next_at: row.next_at === null ? null : iso(row.next_at)
  };
}
