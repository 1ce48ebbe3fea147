import { ageQuantileOf, kaplanMeier, quantileOf, type SurvivalCurve } from './kaplan-meier.ts';

/** How many waits of a stage after a sign of progress lasted so long; `censored` ones still ran. */
export interface WaitCount {
  stage: string;
  activity: string;
  minutes: number;
  ended: number;
  censored: number;
}

export interface UsualWait {
  /** The P95 of all such waits. */
  p95_ms: number;
  /** Unusual is what is longer. */
  enter_ms: number;
  /** Not unusual any more is what is shorter. */
  leave_ms: number;
  /** Waits after this sign of progress, or all of the stage. */
  of: 'activity' | 'stage';
}

/** What is usual in a stage after a sign of progress; undefined where too little is known. */
export type UsualWaits = (stage: string, activity: string) => UsualWait | undefined;

/** With fewer waits a P95 is a guess. */
const LEAST = 30;
const MINUTE = 60_000;

/**
 * How long waits are, by stage and the sign of progress that they follow: what comes next differs, and so does how long
 * it takes (after a set-up the planned start is waited for, after a time sheet the next one). A group of fewer than 30
 * waits, or of which so many still run that its curve does not come down to 5 %, is taken together with its stage.
 *
 * Unusual is what is longer than the P95 of all waits *and* older than 95 % of those that one meets at any moment
 * (`ageQuantileOf`); no longer unusual what is below the P90 of both. Without the second, far more than one in twenty
 * projects would be called stalled at any time wherever waits are uneven, with nothing wrong in them.
 */
export function usualWaits(counts: readonly WaitCount[]): UsualWaits {
  const keyOf = (stage: string, activity: string): string => JSON.stringify([stage, activity]);
  const curves = (groups: Map<string, WaitCount[]>): Map<string, SurvivalCurve> =>
    new Map(
      [...groups].map(([key, group]) => [
        key,
        kaplanMeier(group.map(({ minutes, ended, censored }) => ({ time: minutes, ended, censored })))
      ])
    );
  const fine = curves(Map.groupBy(counts, ({ stage, activity }) => keyOf(stage, activity)));
  const coarse = curves(Map.groupBy(counts, ({ stage }) => stage));
  return (stage, activity) =>
    levelOf(fine.get(keyOf(stage, activity)), 'activity') ?? levelOf(coarse.get(stage), 'stage');
}

function levelOf(curve: SurvivalCurve | undefined, of: UsualWait['of']): UsualWait | undefined {
  if (!curve || curve.n < LEAST) return undefined;
  const [p95, p90] = [quantileOf(curve, 0.95), quantileOf(curve, 0.9)];
  if (p95 === undefined || p90 === undefined) return undefined;
  return {
    p95_ms: p95 * MINUTE,
    enter_ms: Math.round(Math.max(p95, ageQuantileOf(curve, 0.95) ?? 0) * MINUTE),
    leave_ms: Math.round(Math.max(p90, ageQuantileOf(curve, 0.9) ?? 0) * MINUTE),
    of
  };
}
