import { BadUse, NotFound } from '#models/log/errors.ts';
import { Policy } from '#models/sla/policy.ts';
import type { Database } from './database.ts';

/** A policy of a log, as it is kept. */
export interface KeptPolicy {
  no: number;
  policy: Policy;
  /** Raised with each change. */
  version: number;
  target: string | null;
  enabled: boolean;
  updated_at: string;
  /** The part of the definition that its clocks were judged by last; null before they ever were. */
  judged: string | null;
  /** The log's now when its clocks were first judged by this definition: what was late before triggers nothing. */
  observedSince: number | null;
}

interface Row {
  policy_no: number;
  id: string;
  definition: string;
  version: number;
  target_id: string | null;
  enabled: number;
  updated_at: number;
  judged: string | null;
  observed_since_now: number | null;
}

/** Its actions: without their kind the index would not be used. */
const ofPolicy = `kind = 'sla' and policy_no = ?`;

export class Policies {
  private readonly db: Database;
  private readonly clock: () => Date;

  constructor(db: Database, clock: () => Date) {
    this.db = db;
    this.clock = clock;
  }

  async list(logId: number): Promise<KeptPolicy[]> {
    return this.db.all<Row>('select * from policy where log_id = ? order by policy_no', logId).map(kept);
  }

  /** @throws {NotFound} */
  async find(logId: number, id: string): Promise<KeptPolicy> {
    const row = this.db.get<Row>('select * from policy where log_id = ? and id = ?', logId, id);
    if (row) return kept(row);
    const ids = this.db.all<{ id: string }>('select id from policy where log_id = ? order by id', logId);
    const known = ids.map((one) => one.id).join(', ');
    throw new NotFound(`this log has no SLA policy "${id}"`, known ? `its policies: ${known}` : 'add one first');
  }

  /** @throws {BadUse} when the id is taken */
  async add(logId: number, policy: Policy): Promise<KeptPolicy> {
    this.db.transaction(() => {
      if (this.db.get('select 1 from policy where log_id = ? and id = ?', logId, policy.id))
        throw new BadUse(`this log has a policy "${policy.id}" already`, 'change that one, or choose another id');
      this.insert(logId, policy);
    });
    return this.find(logId, policy.id);
  }

  /** Gives a log the policies that a firm begins with, once: those that a user removed do not come back. */
  async addSamples(logId: number, samples: readonly Policy[]): Promise<void> {
    this.db.transaction(() => {
      if (this.db.get('select 1 from log_watch where log_id = ?', logId)) return;
      this.db.run('insert into log_watch (log_id, run) values (?, 1)', logId);
      for (const policy of samples) {
        if (!this.db.get('select 1 from policy where log_id = ? and id = ?', logId, policy.id))
          this.insert(logId, policy);
      }
    });
  }

  /** @throws {NotFound} */
  async change(
    logId: number,
    id: string,
    { policy, target, enabled }: { policy?: Policy; target?: string | null; enabled?: boolean }
  ): Promise<KeptPolicy> {
    const { no, policy: before, enabled: wasEnabled, target: had } = await this.find(logId, id);
    const isEnabled = enabled ?? wasEnabled;
    this.db.transaction(() => {
      this.db.run(
        `update policy set definition = ?, target_id = ?, enabled = ?, version = version + 1, updated_at = ?
         where policy_no = ?`,
        JSON.stringify(policy ?? before),
        target === undefined ? had : target,
        isEnabled ? 1 : 0,
        this.clock().getTime(),
        no
      );
      // What became late while it was off was seen by nobody: it is watched from now on, as a new one is.
      if (isEnabled && !wasEnabled)
        this.db.run('update policy set judged = null, observed_since_now = null where policy_no = ?', no);
      if (!isEnabled) withdrawAll(this.db, ofPolicy, [no], 'its policy was switched off');
      else if (target === null) withdrawAll(this.db, ofPolicy, [no], 'its policy has no target any more');
    });
    return this.find(logId, id);
  }

  /** What waits because of it is withdrawn; its clocks go with it. @throws {NotFound} */
  async remove(logId: number, id: string): Promise<void> {
    const { no } = await this.find(logId, id);
    this.db.transaction(() => {
      withdrawAll(this.db, ofPolicy, [no], 'its policy was removed');
      this.db.run('delete from policy where policy_no = ?', no);
    });
  }

  private insert(logId: number, policy: Policy): void {
    const now = this.clock().getTime();
    this.db.run(
      'insert into policy (log_id, id, definition, version, created_at, updated_at) values (?, ?, ?, 1, ?, ?)',
      ...[logId, policy.id, JSON.stringify(policy), now, now]
    );
  }
}

/**
 * What was not sent yet is not sent any more, and what was given up cannot be asked for again; what is under way ends
 * here unless the receiver takes it.
 */
export function withdrawAll(db: Database, where: string, values: (string | number)[], why: string): void {
  db.run(
    `update action set state = 'withdrawn', why = ?, next_at = null where ${where} and state in ('waiting', 'failed', 'dead')`,
    ...[why, ...values]
  );
  db.run(`update action set withdraw = ? where ${where} and state = 'sending'`, why, ...values);
}

function kept({ policy_no, definition, version, target_id, enabled, updated_at, ...row }: Row): KeptPolicy {
  return {
    no: policy_no,
    policy: Policy.parse(JSON.parse(definition)),
    version,
    target: target_id,
    enabled: enabled === 1,
    updated_at: new Date(updated_at).toISOString(),
    judged: row.judged,
    observedSince: row.observed_since_now
  };
}
