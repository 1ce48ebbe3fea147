import { setImmediate as breathe } from 'node:timers/promises';
import { NotFound } from '#models/log/errors.ts';
import { nowOf, Replay, type LogNow } from '#models/log/now.ts';
import { clockCalendars, type ClockCalendars } from '#models/sla/clock-calendars.ts';
import { clockOf } from '#models/sla/policy.ts';
import { samplePolicies } from '#models/sla/samples.ts';
import { subjectsOf } from '#models/sla/subjects.ts';
import type { Store } from '#models/store/store.ts';
import { freshFirm, type Firm } from '#models/views/firm.ts';
import type { KeptClock, KeptSubject, LogPass, PolicyPass, WatchedLog } from '../state/clocks.ts';
import type { KeptPolicy } from '../state/policies.ts';
import type { State } from '../state/state.ts';
import { emptyPass, forgetSubject, judgeSubject, type Facts, type Look } from './judge.ts';
import { markedLogs, type MarkedLog } from './marks.ts';
import { addSilence } from './silence.ts';
import type { Timer } from './timer.ts';

export interface WatchOptions {
  store: Store;
  state: State;
  clock?: () => Date;
  timer?: Timer;
  /** Logs that are being imported into: half of what belongs together may be missing yet. */
  busy?: () => ReadonlySet<string>;
}

/** Looks for new batches at least so often. */
const POLL_MS = 1_000;
/** Subjects judged at a stretch, before others have their turn. */
const STRETCH = 2_000;

/**
 * Holds every policy of every log against the log's now. New facts are read batch after batch, all that was committed; and
 * between batches time alone moves clocks. What a look found (verdicts, actions, withdrawals, how far was read) is one
 * transaction of the state, so a look that was cut short never was, and the same look again changes nothing.
 */
export class Watch {
  private readonly store: Store;
  private readonly state: State;
  private readonly clock: () => Date;
  private readonly timer: Timer | undefined;
  private readonly busy: () => ReadonlySet<string>;
  private readonly calendars = new Map<number, ClockCalendars>();
  private tail: Promise<unknown> = Promise.resolve();
  private cancel: (() => void) | undefined;
  private stopped = false;
  /** What went wrong at the last look at a log, in words. */
  private readonly faults = new Map<number, string>();
  /** Subjects that could not be judged when the log was read last, and why. */
  private readonly unjudged = new Map<number, Map<string, string>>();

  constructor({ store, state, clock = () => new Date(), timer, busy = () => new Set() }: WatchOptions) {
    this.store = store;
    this.state = state;
    this.clock = clock;
    this.timer = timer;
    this.busy = busy;
  }

  start(): void {
    this.wakeIn(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    await this.tail;
  }

  /** Looks at every log; one that cannot be judged keeps no other waiting. */
  async lookAtAll(): Promise<void> {
    await this.alone(async () => {
      const logs = await markedLogs(this.store);
      await this.state.clocks.keepOnly(logs.map(({ log_id }) => log_id));
      for (const log of logs) if (!this.busy().has(log.name)) await this.tryLook(log);
    });
  }

  /**
   * Looks at one log now; while it is imported into, what was seen last stays. So it does where the log cannot be judged:
   * `fault` says why.
   *
   * @throws {NotFound} when there is no such log
   */
  async look(name: string): Promise<void> {
    await this.alone(async () => {
      const log = (await markedLogs(this.store)).find((one) => one.name === name);
      if (!log) throw new NotFound(`there is no log named "${name}"`, 'throughline logs lists them');
      if (!this.busy().has(name)) await this.tryLook(log);
    });
  }

  /** Why a log, or some of its subjects, could not be judged; null where all were. */
  fault(logId: number): string | null {
    const fault = this.faults.get(logId);
    if (fault !== undefined) return fault;
    const [first, ...more] = this.unjudged.get(logId)?.values() ?? [];
    if (first === undefined) return null;
    return more.length === 0 ? first : `${first}; and ${more.length} more`;
  }

  /** The calendars that clocks of a log go by, as of the last look. */
  calendarsOf(logId: number): ClockCalendars | undefined {
    return this.calendars.get(logId);
  }

  /** One look at a time: each begins with what the one before committed. */
  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  private async tryLook(log: MarkedLog): Promise<void> {
    try {
      await this.lookAt(log);
      this.faults.delete(log.log_id);
    } catch (error) {
      this.faults.set(log.log_id, (error as Error).message.split('\n', 1)[0] ?? '');
    }
  }

  private async lookAt(log: MarkedLog): Promise<void> {
    const { log_id: logId } = log;
    const now = nowOf(log, this.clock().getTime());
    await this.state.policies.addSamples(logId, log.setup === null ? [] : samplePolicies);
    let watched = await this.state.clocks.watched(logId);
    const begun = now.mode === 'replay' ? log.replay : null;
    if (begun !== null && watched?.replay !== begun) {
      await this.state.clocks.beginRun(logId, begun);
      watched = await this.state.clocks.watched(logId);
    }
    if (!watched) return;
    const policies = (await this.state.policies.list(logId)).filter(({ enabled }) => enabled);
    const calendars = this.calendars.get(logId);
    const over = begun === null ? replayOver(watched, log) : undefined;
    const isNew =
      !calendars ||
      calendars.until < now.at ||
      over !== undefined ||
      watched.factsMark !== log.mark ||
      (watched.seenNow ?? Infinity) > now.at ||
      policies.some(({ policy, judged }) => judged !== clockOf(policy));
    const passes = isNew
      ? await this.readFacts(log, now, watched, policies, over)
      : { mark: calendars.mark, policies: await this.letTimePass(log, now, policies, calendars) };
    const isIdle = !isNew && passes.policies.every(({ subjects }) => subjects.length === 0);
    if (isIdle) return;
    await addSilence(this.store, logId, now, passes.policies);
    await this.state.clocks.record({
      logId,
      run: watched.run,
      replay: begun,
      factsMark: log.mark,
      calendarMark: passes.mark,
      batchNo: log.batch_no,
      now: now.at,
      tz: process.versions['tz'] ?? '',
      policies: passes.policies
    } satisfies LogPass);
  }

  /** Every subject of every policy whose facts, calendar or policy differ from what was judged. */
  private async readFacts(
    log: MarkedLog,
    now: LogNow,
    watched: WatchedLog,
    policies: readonly KeptPolicy[],
    over: ReplayOver | undefined
  ) {
    const { log_id: logId } = log;
    this.unjudged.delete(logId);
    const firm = log.setup === null ? undefined : await this.firmOf(log.name);
    const calendars = await clockCalendars(this.store.engine, { logId, own: log.calendar, firm }, now.at);
    this.calendars.set(logId, calendars);
    const newCalendars = watched.calendarMark !== null && watched.calendarMark !== calendars.mark;
    const passes: PolicyPass[] = [];
    for (const kept of policies) {
      const before = await this.state.clocks.subjects(kept.no);
      const isChanged = kept.judged !== clockOf(kept.policy);
      const isBack = over !== undefined || (watched.seenNow ?? -Infinity) > now.at;
      const look = this.lookOf(log, now, kept, calendars, over);
      if (isChanged && (kept.judged !== null || before.size > 0)) look.because = 'policy';
      else if (isBack) look.because = 'replay';
      else if (newCalendars) look.because = 'calendar';
      const pass = emptyPass(look);
      passes.push(pass);
      const clocks = await this.state.clocks.clocks(kept.no);
      const found = await subjectsOf(this.store.engine, logId, kept.policy, firm);
      for (const [i, subject] of found.entries()) {
        if (i % STRETCH === STRETCH - 1) await breathe();
        const { calendar } = kept.policy;
        const isWall = 'wall' in kept.policy.goal;
        const name = calendar === undefined || isWall ? null : (calendars.nameFor(calendar, subject) ?? null);
        const facts: Facts = { ...subject, calendar: name };
        const known = before.get(subject.subject);
        before.delete(subject.subject);
        const isDue = known?.next != null && known.next <= now.at;
        if (!isDue && look.because === undefined && !isChanged && known && isSame(known, facts)) continue;
        this.judge(logId, pass, look, facts, known, clocks.get(subject.subject) ?? []);
      }
      for (const subject of before.keys()) forgetSubject(pass, look, subject, clocks.get(subject) ?? []);
    }
    return { mark: calendars.mark, policies: passes };
  }

  /** The subjects of which time alone changes the verdict: judged by the facts that are kept. */
  private async letTimePass(
    log: MarkedLog,
    now: LogNow,
    policies: readonly KeptPolicy[],
    calendars: ClockCalendars
  ): Promise<PolicyPass[]> {
    const passes: PolicyPass[] = [];
    for (const kept of policies) {
      const look = this.lookOf(log, now, kept, calendars);
      const pass = emptyPass(look);
      passes.push(pass);
      const due = await this.state.clocks.due(kept.no, now.at);
      const names = due.map(({ subject }) => subject);
      const clocks = due.length > 0 ? await this.state.clocks.clocks(kept.no, names) : new Map<string, KeptClock[]>();
      for (const [i, subject] of due.entries()) {
        if (i % STRETCH === STRETCH - 1) await breathe();
        this.judge(log.log_id, pass, look, subject, subject, clocks.get(subject.subject) ?? []);
      }
    }
    return passes;
  }

  /** One subject that cannot be judged (its dates make no sense) keeps no other waiting; what it was stays. */
  private judge(logId: number, ...[pass, look, facts, known, clocks]: Parameters<typeof judgeSubject>): void {
    const { id, anchor } = pass.policy;
    try {
      judgeSubject(pass, look, facts, known, clocks);
    } catch (error) {
      const faults = this.unjudged.get(logId) ?? new Map<string, string>();
      const what = `"${id}" cannot judge ${anchor} ${facts.subject}`;
      this.unjudged.set(logId, faults.set(what, `${what}: ${(error as Error).message}`));
    }
  }

  private lookOf(log: MarkedLog, now: LogNow, kept: KeptPolicy, calendars: ClockCalendars, over?: ReplayOver): Look {
    const isAsBefore = kept.judged === clockOf(kept.policy);
    const since = over ? now.at : watchedSince(kept, now);
    const observedSince = isAsBefore ? (kept.observedSince ?? since) : since;
    return {
      log: log.name,
      kept,
      now: now.at,
      // The rest of a replay that was broken off is not told.
      observedSince: over?.brokenOff === true ? Math.max(observedSince, over.to) : observedSince,
      because: undefined,
      replay: now.mode === 'replay',
      replayedTo: now.mode === 'replay' ? Infinity : (over?.to ?? -Infinity),
      calendar: (name, from) => calendars.named(name, from)
    };
  }

  /** A log of a firm may hold no project yet; its own clocks run all the same. */
  private async firmOf(name: string): Promise<Firm | undefined> {
    return freshFirm(this.store, name).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
  }

  private wakeIn(ms: number): void {
    if (!this.timer || this.stopped) return;
    this.cancel = this.timer(ms, () => {
      this.lookAtAll()
        .catch(() => undefined)
        .then(() => this.untilNext())
        .then(
          (wait) => this.wakeIn(wait),
          () => this.wakeIn(POLL_MS)
        );
    });
  }

  /** Up to the next instant at which a clock moves by itself, or the next poll. */
  private async untilNext(): Promise<number> {
    let wait = POLL_MS;
    const busy = this.busy();
    for (const log of await markedLogs(this.store)) {
      // What is due there cannot be judged yet: to ask at once again would be to ask all the time.
      if (busy.has(log.name) || this.fault(log.log_id) !== null) continue;
      const next = await this.state.clocks.nextDue(log.log_id);
      if (next === undefined) continue;
      const { mode, at, replay } = nowOf(log, this.clock().getTime());
      if (mode !== 'fixed') wait = Math.min(wait, Math.max(0, next - at) / (replay?.speed ?? 1));
    }
    return Math.max(20, Math.ceil(wait));
  }
}

/** A replay that the last look was in and this one is not: up to when it went on the log's time, by itself or broken off. */
interface ReplayOver {
  to: number;
  brokenOff: boolean;
}

function replayOver(watched: WatchedLog, log: MarkedLog): ReplayOver | undefined {
  if (watched.replay === null) return undefined;
  const { to } = Replay.parse(JSON.parse(watched.replay));
  return { to: Date.parse(to), brokenOff: log.replay !== watched.replay };
}

/**
 * From when on a policy is watched as it is now, on the log's time. Where now runs with the clock, from when it was saved,
 * though an import put off the look; in a replay that began later, from its begin.
 */
function watchedSince({ updated_at }: KeptPolicy, { mode, at, replay }: LogNow): number {
  const saved = Date.parse(updated_at);
  if (mode === 'live') return Math.min(at, saved);
  return replay && saved <= Date.parse(replay.started_at) ? Date.parse(replay.from) : at;
}

/** Whether a subject's facts and where it belongs are as they were judged. */
function isSame(known: KeptSubject, facts: Facts): boolean {
  return (
    known.facts === facts.facts &&
    known.calendar === facts.calendar &&
    known.region === facts.region &&
    known.legal_entity === facts.legal_entity &&
    known.service_line === facts.service_line
  );
}
