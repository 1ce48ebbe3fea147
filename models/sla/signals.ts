import type { Policy } from './policy.ts';

/** An event that moves a clock. */
export interface Fact {
  /** The number of the event in the store. */
  no: number;
  /** Epoch ms. */
  at: number;
  activity: string;
  /** Its place among the subject's facts by the order of a case, which decides where all else ties. */
  place: number;
  /** When it became known, where that was later than it happened and matters: in a replay. Epoch ms. */
  seen?: number;
}

export type SignalKind = 'stop' | 'cancel' | 'pause' | 'resume' | 'start';

export interface Signal {
  no: number;
  at: number;
  kind: SignalKind;
}

/** At one instant: who is in time is in time, and what ends a cycle goes before what begins one. */
const order: readonly SignalKind[] = ['stop', 'cancel', 'pause', 'resume', 'start'];

/**
 * What facts mean to a clock, in the order in which it takes them, and when the first of those comes that are not known
 * at `asOf` yet. One fact may mean two things: evidence that is submitted again starts or resumes.
 */
export function signalsOf(
  facts: readonly Fact[],
  clock: Pick<Policy, SignalKind>,
  asOf: number
): { signals: Signal[]; future: number | null } {
  const signals: (Signal & { place: number })[] = [];
  let future: number | null = null;
  for (const { no, at, activity, place, seen = at } of facts) {
    const known = Math.max(at, seen);
    if (known > asOf) {
      future = Math.min(future ?? known, known);
      continue;
    }
    for (const kind of order) if (clock[kind].includes(activity)) signals.push({ no, at, kind, place });
  }
  signals.sort(
    (a, b) => a.at - b.at || order.indexOf(a.kind) - order.indexOf(b.kind) || a.place - b.place || a.no - b.no
  );
  // Said twice, of one fact or of two, is said once.
  const once = signals.filter(({ at, kind }, i) => at !== signals[i - 1]?.at || kind !== signals[i - 1]?.kind);
  return { signals: once, future };
}

/**
 * Facts as one text, as they are kept: `number,instant,activity[,seen]` each, the activity as its place in the list.
 *
 * @throws {RangeError} when the text names an activity that the list has not
 */
export function readFacts(text: string, activities: readonly string[]): Fact[] {
  if (text === '') return [];
  return text.split(';').map((part, place) => {
    const [no = NaN, at = NaN, index = -1, seen] = part.split(',').map(Number);
    const activity = activities[index];
    if (activity === undefined || !Number.isFinite(at)) throw new RangeError(`"${part}" is no fact of this policy`);
    return { no, at, activity, place, ...(seen === undefined ? {} : { seen }) };
  });
}
