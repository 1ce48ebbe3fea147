import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, Outcome } from '../state/actions.ts';
import type { State } from '../state/state.ts';
import type { Timer } from '../watch/timer.ts';
import { call, type Answer, type CallLimits } from './call.ts';
import { delayAfter, retryAfterMs, standardSchedule } from './schedule.ts';
import { signedHeaders } from './sign.ts';

export interface DeliveryOptions {
  state: State;
  /** What each log holds now, of those that may be acted on: nothing is imported into them at the moment. */
  marks: () => Promise<ReadonlyMap<number, string>>;
  clock?: () => Date;
  random?: () => number;
  schedule?: readonly number[];
  limits?: Partial<CallLimits>;
  timer?: Timer;
  /** Waits between tries to store an answer. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Calls at once to one target, so that one that is slow keeps no other waiting. */
  perTarget?: number;
}

/** Looks for new work at least so often. */
const POLL_MS = 1_000;
const noAnswer: Answer = { status: null, error: null, response: null, retryAfter: null };

/**
 * Sends what waits: each action at least once, under one id, until its target takes it or the schedule ends. An attempt is
 * noted before it is made, and its outcome before anything else of that action is; what was delivered is never sent again.
 */
export class Delivery {
  private readonly options: Required<Omit<DeliveryOptions, 'timer'>> & { timer: Timer | undefined };
  private readonly underWay = new Map<string, number>();
  private readonly attempts = new Set<Promise<void>>();
  private readonly stopped = new AbortController();
  private cancel: (() => void) | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(options: DeliveryOptions) {
    this.options = {
      clock: () => new Date(),
      random: Math.random,
      schedule: standardSchedule,
      limits: {},
      timer: undefined,
      perTarget: 8,
      pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
      ...options
    };
  }

  /** Takes up what a crash left under way, then sends as things fall due. */
  async start(): Promise<void> {
    await this.options.state.actions.recover();
    this.wakeIn(0);
  }

  /** Something new waits: where it sends at all, it sends now. */
  wake(): void {
    if (this.cancel) this.wakeIn(0);
  }

  /** Ends what is under way; what was not answered is sent again after the next start. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.cancel?.();
    await this.round;
    await Promise.all(this.attempts);
  }

  /** Sends all that is due now and may leave, and waits for the answers. */
  async sendDue(): Promise<number> {
    let sent = 0;
    for (let started = await this.claimAll(); started > 0; started = await this.claimAll()) {
      sent += started;
      await Promise.all(this.attempts);
    }
    return sent;
  }

  /** Starts every attempt that may start. */
  private async claimAll(): Promise<number> {
    const { state, marks, perTarget } = this.options;
    let started = 0;
    while (!this.stopped.signal.aborted) {
      const claims = await state.actions.claim(await marks(), this.underWay, perTarget);
      if (claims.length === 0) return started;
      started += claims.length;
      for (const claim of claims) this.begin(claim);
    }
    return started;
  }

  private begin(claim: Claim): void {
    const { target } = claim;
    this.underWay.set(target, (this.underWay.get(target) ?? 0) + 1);
    const attempt = this.attempt(claim).finally(() => {
      this.underWay.set(target, (this.underWay.get(target) ?? 1) - 1);
      this.attempts.delete(attempt);
      this.wake();
    });
    this.attempts.add(attempt);
  }

  private async attempt(claim: Claim): Promise<void> {
    const answer = await this.call(claim).catch(
      // Nothing left: the state could not be read.
      (error: unknown): Answer => ({ ...noAnswer, error: (error as Error).message })
    );
    // The process ends: the attempt stays open, and the next one takes it up.
    if (this.stopped.signal.aborted && answer.status === null) return;
    await this.store(claim, this.outcome(answer, claim.tries + 1));
  }

  /**
   * Stores how an attempt ended. While that fails (the disk is full) it is tried again and again: meanwhile the action is
   * under way, so nothing is sent twice.
   */
  private async store(claim: Claim, outcome: Outcome): Promise<void> {
    const { state, pause } = this.options;
    for (;;) {
      try {
        return await state.actions.finish(claim, outcome);
      } catch {
        if (this.stopped.signal.aborted) return;
        await pause(POLL_MS, this.stopped.signal);
      }
    }
  }

  private async call({ id, target: targetId, payload }: Claim): Promise<Answer> {
    const { state, clock, limits } = this.options;
    const target = state.targets.dialled(targetId);
    if (!target) return { ...noAnswer, error: 'its target was removed' };
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'Throughline',
      ...signedHeaders(id, clock(), payload, target.secrets)
    };
    return call(
      { url: target.url, headers, body: payload, host: target.host },
      { ...limits, signal: this.stopped.signal }
    );
  }

  private outcome({ status, error, response, retryAfter }: Answer, tries: number): Outcome {
    const { clock, random, schedule } = this.options;
    const said = { status, error, response };
    if (status !== null && status >= 200 && status < 300) return { ...said, then: { state: 'delivered' } };
    if (status === 410)
      return {
        ...said,
        then: { state: 'dead', why: 'the receiver is gone (410)' },
        stopTarget: 'the receiver answered 410: it wants no more calls'
      };
    const now = clock().getTime();
    const asked = status === 429 || status === 503 ? retryAfterMs(retryAfter, now) : undefined;
    const delay = delayAfter(tries, schedule, random);
    const notBefore = asked === undefined ? undefined : now + asked;
    if (delay === undefined)
      return { ...said, then: { state: 'dead', why: `not accepted in ${tries} tries` }, notBefore };
    return { ...said, then: { state: 'failed', at: now + Math.max(delay, asked ?? 0) }, notBefore };
  }

  private wakeIn(ms: number): void {
    const { timer } = this.options;
    if (!timer || this.stopped.signal.aborted) return;
    this.cancel?.();
    this.cancel = timer(ms, () => {
      this.round = this.round.then(() => this.turn());
    });
  }

  private async turn(): Promise<void> {
    if (this.stopped.signal.aborted) return;
    const started = await this.claimAll().catch(() => 0);
    const next = await this.options.state.actions.nextDue().catch(() => undefined);
    const now = this.options.clock().getTime();
    // What is due and may not leave yet (a rate, a batch that is being read) is looked at again in a moment.
    const wait = next === undefined ? POLL_MS : Math.max(started > 0 ? 0 : POLL_MS / 4, next - now);
    this.wakeIn(Math.min(POLL_MS, wait));
  }
}
