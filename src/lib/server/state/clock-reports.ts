import type { CycleState } from '#models/sla/clock.ts';
import { NotFound } from '#models/log/errors.ts';
import type { Database } from './database.ts';
import type { VerdictChange } from './clocks.ts';

/** How the clocks of one policy stand. */
export interface ClockCounts {
  met: number;
  /** Late, be it done since or not. */
  breached: number;
  breached_open: number;
  running: number;
  paused: number;
  cancelled: number;
  /** Running, with so much of the goal used up that it is warned of. */
  warned: number;
  /** Of the late ones, those that were late before the policy was watched. */
  before_observation: number;
  /** Subjects that nobody knows a calendar for. */
  without_calendar: number;
}

/** What was decided in one month, on UTC's calendar: by when it was done, or, while it is late and open, by its deadline. */
export interface MonthOfClocks {
  month: string;
  met: number;
  breached: number;
}

/** A clock in a list. Instants on the log's time, epoch ms. */
export interface ClockRow {
  policy_no: number;
  subject: string;
  cycle: number;
  state: CycleState;
  open: boolean;
  warned: boolean;
  before_observation: boolean;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  facts: string;
  calendar: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}

/** A verdict that was held once, and why it came about. */
export interface PastVerdict extends Pick<VerdictChange, 'cycle' | 'cause' | 'from' | 'to' | 'breached'> {
  /** On the clock. */
  at: number;
  /** The log's now at that time. */
  log_now: number;
  batch_no: number | null;
}

type Flag = 'open' | 'warned' | 'before_observation';

export interface ClockFilter {
  policyNos: readonly number[];
  state?: CycleState | 'warned' | undefined;
  open?: boolean | undefined;
  subject?: string | undefined;
  /** Of these only: pairs of a policy's number and a subject. */
  subjects?: readonly (readonly [policyNo: number, subject: string])[] | undefined;
  limit: number;
  offset: number;
}

/** What pages and commands read of clocks. */
export class ClockReports {
  private readonly db: Database;
  private readonly clock: () => Date;

  constructor(db: Database, clock: () => Date) {
    this.db = db;
    this.clock = clock;
  }

  async counts(policyNo: number): Promise<ClockCounts> {
    const row = this.db.get<ClockCounts & object>(
      `select count(*) filter (where state = 'met') as met, count(*) filter (where state = 'breached') as breached,
         count(*) filter (where state = 'breached' and open = 1) as breached_open,
         count(*) filter (where state = 'running') as running, count(*) filter (where state = 'paused') as paused,
         count(*) filter (where state = 'cancelled') as cancelled,
         count(*) filter (where state = 'running' and warned_now is not null) as warned,
         count(*) filter (where before_observation = 1) as before_observation
       from clock where policy_no = ?`,
      policyNo
    );
    const idle = this.db.get<{ n: number }>(
      `select count(*) as n from subject s where policy_no = ?1 and calendar is null
         and not exists (select 1 from clock c where c.policy_no = ?1 and c.subject = s.subject)`,
      policyNo
    );
    return { ...(row as ClockCounts), without_calendar: idle?.n ?? 0 };
  }

  async months(policyNo: number): Promise<MonthOfClocks[]> {
    return this.db.all<MonthOfClocks>(
      `select strftime('%Y-%m', coalesce(ended_now, breached_now) / 1000, 'unixepoch') as month,
         count(*) filter (where state = 'met') as met, count(*) filter (where state = 'breached') as breached
       from clock where policy_no = ? and state in ('met', 'breached') group by month order by month`,
      policyNo
    );
  }

  /** Clocks, those that are late or fall due first before all others. */
  async list({
    policyNos,
    state,
    open,
    subject,
    subjects,
    limit,
    offset
  }: ClockFilter): Promise<{ total: number; rows: ClockRow[] }> {
    const conditions = ['policy_no in (select value from json_each(?))'];
    const values: (string | number)[] = [JSON.stringify(policyNos)];
    if (state === 'warned') conditions.push(`state = 'running' and warned_now is not null`);
    else if (state !== undefined) {
      conditions.push('state = ?');
      values.push(state);
    }
    if (open !== undefined) {
      conditions.push('open = ?');
      values.push(open ? 1 : 0);
    }
    if (subject !== undefined) {
      conditions.push('subject = ?');
      values.push(subject);
    }
    if (subjects !== undefined) {
      conditions.push(`(policy_no, subject) in (select value ->> 0, value ->> 1 from json_each(?))`);
      values.push(JSON.stringify(subjects));
    }
    const from = `from clock join subject using (policy_no, subject) where ${conditions.join(' and ')}`;
    const rows = this.db.all<Omit<ClockRow, Flag> & Record<Flag, number>>(
      `select policy_no, subject, cycle, state, open, warned_now is not null as warned, before_observation,
         acknowledged_at, acknowledged_by, facts, calendar, region, legal_entity, service_line ${from}
       order by open desc, breached_now is null,
         case when open = 1 and breached_now is null then due_now end nulls last,
         coalesce(breached_now, ended_now, due_now) desc, subject, cycle
       limit ? offset ?`,
      ...values,
      limit,
      offset
    );
    return {
      total: this.db.get<{ n: number }>(`select count(*) as n ${from}`, ...values)?.n ?? 0,
      rows: rows.map((row) => ({
        ...row,
        open: row.open === 1,
        warned: row.warned === 1,
        before_observation: row.before_observation === 1
      }))
    };
  }

  /** Every verdict that was held of a subject, the newest first. */
  async history(policyNo: number, subject: string): Promise<PastVerdict[]> {
    return this.db.all<PastVerdict & object>(
      `select cycle, cause, from_state as "from", to_state as "to", breached_now as breached, at, log_now, batch_no
       from change where policy_no = ? and subject = ? order by change_no desc limit 1000`,
      policyNo,
      subject
    );
  }

  /** Somebody has seen that a clock is late, and looks after it. @throws {NotFound} when it is not late and open */
  async acknowledge(policyNo: number, subject: string, cycle: number, by: string): Promise<void> {
    const changed = this.db.run(
      `update clock set acknowledged_at = ?, acknowledged_by = ?
       where policy_no = ? and subject = ? and cycle = ? and open = 1 and (state = 'breached' or warned_now is not null)`,
      ...[this.clock().getTime(), by, policyNo, subject, cycle]
    );
    if (changed === 0)
      throw new NotFound(`"${subject}" has no clock that is late or nearly so`, 'sla check lists those that are');
  }
}
