import type { Calendar } from '#models/calendar/calendar.ts';
import { hoursPerDay } from '#models/calendar/calendar.ts';
import { addBusiness, businessBetween, OutsideCalendar, type WorkingWindows } from '#models/calendar/windows.ts';
import { goalMs } from '#models/lifecycle/goal.ts';
import { endOfBusinessDay } from './business-day.ts';
import type { Policy } from './policy.ts';
import { signalsOf, type Fact, type Signal } from './signals.ts';

/** Business time as a clock needs it: the calendar, and its windows over all instants that are asked for. */
export interface ClockCalendar {
  name: string;
  calendar: Calendar;
  windows: WorkingWindows;
}

export type CycleState = 'running' | 'paused' | 'met' | 'breached' | 'cancelled';

/** A stretch of a cycle, half-open, and how much of it counted. */
export interface Span {
  from: number;
  to: number;
  kind: 'running' | 'paused' | 'stopped';
  counted_ms: number;
}

/** One run of a clock, in epoch ms. */
export interface Cycle {
  /** 1 for the first of its subject. */
  cycle: number;
  state: CycleState;
  /** Whether it neither stopped nor was cancelled: a breached one may still be open. */
  open: boolean;
  ended: 'stopped' | 'cancelled' | null;
  started_at: number;
  ended_at: number | null;
  /** Null where the calendar has no such business day. */
  goal_ms: number | null;
  /** Counted up to its end, or to now. */
  elapsed_ms: number;
  /** When the goal is used up; null while paused, and where the calendar has no such instant. */
  due_at: number | null;
  /** When it was used up; null while it is not. */
  breached_at: number | null;
  /** When the share of the goal to warn at was used up; null while it is not. */
  warned_at: number | null;
  spans: Span[];
  /** The events that decided, by number. */
  evidence: { start: number; end: number | null };
}

export interface Verdict {
  cycles: Cycle[];
  /** The next instant at which time alone, or a fact that is known already, may change it; null for never. */
  next: number | null;
}

type Clock = Pick<Policy, 'start' | 'pause' | 'resume' | 'stop' | 'cancel' | 'goal' | 'on_restart' | 'warn_at'>;

interface Run {
  started: Signal;
  ended?: { by: Signal; how: 'stopped' | 'cancelled'; at: number };
  spans: { from: number; to: number | null; kind: Span['kind'] }[];
}

/**
 * What a policy's clock says of one subject, from the set of its facts: their order, and facts said twice, are nothing.
 *
 * Only facts up to `asOf` are known. At one instant stop goes before cancel, pause, resume and start, so that who is in
 * time is in time; among equals the place in the source. A start while the clock runs, a pause while it is paused and a
 * resume while it is not do nothing. What stopped before the first start (the work was done before it was asked for)
 * meets the first cycle at once.
 *
 * The deadline is the first instant by which the goal has passed, in counted spans alone: at the end of a window it is
 * that end. Breached = counted beyond it; equal is met. A cycle that was cancelled after its deadline stays breached.
 *
 * @param calendar whose hours count; null where the goal is wall-clock time
 * @param asOf epoch ms
 * @throws {OutsideCalendar} when a fact lies outside the calendar's windows
 * @example verdict(facts, policy, berlin, Date.parse('2026-06-30T16:00:00Z')).cycles[0].state // 'breached'
 */
export function verdict(facts: readonly Fact[], clock: Clock, calendar: ClockCalendar | null, asOf: number): Verdict {
  const { signals, future } = signalsOf(facts, clock, asOf);
  const runs = runsOf(signals, clock.on_restart);
  const judged = runs.map((run, i) => judge(run, i + 1, clock, calendar, asOf));
  const times = [future, ...judged.map(({ next }) => next)].filter((instant) => instant !== null);
  return { cycles: judged.map(({ cycle }) => cycle), next: times.length === 0 ? null : Math.min(...times) };
}

/** Goes through the signals in order; what a start does after a stop is the policy's choice. */
function runsOf(signals: readonly Signal[], onRestart: Clock['on_restart']): Run[] {
  const runs: Run[] = [];
  let early: Signal | undefined;
  for (const signal of signals) {
    const { at, kind } = signal;
    const run = runs.at(-1);
    const open = run && !run.ended ? run : undefined;
    const span = open?.spans.at(-1);
    const turn = (to: Span['kind']) => {
      if (!open || !span) return;
      span.to = at;
      open.spans.push({ from: at, to: null, kind: to });
    };
    if (kind === 'pause') {
      if (span?.kind === 'running') turn('paused');
    } else if (kind === 'resume') {
      if (span?.kind === 'paused') turn('running');
    } else if (kind === 'start') {
      if (open) continue;
      if (!run || run.ended?.how === 'cancelled' || onRestart === 'new_cycle') {
        const started: Run = { started: signal, spans: [{ from: at, to: null, kind: 'running' }] };
        if (!run && early) end(started, early, 'stopped', at);
        runs.push(started);
      } else if (onRestart !== 'ignore') {
        const stopped = run.ended?.at ?? at;
        delete run.ended;
        run.spans.push({ from: stopped, to: at, kind: onRestart === 'total' ? 'running' : 'stopped' });
        run.spans.push({ from: at, to: null, kind: 'running' });
      }
    } else if (open) end(open, signal, kind === 'stop' ? 'stopped' : 'cancelled', at);
    else if (kind === 'stop' && !run) early ??= signal;
  }
  return runs;
}

function end(run: Run, by: Signal, how: 'stopped' | 'cancelled', at: number): void {
  const span = run.spans.at(-1);
  if (span) span.to = at;
  run.ended = { by, how, at };
}

function judge(
  { started, ended, spans: said }: Run,
  cycle: number,
  clock: Clock,
  calendar: ClockCalendar | null,
  asOf: number
): { cycle: Cycle; next: number | null } {
  const time = timeOf(clock.goal, calendar);
  const spans = said.map(({ from, to, kind }): Span => {
    const end = to ?? Math.max(from, asOf);
    return { from, to: end, kind, counted_ms: kind === 'running' ? time.between(from, end) : 0 };
  });
  const running = spans.filter(({ kind }) => kind === 'running');
  const goal_ms = time.goal(started.at);
  const due = usedUp(running, goal_ms, time, (from, left) => time.due(from, left));
  const warn =
    clock.warn_at === undefined
      ? undefined
      : usedUp(running, Math.round(goal_ms * clock.warn_at), time, (from, left) => time.add(from, left));
  const isRunning = !ended && spans.at(-1)?.kind === 'running';
  const breached = due !== undefined && due.passed ? due.at : null;
  const warned = warn !== undefined && warn.passed ? warn.at : null;
  const state = stateOf(breached !== null, ended?.how, isRunning);
  const ahead = [due, warn].filter((mark) => isRunning && mark !== undefined && !mark.passed);
  return {
    cycle: {
      cycle,
      state,
      open: !ended,
      ended: ended?.how ?? null,
      started_at: started.at,
      ended_at: ended?.at ?? null,
      goal_ms: Number.isFinite(goal_ms) ? goal_ms : null,
      elapsed_ms: spans.reduce((sum, span) => sum + span.counted_ms, 0),
      due_at: due !== undefined && (due.passed || isRunning || ended !== undefined) ? due.at : null,
      breached_at: breached,
      warned_at: warned,
      spans,
      evidence: { start: started.no, end: ended?.by.no ?? null }
    },
    // At the mark itself it is still in time.
    next: ahead.length === 0 ? null : Math.min(...ahead.map((mark) => (mark?.at ?? 0) + 1))
  };
}

function stateOf(isBreached: boolean, ended: 'stopped' | 'cancelled' | undefined, isRunning: boolean): CycleState {
  if (isBreached) return 'breached';
  if (ended !== undefined) return ended === 'stopped' ? 'met' : 'cancelled';
  return isRunning ? 'running' : 'paused';
}

/** When an amount of time is used up over the running spans, and whether they went beyond it. */
function usedUp(
  running: readonly Span[],
  amount: number,
  time: Time,
  add: (from: number, left: number) => number | undefined
): { at: number; passed: boolean } | undefined {
  let left = amount;
  for (const [i, { from, to, counted_ms }] of running.entries()) {
    const isLast = i === running.length - 1;
    if (counted_ms >= left || isLast || time.isByDay) {
      const at = add(from, left);
      if (at !== undefined && (to > at || isLast)) return { at, passed: to > at };
      if (isLast) return undefined;
    }
    left -= counted_ms;
  }
  return undefined;
}

/** Time as a goal counts it. */
interface Time {
  isByDay: boolean;
  goal(start: number): number;
  between(from: number, to: number): number;
  /** Undefined beyond the calendar. */
  add(from: number, ms: number): number | undefined;
  due(from: number, left: number): number | undefined;
}

function timeOf(goal: Clock['goal'], clockCalendar: ClockCalendar | null): Time {
  if ('wall' in goal) {
    const add = (from: number, ms: number) => from + ms;
    return { isByDay: false, goal: () => goalMs(goal), between: (from, to) => to - from, add, due: add };
  }
  if (clockCalendar === null) throw new RangeError('a goal in business time needs a calendar');
  const { calendar, windows } = clockCalendar;
  const between = (from: number, to: number) => businessBetween(windows, from, to);
  const add = (from: number, ms: number): number | undefined => {
    try {
      return addBusiness(windows, from, Math.max(0, ms));
    } catch (error) {
      if (error instanceof OutsideCalendar) return undefined;
      throw error;
    }
  };
  if ('business' in goal) {
    const total = goalMs(goal, hoursPerDay(calendar));
    return { isByDay: false, goal: () => total, between, add, due: add };
  }
  const due = (from: number) => endOfBusinessDay(calendar, from, goal.end_of_business_day);
  return {
    isByDay: true,
    goal(start) {
      const at = due(start);
      return at === undefined || at > windows.to ? Infinity : between(start, at);
    },
    between,
    add,
    due
  };
}
