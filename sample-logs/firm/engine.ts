import { SECOND, type WorkTime } from './clock.ts';
import { type Instant } from './rows.ts';

/** What a process waits for: an instant, a team's work, or something that another process brings about. */
export type Command =
  { at: Instant } | { offer: (simulation: Simulation, begin: (work: unknown) => void) => void } | { signal: Signal };

/** Work that somebody of a team has picked up: `startedAt` is now. */
export interface Work<Member> {
  by: Member;
  startedAt: Instant;
  endsAt: Instant;
}

/** A story told in time order; it sleeps at each `yield`. */
export type Process<Result = void> = Generator<Command, Result, unknown>;

/** Something that happens once and that others wait for. */
export class Signal {
  readonly waiting: Process[] = [];
  hasFired = false;
}

/** A discrete-event simulation: processes are woken in the order of time, and of equal times in order of asking. */
export class Simulation {
  now: Instant;
  readonly #heap: { at: Instant; order: number; wake: () => void }[] = [];
  #order = 0;

  constructor(start: Instant) {
    this.now = start;
  }

  start(process: Process, at: Instant = this.now): void {
    this.schedule(at, () => this.resume(process));
  }

  /** Wakes at a whole second, since no system writes less; never, when the instant is Infinity. */
  schedule(at: Instant, wake: () => void): void {
    if (at === Infinity) return;
    this.#push({ at: Math.max(this.now, Math.ceil(at / SECOND) * SECOND), order: (this.#order += 1), wake });
  }

  resume(process: Process, value?: unknown): void {
    const { done, value: command } = process.next(value);
    if (done || !command) return;
    if ('at' in command) this.schedule(command.at, () => this.resume(process));
    else if ('offer' in command) command.offer(this, (work) => this.resume(process, work));
    else if (command.signal.hasFired) this.schedule(this.now, () => this.resume(process));
    else command.signal.waiting.push(process);
  }

  fire(signal: Signal): void {
    if (signal.hasFired) return;
    signal.hasFired = true;
    for (const process of signal.waiting) this.start(process);
  }

  /** Runs all that happens up to and including an instant. */
  run(until: Instant): void {
    for (let next = this.#pop(until); next; next = this.#pop(until)) {
      this.now = next.at;
      next.wake();
    }
    this.now = until;
  }

  #push(entry: { at: Instant; order: number; wake: () => void }): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up];
      if (!parent || !isBefore(entry, parent)) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = entry;
  }

  #pop(until: Instant): { at: Instant; wake: () => void } | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (!first || first.at > until) return undefined;
    const last = heap.pop();
    if (last && heap.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        const [left, right] = [heap[child], heap[child + 1]];
        if (left && right && isBefore(right, left)) child += 1;
        const next = heap[child];
        if (!next || !isBefore(next, last)) break;
        heap[i] = next;
        i = child;
      }
      heap[i] = last;
    }
    return first;
  }
}

function isBefore(a: { at: Instant; order: number }, b: { at: Instant; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

export function* until(at: Instant): Process {
  yield { at };
}

/** Waits for some working time of somebody. */
export function* working(simulation: Simulation, time: WorkTime, ms: number): Process {
  yield { at: time.add(simulation.now, ms) };
}

export function* fired(signal: Signal): Process {
  if (!signal.hasFired) yield { signal };
}
