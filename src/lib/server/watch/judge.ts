import { verdict, type ClockCalendar, type Cycle } from '#models/sla/clock.ts';
import { activitiesOf, clockOf, type Edge } from '#models/sla/policy.ts';
import { readFacts } from '#models/sla/signals.ts';
import type { Belongs } from '#models/sla/subjects.ts';
import { newActionId } from '../state/actions.ts';
import type { KeptClock, KeptSubject, PolicyPass, VerdictChange } from '../state/clocks.ts';
import type { KeptPolicy } from '../state/policies.ts';
import { slaEvent } from './cloud-event.ts';

/** What is the same for all subjects of one look at a policy. */
export interface Look {
  log: string;
  kept: KeptPolicy;
  /** The log's now. */
  now: number;
  /** The log's now when the policy was first judged as it is. */
  observedSince: number;
  /** Why verdicts may differ from the last ones, where neither facts nor time are it. */
  because: 'policy' | 'calendar' | 'replay' | undefined;
  /** In a replay a fact is known once it was recorded. */
  replay: boolean;
  /** What came about up to then is of a replay, on the log's time. */
  replayedTo: number;
  calendar: (name: string, from: number) => ClockCalendar | undefined;
}

export interface Facts extends Belongs {
  subject: string;
  facts: string;
  /** The calendar that counts; null where none is known or needed. */
  calendar: string | null;
}

/** An empty pass of a policy, to be filled. */
export function emptyPass({ kept, observedSince }: Pick<Look, 'kept' | 'observedSince'>): PolicyPass {
  return {
    no: kept.no,
    version: kept.version,
    judged: clockOf(kept.policy),
    observedSince,
    policy: kept.policy,
    subjects: [],
    gone: [],
    clocks: [],
    clocksGone: [],
    changes: [],
    actions: [],
    updates: [],
    withdrawals: []
  };
}

/**
 * Judges one subject and adds to the pass what differs from what was known: its clocks, why they changed, the actions that
 * follow and those that are taken back.
 */
export function judgeSubject(
  pass: PolicyPass,
  look: Look,
  now: Facts,
  before: KeptSubject | undefined,
  clocks: readonly KeptClock[]
): void {
  const { subject, facts, calendar, region, legal_entity, service_line } = now;
  const { cycles, next } = cyclesOf(look, now);
  pass.subjects.push({ subject, facts, calendar, region, legal_entity, service_line, next });
  const isNew = before === undefined || before.facts !== facts;
  const cause = look.because ?? (isNew ? 'facts' : before.calendar !== calendar ? 'calendar' : 'time');
  const known = new Map(clocks.map((clock) => [clock.cycle, clock]));
  for (const cycle of cycles) {
    const was = known.get(cycle.cycle);
    known.delete(cycle.cycle);
    const clock = clockOfCycle(subject, cycle, look.observedSince, was);
    if (was && isSame(was, clock)) continue;
    pass.clocks.push(clock);
    if (was?.state !== clock.state || was.breached !== clock.breached || was.open !== clock.open)
      pass.changes.push(changed(subject, cycle.cycle, cause, was, clock));
    act(pass, look, now, cycle, was, clock);
  }
  for (const was of known.values()) {
    pass.clocksGone.push({ subject, cycle: was.cycle });
    pass.changes.push(changed(subject, was.cycle, cause, was, undefined));
    withdraw(pass, was, undefined);
  }
}

/** A subject that the facts do not know any more: its clocks end, and what waits because of them is taken back. */
export function forgetSubject(pass: PolicyPass, look: Look, subject: string, clocks: readonly KeptClock[]): void {
  pass.gone.push(subject);
  for (const was of clocks) {
    pass.changes.push(changed(subject, was.cycle, look.because ?? 'facts', was, undefined));
    withdraw(pass, was, undefined);
  }
}

/** The cycles of a subject, none where its goal is business time and nobody knows whose. */
export function cyclesOf(
  { kept: { policy }, now, replay, calendar }: Pick<Look, 'kept' | 'now' | 'replay' | 'calendar'>,
  { facts: text, calendar: name }: Facts
): { cycles: Cycle[]; next: number | null } {
  const facts = readFacts(text, activitiesOf(policy));
  if (!replay) for (const fact of facts) delete fact.seen;
  if ('wall' in policy.goal) return verdict(facts, policy, null, now);
  const known = name === null ? undefined : calendar(name, Math.min(...facts.map(({ at }) => at)));
  return known ? verdict(facts, policy, known, now) : { cycles: [], next: null };
}

function clockOfCycle(subject: string, cycle: Cycle, observedSince: number, was: KeptClock | undefined): KeptClock {
  // What was seen to become late stays so, however the policy is edited or its deadline moves afterwards.
  const wasSeen = was !== undefined && was.breached !== null && !was.beforeObservation;
  return {
    subject,
    cycle: cycle.cycle,
    state: cycle.state,
    open: cycle.open,
    ended: cycle.ended,
    started: cycle.started_at,
    endedAt: cycle.ended_at,
    goalMs: cycle.goal_ms,
    // What still runs is measured when it is asked for, and written when something happens.
    elapsedMs: cycle.open && cycle.state !== 'paused' ? 0 : cycle.elapsed_ms,
    due: cycle.due_at,
    breached: cycle.breached_at,
    warned: cycle.warned_at,
    beforeObservation: cycle.breached_at !== null && cycle.breached_at <= observedSince && !wasSeen
  };
}

const isSame = (a: KeptClock, b: KeptClock): boolean =>
  (Object.keys(b) as (keyof KeptClock)[]).every((key) => a[key] === b[key]);

function changed(
  subject: string,
  cycle: number,
  cause: VerdictChange['cause'],
  was: KeptClock | undefined,
  is: KeptClock | undefined
): VerdictChange {
  return { subject, cycle, cause, from: was?.state ?? null, to: is?.state ?? null, breached: is?.breached ?? null };
}

/** When each edge came about, on the log's time, of those that hold. */
function edgesOf(clock: KeptClock | undefined): Map<Edge, number> {
  const edges = new Map<Edge, number>();
  if (!clock) return edges;
  const { state, warned, breached, endedAt } = clock;
  if (state === 'running' && warned !== null) edges.set('warned', warned);
  if (breached !== null) edges.set('breached', breached);
  if (breached !== null && endedAt !== null) edges.set('resolved', Math.max(endedAt, breached));
  return edges;
}

/** Of the edges that hold those that are told: what was so before the watch began is not. */
function toldOf(clock: KeptClock | undefined, observedSince: number): Map<Edge, number> {
  const edges = edgesOf(clock);
  if ((edges.get('warned') ?? Infinity) <= observedSince) edges.delete('warned');
  if (clock?.beforeObservation === true) {
    edges.delete('breached');
    edges.delete('resolved');
  }
  return edges;
}

function act(
  pass: PolicyPass,
  look: Look,
  { subject, calendar, ...belongs }: Facts,
  cycle: Cycle,
  was: KeptClock | undefined,
  is: KeptClock
): void {
  const { kept, log, now, replayedTo, observedSince } = look;
  const before = toldOf(was, kept.observedSince ?? observedSince);
  const { policy, target } = kept;
  for (const [edge, at] of toldOf(is, observedSince)) {
    if (target === null || !policy.act_on.includes(edge)) continue;
    const id = newActionId();
    const replay = at <= replayedTo;
    const event = slaEvent({ id, log, policy, edge, cycle, subject, calendar, belongs, at, now, replay });
    const action = { id, subject, cycle: cycle.cycle, edge, target, payload: event, edgeNow: at };
    (before.has(edge) ? pass.updates : pass.actions).push(action);
  }
  withdraw(pass, was, is);
}

/** Takes back what was told of a clock and holds no more. Each edge, whether it was told or not: asking twice is nothing. */
function withdraw(pass: PolicyPass, was: KeptClock | undefined, is: KeptClock | undefined): void {
  if (!was) return;
  const holds = edgesOf(is);
  for (const edge of edgesOf(was).keys()) {
    if (holds.has(edge)) continue;
    pass.withdrawals.push({ subject: was.subject, cycle: was.cycle, edge, why: whyWithdrawn(edge, is) });
  }
}

function whyWithdrawn(edge: Edge, is: KeptClock | undefined): string {
  if (!is) return 'the facts that started the clock are gone';
  const words: Record<KeptClock['state'], string> = {
    met: 'it was done in time after all',
    paused: 'the clock is paused',
    cancelled: 'it was called off',
    running: 'it is in time again',
    breached: edge === 'warned' ? 'it was late before the warning was sent' : 'it was not done after all'
  };
  return words[is.state];
}
