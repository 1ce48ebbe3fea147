/** How many waits ended, and how many were still running (censored), after one length of time. */
export interface Waits {
  /** Any unit, 0 or more; the curve's times are in the same. */
  time: number;
  ended: number;
  censored: number;
}

export interface SurvivalStep {
  time: number;
  /** Waits that lasted at least so long. */
  atRisk: number;
  ended: number;
  /** Estimated share of waits that last longer than `time`. */
  survival: number;
}

export interface SurvivalCurve {
  /** Waits behind the curve, ended and censored. */
  n: number;
  ended: number;
  /** At each time at which some wait ended, ascending. */
  steps: SurvivalStep[];
  /** The longest time that was observed. Beyond it nothing is known. */
  last: number;
}

/** Products of many ratios stray from the share that they are by some ulps. */
const EPSILON = 1e-9;

/**
 * The Kaplan–Meier estimate of how long waits last, of waits that ended and of waits that still run.
 *
 * S(t) = Π over the times tᵢ ≤ t of (1 − dᵢ / nᵢ), dᵢ waits that ended at tᵢ, nᵢ that lasted at least tᵢ. A wait that
 * still runs (censored) is at risk up to and including its length so far, and ends nowhere: leaving it out, or taking
 * its length for its end, would make waits seem shorter than they are. Waits of one length are given once, with their
 * number, so the curve of a million waits is that of its distinct lengths.
 *
 * Source: E. L. Kaplan, P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958); the same as
 * R's `survfit(Surv(time, ended) ~ 1)` and lifelines' `KaplanMeierFitter`.
 *
 * @throws {RangeError} when a time is negative or not finite
 * @example
 * kaplanMeier([{ time: 2, ended: 1, censored: 0 }, { time: 3, ended: 0, censored: 1 }, { time: 5, ended: 1, censored: 0 }])
 *   .steps.map(({ survival }) => survival) // [2/3, 0]
 */
export function kaplanMeier(waits: Iterable<Waits>): SurvivalCurve {
  const sorted = [...waits].sort((a, b) => a.time - b.time);
  const n = sorted.reduce((sum, { ended, censored }) => sum + ended + censored, 0);
  const steps: SurvivalStep[] = [];
  let atRisk = n;
  let survival = 1;
  for (let i = 0; i < sorted.length;) {
    const { time } = sorted[i] as Waits;
    if (!(time >= 0 && time < Infinity)) throw new RangeError(`a wait lasts 0 or more, not ${time}`);
    let [ended, gone] = [0, 0];
    for (let same = sorted[i]; same?.time === time; same = sorted[(i += 1)]) {
      ended += same.ended;
      gone += same.ended + same.censored;
    }
    if (ended > 0) {
      survival *= 1 - ended / atRisk;
      steps.push({ time, atRisk, ended, survival });
    }
    atRisk -= gone;
  }
  return {
    n,
    ended: steps.reduce((sum, step) => sum + step.ended, 0),
    steps,
    last: sorted.at(-1)?.time ?? 0
  };
}

/**
 * The time within which a share of all waits ends: the smallest t with S(t) ≤ 1 − share. Undefined where the curve
 * does not come down so far: too many waits still run to say.
 *
 * @param share above 0, below 1
 */
export function quantileOf({ steps }: SurvivalCurve, share: number): number | undefined {
  return steps.find(({ survival }) => survival <= 1 - share + EPSILON)?.time;
}

/**
 * The age that a share of the waits that one *meets* has not passed: the smallest t with ∫₀ᵗ S ≥ share · ∫₀^last S.
 *
 * Whoever looks at some moment meets long waits more often than short ones, in proportion to their length, and each
 * somewhere in its middle: ages seen at a moment have the density S(t) / mean (the backward recurrence time of a renewal
 * process in equilibrium). So where waits are very uneven, as when many facts are entered at once and then none for
 * days, far more than 5 % of what runs now is older than the P95 of all waits, and nothing is wrong with it.
 *
 * Source: D. R. Cox, Renewal Theory (1962), § 5.2. Undefined without waits of any length.
 */
export function ageQuantileOf({ steps, last }: SurvivalCurve, share: number): number | undefined {
  const pieces: { from: number; to: number; survival: number }[] = [];
  let from = 0;
  let survival = 1;
  for (const step of steps) {
    pieces.push({ from, to: step.time, survival });
    ({ time: from, survival } = step);
  }
  pieces.push({ from, to: last, survival });
  let left = share * pieces.reduce((sum, piece) => sum + (piece.to - piece.from) * piece.survival, 0);
  if (!(left > 0)) return undefined;
  for (const piece of pieces) {
    const area = (piece.to - piece.from) * piece.survival;
    if (area >= left) return piece.from + left / piece.survival;
    left -= area;
  }
  return last;
}
