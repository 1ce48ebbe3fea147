import type { Cycle, CycleState } from '#models/sla/clock.ts';
import type { Edge, Policy } from '#models/sla/policy.ts';
import type { CloudEvent, SlaEventData } from '../watch/cloud-event.ts';
import type { Database } from './database.ts';
import { withdrawAll } from './policies.ts';

/** What the watch knows of a log. */
export interface WatchedLog {
  /** Raised with each replay: what happens again is told again. */
  run: number;
  replay: string | null;
  factsMark: string | null;
  calendarMark: string | null;
  batchNo: number | null;
  /** The log's now up to which it looked. */
  seenNow: number | null;
}

/** A subject as it was judged last. */
export interface KeptSubject {
  subject: string;
  facts: string;
  calendar: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
  /** The log's now from which on time alone changes its verdict. */
  next: number | null;
}

export interface KeptClock {
  subject: string;
  cycle: number;
  state: CycleState;
  open: boolean;
  ended: Cycle['ended'];
  started: number;
  endedAt: number | null;
  goalMs: number | null;
  elapsedMs: number;
  due: number | null;
  breached: number | null;
  warned: number | null;
  /** Late before the policy was watched: counted, and nothing triggered. */
  beforeObservation: boolean;
}

export interface VerdictChange {
  subject: string;
  cycle: number;
  cause: 'facts' | 'time' | 'policy' | 'calendar' | 'replay';
  from: CycleState | null;
  /** Null where the facts that made the cycle are gone. */
  to: CycleState | null;
  breached: number | null;
}

export interface NewAction {
  id: string;
  subject: string;
  cycle: number;
  edge: Edge;
  target: string;
  /** What is sent, as JSON. */
  payload: CloudEvent<SlaEventData>;
  /** When it became so, on the log's time: actions leave in this order. */
  edgeNow: number;
}

export interface Withdrawal {
  subject: string;
  cycle: number;
  edge: Edge;
  why: string;
}

/** What one look at a policy found. */
export interface PolicyPass {
  no: number;
  /** The version that was judged; a policy that was changed meanwhile is left for the next look. */
  version: number;
  judged: string;
  observedSince: number;
  policy: Policy;
  subjects: KeptSubject[];
  gone: string[];
  clocks: KeptClock[];
  clocksGone: { subject: string; cycle: number }[];
  changes: VerdictChange[];
  actions: NewAction[];
  /** What actions that were made before, and were not tried yet, would say now. */
  updates: NewAction[];
  withdrawals: Withdrawal[];
}

export interface LogPass {
  logId: number;
  run: number;
  replay: string | null;
  factsMark: string;
  calendarMark: string;
  batchNo: number;
  /** The log's now. */
  now: number;
  tz: string;
  policies: PolicyPass[];
}

interface SubjectRow extends Omit<KeptSubject, 'next'> {
  next_now: number | null;
}

/** An action by its key: without its kind the index of it would not be used, and all actions looked at. */
const theOne = `kind = 'sla' and policy_no = ? and subject = ? and cycle = ? and edge = ? and run <= ?`;
/** A receiver may know it: what it says stays, so that one id has one body. */
const wasTried = 'exists (select 1 from attempt t where t.action_no = action.action_no)';

const subjectColumns = 'subject, facts, calendar, region, legal_entity, service_line, next_now';

export class Clocks {
  private readonly db: Database;
  private readonly clock: () => Date;

  constructor(db: Database, clock: () => Date) {
    this.db = db;
    this.clock = clock;
  }

  async watched(logId: number): Promise<WatchedLog | undefined> {
    return this.db.get<WatchedLog & object>(
      `select run, replay, facts_mark as factsMark, calendar_mark as calendarMark, batch_no as batchNo,
         seen_now as seenNow from log_watch where log_id = ?`,
      logId
    );
  }

  /** Begins to watch a log from nothing: what it showed before is forgotten, and what waits of a replay is withdrawn. */
  async beginRun(logId: number, replay: string | null): Promise<void> {
    this.db.transaction(() => {
      this.db.run(
        'update log_watch set run = run + 1, replay = ?, facts_mark = null, seen_now = null where log_id = ?',
        replay,
        logId
      );
      // What was told of the true now holds, whatever is gone through again.
      withdrawAll(
        this.db,
        `kind = 'sla' and log_id = ? and json_extract(payload, '$.data.replay')`,
        [logId],
        'the log’s time was set back'
      );
      this.db.run('delete from subject where policy_no in (select policy_no from policy where log_id = ?)', logId);
      this.db.run('update policy set judged = null, observed_since_now = null where log_id = ?', logId);
    });
  }

  /** Forgets all of logs that are there no more. */
  async keepOnly(logIds: readonly number[]): Promise<void> {
    const known = new Set(logIds);
    for (const { log_id } of this.db.all<{ log_id: number }>('select log_id from log_watch')) {
      if (known.has(log_id)) continue;
      this.db.transaction(() => {
        withdrawAll(this.db, 'log_id = ?', [log_id], 'its log was deleted');
        this.db.run('delete from policy where log_id = ?', log_id);
        this.db.run('delete from log_watch where log_id = ?', log_id);
      });
    }
  }

  async subjects(policyNo: number): Promise<Map<string, KeptSubject>> {
    const rows = this.db.all<SubjectRow>(`select ${subjectColumns} from subject where policy_no = ?`, policyNo);
    return new Map(rows.map((row) => [row.subject, keptSubject(row)]));
  }

  /** Subjects of which time alone may have changed the verdict. */
  async due(policyNo: number, now: number): Promise<KeptSubject[]> {
    return this.db
      .all<SubjectRow>(
        `select ${subjectColumns} from subject where policy_no = ? and next_now <= ? order by next_now`,
        policyNo,
        now
      )
      .map(keptSubject);
  }

  /** The first instant on the log's time at which some clock may change by itself; undefined for never. */
  async nextDue(logId: number): Promise<number | undefined> {
    const row = this.db.get<{ next: number | null }>(
      `select min(next_now) as next from subject join policy using (policy_no)
       where log_id = ? and enabled = 1 and next_now is not null`,
      logId
    );
    return row?.next ?? undefined;
  }

  async clocks(policyNo: number, subjects?: readonly string[]): Promise<Map<string, KeptClock[]>> {
    const some = subjects === undefined ? '' : 'and subject in (select value from json_each(?))';
    const rows = this.db.all<ClockRow>(
      `select * from clock where policy_no = ? ${some} order by subject, cycle`,
      ...[policyNo, ...(subjects === undefined ? [] : [JSON.stringify(subjects)])]
    );
    return Map.groupBy(rows.map(keptClock), ({ subject }) => subject);
  }

  /**
   * Commits what a look at a log found: verdicts, their history, actions and withdrawals, and how far was read. All in
   * one transaction, so that no breach is without its action and no action without its breach. The same look again
   * changes nothing.
   */
  async record(pass: LogPass): Promise<boolean> {
    return this.db.transaction(() => {
      let isWhole = true;
      for (const policy of pass.policies) {
        const row = this.db.get<{ version: number }>('select version from policy where policy_no = ?', policy.no);
        if (row?.version === policy.version) this.recordPolicy(pass, policy);
        else if (row) isWhole = false;
      }
      // Where a policy was changed meanwhile, the next look is to be at everything again.
      this.db.run(
        `update log_watch set replay = ?, batch_no = ?, facts_mark = ?, calendar_mark = ?, seen_now = ?, seen_at = ?
         where log_id = ? and run = ?`,
        ...[pass.replay, pass.batchNo, isWhole ? pass.factsMark : null, pass.calendarMark],
        ...[pass.now, this.clock().getTime(), pass.logId, pass.run]
      );
      return isWhole;
    });
  }

  private recordPolicy(pass: LogPass, policy: PolicyPass): void {
    const { no } = policy;
    const { db } = this;
    const at = this.clock().getTime();
    for (const { subject, facts, calendar, region, legal_entity, service_line, next } of policy.subjects)
      db.run(
        `insert into subject values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do update set facts = excluded.facts,
           calendar = excluded.calendar, region = excluded.region, legal_entity = excluded.legal_entity,
           service_line = excluded.service_line, next_now = excluded.next_now`,
        ...[no, subject, facts, calendar, region, legal_entity, service_line, next]
      );
    for (const clock of policy.clocks)
      db.run(
        `insert into clock (policy_no, subject, cycle, state, open, ended, started_now, ended_now, goal_ms, elapsed_ms,
           due_now, breached_now, warned_now, before_observation, seen_now) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict do update set state = excluded.state, open = excluded.open, ended = excluded.ended,
           started_now = excluded.started_now, ended_now = excluded.ended_now, goal_ms = excluded.goal_ms,
           elapsed_ms = excluded.elapsed_ms, due_now = excluded.due_now, breached_now = excluded.breached_now,
           warned_now = excluded.warned_now, before_observation = excluded.before_observation, seen_now = excluded.seen_now`,
        ...[no, clock.subject, clock.cycle, clock.state, Number(clock.open), clock.ended, clock.started, clock.endedAt],
        ...[
          clock.goalMs,
          clock.elapsedMs,
          clock.due,
          clock.breached,
          clock.warned,
          Number(clock.beforeObservation),
          pass.now
        ]
      );
    for (const { subject, cycle } of policy.clocksGone)
      db.run('delete from clock where policy_no = ? and subject = ? and cycle = ?', no, subject, cycle);
    for (const subject of policy.gone) db.run('delete from subject where policy_no = ? and subject = ?', no, subject);
    for (const { subject, cycle, cause, from, to, breached } of policy.changes)
      db.run(
        `insert into change (policy_no, subject, cycle, run, at, log_now, batch_no, cause, from_state, to_state,
           breached_now, tz) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[no, subject, cycle, pass.run, at, pass.now, pass.batchNo, cause, from, to, breached, pass.tz]
      );
    for (const { subject, cycle, edge, why } of policy.withdrawals) {
      withdrawAll(db, theOne, [no, subject, cycle, edge, pass.run], why);
    }
    for (const action of [...policy.actions].sort((a, b) => a.edgeNow - b.edgeNow || (a.subject < b.subject ? -1 : 1)))
      db.run(
        `insert into action (id, kind, log_id, run, policy_no, policy, subject_type, subject, cycle, edge, target_id,
           state, payload, edge_now, created_at, next_at) values (?, 'sla', ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?)
         on conflict (policy_no, subject, cycle, edge, run) where kind = 'sla' do update set
           state = iif(state = 'withdrawn', 'waiting', state),
           next_at = iif(state = 'withdrawn', excluded.next_at, next_at),
           target_id = iif(state = 'withdrawn', excluded.target_id, target_id),
           tries = iif(state = 'withdrawn', 0, tries),
           edge_now = excluded.edge_now,
           payload = iif(${wasTried}, payload, json_set(excluded.payload, '$.id', action.id)),
           why = null, withdraw = null where state in ('withdrawn', 'sending')`,
        ...[action.id, pass.logId, pass.run, no, policy.policy.id, policy.policy.anchor, action.subject, action.cycle],
        ...[action.edge, action.target, JSON.stringify(action.payload), action.edgeNow, at, at]
      );
    for (const { subject, cycle, edge, payload, edgeNow } of policy.updates)
      db.run(
        `update action set payload = json_set(?, '$.id', id), edge_now = ?
         where ${theOne} and state = 'waiting' and not ${wasTried}`,
        ...[JSON.stringify(payload), edgeNow, no, subject, cycle, edge, pass.run]
      );
    db.run(
      'update policy set judged = ?, observed_since_now = ? where policy_no = ?',
      ...[policy.judged, policy.observedSince, no]
    );
  }
}

interface ClockRow {
  subject: string;
  cycle: number;
  state: CycleState;
  open: number;
  ended: Cycle['ended'];
  started_now: number;
  ended_now: number | null;
  goal_ms: number | null;
  elapsed_ms: number;
  due_now: number | null;
  breached_now: number | null;
  warned_now: number | null;
  before_observation: number;
}

const keptSubject = ({ next_now, ...row }: SubjectRow): KeptSubject => ({ ...row, next: next_now });

function keptClock(row: ClockRow): KeptClock {
  return {
    subject: row.subject,
    cycle: row.cycle,
    state: row.state,
    open: row.open === 1,
    ended: row.ended,
    started: row.started_now,
    endedAt: row.ended_now,
    goalMs: row.goal_ms,
    elapsedMs: row.elapsed_ms,
    due: row.due_now,
    breached: row.breached_now,
    warned: row.warned_now,
    beforeObservation: row.before_observation === 1
  };
}
