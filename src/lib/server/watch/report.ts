import { findLog } from '#models/log/catalogue.ts';
import { BadUse, NotFound } from '#models/log/errors.ts';
import { nowOf, type LogNow } from '#models/log/now.ts';
import { clockCalendars } from '#models/sla/clock-calendars.ts';
import type { Cycle } from '#models/sla/clock.ts';
import { activitiesOf, Policy, type SlaCalendar, type SlaGoal } from '#models/sla/policy.ts';
import { readFacts } from '#models/sla/signals.ts';
import { subjectsOf, unmetParts } from '#models/sla/subjects.ts';
import { freshFirm } from '#models/views/firm.ts';
import { ident, list, sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';
import type { ClockCounts, ClockRow, PastVerdict } from '../state/clock-reports.ts';
import type { KeptPolicy } from '../state/policies.ts';
import type { State } from '../state/state.ts';
import type { SilentSource } from './cloud-event.ts';
import { cyclesOf } from './judge.ts';
import { silentAt, silentSources } from './silence.ts';
import type { Watch } from './watch.ts';

export interface ShareOfClocks {
  /** In time, of those that are decided. */
  share: number;
  n: number;
}

export interface SlaStatus extends ClockCounts {
  id: string;
  name: string;
  goal: SlaGoal;
  calendar: SlaCalendar | null;
  target: string | null;
  enabled: boolean;
  open: number;
  /** Met, of those that are met or late; absent while nothing is decided. */
  adherence: ShareOfClocks | null;
  by_month: { month: string; n: number; met: number; breached: number; share: number }[];
}

export type AlertState = 'warned' | 'breached' | 'acknowledged' | 'resolved' | 'cancelled';

/** A clock as it stands now. */
export interface SlaClock {
  policy: string;
  subject_type: string;
  subject: string;
  cycle: number;
  state: Cycle['state'];
  alert: AlertState | null;
  open: boolean;
  started_at: string;
  due_at: string | null;
  breached_at: string | null;
  ended_at: string | null;
  elapsed_ms: number;
  goal_ms: number | null;
  /** Below 0 where the goal is used up. */
  remaining_ms: number | null;
  calendar: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
  before_observation: boolean;
  acknowledged_by: string | null;
  /** Where nothing ended it yet: systems that would tell, and are silent since before it was due. */
  stale_sources: SilentSource[];
}

/** Why a clock says what it says. */
export interface SlaExplanation {
  policy: string;
  subject: string;
  calendar: string | null;
  now: string;
  cycles: (Pick<Cycle, 'cycle' | 'state' | 'elapsed_ms' | 'goal_ms'> & {
    spans: { from: string; to: string; kind: string; counted_ms: number }[];
    /** The events that decided, by number. */
    evidence: Cycle['evidence'];
    /** Where nothing ended it yet: systems that would tell, and are silent since before it was due. */
    stale_sources: SilentSource[];
  })[];
  events: { event_no: number; at: string; activity: string }[];
  history: (Omit<PastVerdict, 'at' | 'log_now' | 'breached'> & {
    at: string;
    log_now: string;
    breached_at: string | null;
  })[];
}

/** What another goal, calendar or definition would have made of the same facts. Nothing is written. */
export interface WhatIf {
  /** `share`: of those that are decided, how many are kept; null where none is. */
  now: { met: number; breached: number; share: number | null };
  then: { met: number; breached: number; share: number | null };
  /** Subjects, at most 1,000. */
  newly_breached: string[];
  no_longer_breached: string[];
}

const iso = (at: number): string => new Date(at).toISOString();
const isoOr = (at: number | null): string | null => (at === null ? null : iso(at));

/** What the API tells of SLAs. Each answer is as of a look just taken. */
export class SlaReport {
  private readonly store: Store;
  private readonly state: State;
  private readonly watch: Watch;
  private readonly clock: () => Date;

  constructor({ store, state, watch, clock }: { store: Store; state: State; watch: Watch; clock: () => Date }) {
    this.store = store;
    this.state = state;
    this.watch = watch;
    this.clock = clock;
  }

  /** The log, seen afresh. @throws {NotFound} when there is no such log */
  async seen(name: string): Promise<{ logId: number; log: string; now: LogNow }> {
    await this.watch.look(name);
    const log = await findLog(this.store.engine, name);
    return { logId: log.log_id, log: log.name, now: nowOf(log, this.clock().getTime()) };
  }

  async status(
    name: string
  ): Promise<{ now: string; mode: LogNow['mode']; policies: SlaStatus[]; fault: string | null }> {
    const { logId, now } = await this.seen(name);
    const policies: SlaStatus[] = [];
    for (const { no, policy, target, enabled } of await this.state.policies.list(logId)) {
      const counts = await this.state.clockReports.counts(no);
      const decided = counts.met + counts.breached;
      const months = await this.state.clockReports.months(no);
      policies.push({
        id: policy.id,
        name: policy.name,
        goal: policy.goal,
        calendar: policy.calendar ?? null,
        target,
        enabled,
        ...counts,
        open: counts.running + counts.paused + counts.breached_open,
        adherence: decided === 0 ? null : { share: counts.met / decided, n: decided },
        by_month: months.map(({ month, met, breached }) => ({
          ...{ month, met, breached },
          n: met + breached,
          share: met / (met + breached)
        }))
      });
    }
    return { now: iso(now.at), mode: now.mode, policies, fault: this.watch.fault(logId) };
  }

  async clocks(
    name: string,
    filter: {
      policy?: string | undefined;
      state?: Cycle['state'] | 'warned' | undefined;
      open?: boolean | undefined;
      subject?: string | undefined;
      /** Of what hangs on this project. */
      project?: string | undefined;
      limit: number;
      offset: number;
    }
  ): Promise<{ total: number; rows: SlaClock[] }> {
    const { logId, now } = await this.seen(name);
    const { policy: id, project, ...rest } = filter;
    const kept = id === undefined ? await this.state.policies.list(logId) : [await this.state.policies.find(logId, id)];
    const byNo = new Map(kept.map((policy) => [policy.no, policy]));
    const subjects = project === undefined ? undefined : await this.subjectsOf(name, project, kept);
    const { total, rows } = await this.state.clockReports.list({ ...rest, subjects, policyNos: [...byNo.keys()] });
    const silent = await silentSources(this.store, logId, now, kept.map(judgedPolicy));
    return {
      total,
      rows: rows.flatMap((row) => {
        const policy = byNo.get(row.policy_no);
        const cycle = policy && this.cycles(logId, policy, row, now).find(({ cycle }) => cycle === row.cycle);
        return policy && cycle ? [shown(policy, row, cycle, silent.get(policy.policy.id) ?? [], now.at)] : [];
      })
    };
  }

  /** What hangs on a project and may have a clock of one of the policies. */
  private async subjectsOf(
    name: string,
    project: string,
    policies: readonly KeptPolicy[]
  ): Promise<[policyNo: number, subject: string][]> {
    if (policies.length === 0) return [];
    const { logId, projects } = await freshFirm(this.store, name);
    const anchors = list([...new Set(policies.map(({ policy }) => policy.anchor))]);
    const objects = await this.store.engine.query<{ type: string; id: string }>(sql`
      select type, id from object where log_id = ${logId} and type in (${anchors}) and object_no in (
        select m.object_no from ${ident(projects.members)} m join ${ident(projects.cases)} c using (case_no)
        where c.case_id = ${project})`);
    return policies.flatMap(({ no, policy }) =>
      objects.filter(({ type }) => type === policy.anchor).map(({ id }): [number, string] => [no, id])
    );
  }

  /** @throws {NotFound} when the policy has no clock of this subject */
  async explain(name: string, id: string, subject: string): Promise<SlaExplanation> {
    const { logId, now } = await this.seen(name);
    const kept = await this.state.policies.find(logId, id);
    const { rows } = await this.state.clockReports.list({ policyNos: [kept.no], subject, limit: 1, offset: 0 });
    const [row] = rows;
    if (!row) throw new NotFound(`"${subject}" has no clock of "${id}"`, 'sla check lists the clocks');
    const policy = judgedPolicy(kept);
    const facts = readFacts(row.facts, activitiesOf(policy));
    const silent = (await silentSources(this.store, logId, now, [policy])).get(id) ?? [];
    return {
      policy: id,
      subject,
      calendar: row.calendar,
      now: iso(now.at),
      cycles: this.cycles(logId, kept, row, now).map(
        ({ cycle, state, open, breached_at, elapsed_ms, goal_ms, spans, evidence }) => ({
          ...{ cycle, state, elapsed_ms, goal_ms, evidence },
          stale_sources: open ? silentAt(silent, breached_at ?? now.at) : [],
          spans: spans.map(({ from, to, kind, counted_ms }) => ({ from: iso(from), to: iso(to), kind, counted_ms }))
        })
      ),
      events: facts.map(({ no, at, activity }) => ({ event_no: no, at: iso(at), activity })),
      history: (await this.state.clockReports.history(kept.no, subject)).map(({ at, log_now, breached, ...rest }) => ({
        ...rest,
        at: iso(at),
        log_now: iso(log_now),
        breached_at: isoOr(breached)
      }))
    };
  }

  /** Judges a policy as it might be beside the same as it is, over the log as it stands. */
  async whatIf(name: string, id: string, changes: Partial<Pick<Policy, 'goal' | 'calendar'>>): Promise<WhatIf> {
    const { logId, now } = await this.seen(name);
    const kept = await this.state.policies.find(logId, id);
    const log = await findLog(this.store.engine, name);
    const changed: KeptPolicy = { ...kept, policy: Policy.parse({ ...kept.policy, ...changes }) };
    const firm = log.setup === null ? undefined : await freshFirm(this.store, name);
    const calendars = await clockCalendars(this.store.engine, { logId, own: log.calendar, firm }, now.at);
    const sides = [kept, changed].map((policy) => ({ policy, met: 0, late: new Set<string>(), breached: 0 }));
    for (const subject of await subjectsOf(this.store.engine, logId, kept.policy, firm)) {
      for (const side of sides) {
        const { calendar, goal } = side.policy.policy;
        const isWall = 'wall' in goal || calendar === undefined;
        const facts = { ...subject, calendar: isWall ? null : (calendars.nameFor(calendar, subject) ?? null) };
        const look = { kept: side.policy, now: now.at, replay: now.mode === 'replay', calendar: calendars.named };
        for (const { state } of cyclesOf(look, facts).cycles) {
          if (state === 'met') side.met += 1;
          if (state !== 'breached') continue;
          side.breached += 1;
          side.late.add(subject.subject);
        }
      }
    }
    const [before, after] = sides as [(typeof sides)[0], (typeof sides)[0]];
    const figures = ({ met, breached }: { met: number; breached: number }) => ({
      met,
      breached,
      share: met + breached === 0 ? null : met / (met + breached)
    });
    return {
      now: figures(before),
      then: figures(after),
      newly_breached: [...after.late].filter((id) => !before.late.has(id)).slice(0, 1_000),
      no_longer_breached: [...before.late].filter((id) => !after.late.has(id)).slice(0, 1_000)
    };
  }

  /**
   * What of a policy cannot work in this log, in words.
   *
   * @throws {BadUse} when its calendar has no working time in the next year, or there is none of that name
   */
  async lint(name: string, policy: Policy): Promise<string[]> {
    const log = await findLog(this.store.engine, name);
    const { log_id: logId, setup, calendar: own } = log;
    const { calendar } = policy;
    if (calendar !== undefined) {
      const firm =
        setup === null ? undefined : await freshFirm(this.store, name).catch((error: unknown) => noProjects(error));
      const known = await clockCalendars(this.store.engine, { logId, own, firm }, this.clock().getTime());
      const open = known.open();
      const wanted = calendar === 'log' ? '' : 'office' in calendar ? calendar.office : undefined;
      if (wanted !== undefined && !open.includes(wanted))
        throw new BadUse(
          wanted === ''
            ? 'the log has no calendar with working time in the year to come'
            : `there is no office "${wanted}" with working time in the year to come`,
          'say when people work with throughline calendar, import the offices’ calendars, or give a wall-clock goal'
        );
      if (wanted === undefined && open.length === 0)
        throw new BadUse(
          'no office has working time in the year to come, so no business time passes',
          'import the offices’ calendars, or give a wall-clock goal'
        );
    }
    return unmetParts(this.store.engine, logId, policy);
  }

  private cycles(
    logId: number,
    kept: KeptPolicy,
    row: Pick<ClockRow, 'facts' | 'calendar' | 'subject'>,
    now: LogNow
  ): Cycle[] {
    const calendars = this.watch.calendarsOf(logId);
    const nowhere = { region: null, legal_entity: null, service_line: null };
    return cyclesOf(
      {
        kept: { ...kept, policy: judgedPolicy(kept) },
        now: now.at,
        replay: now.mode === 'replay',
        calendar: (name, from) => calendars?.named(name, from)
      },
      { ...nowhere, subject: row.subject, facts: row.facts, calendar: row.calendar }
    ).cycles;
  }
}

/** A policy as its clocks were judged: while an import goes on, an edit of it waits, and so do the facts that it reads. */
const judgedPolicy = ({ policy, judged }: KeptPolicy): Policy =>
  judged === null ? policy : { ...policy, ...(JSON.parse(judged) as Partial<Policy>) };

function noProjects(error: unknown): undefined {
  if (error instanceof NotFound) return undefined;
  throw error;
}

function shown(
  { policy }: KeptPolicy,
  row: ClockRow,
  cycle: Cycle,
  silent: readonly SilentSource[],
  now: number
): SlaClock {
  const { goal_ms, elapsed_ms } = cycle;
  return {
    policy: policy.id,
    subject_type: policy.anchor,
    subject: row.subject,
    cycle: cycle.cycle,
    state: cycle.state,
    alert: alertOf(cycle, row.acknowledged_at !== null),
    open: cycle.open,
    started_at: iso(cycle.started_at),
    due_at: isoOr(cycle.due_at),
    breached_at: isoOr(cycle.breached_at),
    ended_at: isoOr(cycle.ended_at),
    elapsed_ms,
    goal_ms,
    remaining_ms: goal_ms === null ? null : goal_ms - elapsed_ms,
    calendar: row.calendar,
    region: row.region,
    legal_entity: row.legal_entity,
    service_line: row.service_line,
    before_observation: row.before_observation,
    acknowledged_by: row.acknowledged_by,
    stale_sources: cycle.open ? silentAt(silent, cycle.breached_at ?? now) : []
  };
}

function alertOf({ state, open, warned_at }: Cycle, isAcknowledged: boolean): AlertState | null {
  if (state === 'breached') return open ? (isAcknowledged ? 'acknowledged' : 'breached') : 'resolved';
  if (state === 'cancelled') return 'cancelled';
  if (state === 'running' && warned_at !== null) return isAcknowledged ? 'acknowledged' : 'warned';
  return null;
}
