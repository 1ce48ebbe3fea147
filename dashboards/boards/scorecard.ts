import type { HandoffFigures, HandoffScorecard, Money, ScoredHandoff } from '#mining/handoff-scorecard.ts';
import { everyMonth } from '../charts/time-axis.ts';

/** Below this many handoffs a figure is shown as such, and takes no colour. */
export const FEW = 10;

export interface Trend {
  /** Change of the median against the previous period: 0.25 is a quarter slower. */
  change: number;
  direction: 'slower' | 'faster' | 'level';
  previous_ms: number;
  n_previous: number;
  /** Whether either period holds too few to conclude from. */
  few: boolean;
}

export interface ScoreRow extends Omit<HandoffFigures, 'trend'> {
  id: string;
  name: string;
  /** Of the segment that the row is about; null for the whole handoff. */
  value: string | null;
  from: string;
  to: string;
  goal: { ms: number; business: boolean } | null;
  few: boolean;
  trend: Trend | null;
  /** Median business wait a month, null where nothing was picked up. */
  spark: (number | null)[];
  months: { first: string; last: string } | null;
  money: Money[];
}

/**
 * The scorecard: a row a lifecycle handoff, in the lifecycle's order, and below it one for each value of the segment
 * where the result was cut by one.
 *
 * A median counts as changed when it moved by more than 5 % against the previous period, and the change takes a
 * colour only when both periods hold at least {@link FEW}.
 */
export function scorecard({ handoffs }: Pick<HandoffScorecard, 'handoffs'>): ScoreRow[] {
  return handoffs.flatMap((handoff) => [
    row(handoff, handoff, null),
    ...(handoff.segments ?? []).map((segment) => row(handoff, segment, segment.value))
  ]);
}

function row(handoff: ScoredHandoff, figures: HandoffFigures, value: string | null): ScoreRow {
  const { n, open, business, wall, first_time_right, within_goal, receiver_ms_total, sender_ms_total } = figures;
  const series = everyMonth(figures.series, (month) => ({ month, median_ms: null, n: 0 }));
  const [first, last] = [series[0], series.at(-1)];
  return {
    ...{ id: handoff.id, name: handoff.name, value, from: handoff.from_function, to: handoff.to_function },
    ...{ n, open, business, wall, first_time_right, within_goal, receiver_ms_total, sender_ms_total },
    goal: handoff.goal_ms === null ? null : { ms: handoff.goal_ms, business: handoff.goal_is_business ?? false },
    few: n < FEW,
    trend: trendOf(figures),
    series,
    spark: series.map(({ median_ms }) => median_ms),
    months: first && last ? { first: first.month, last: last.month } : null,
    money: open.money.filter(({ amount }) => amount > 0).toSorted((a, b) => b.amount - a.amount)
  };
}

function trendOf({ trend, business, n }: HandoffFigures): Trend | null {
  if (trend === null || business === null || !(trend.median_ms_previous > 0)) return null;
  const change = business.median_ms / trend.median_ms_previous - 1;
  const beyond = Math.abs(business.median_ms - trend.median_ms_previous) > 0.05 * trend.median_ms_previous;
  return {
    change,
    direction: !beyond ? 'level' : change > 0 ? 'slower' : 'faster',
    ...{ previous_ms: trend.median_ms_previous, n_previous: trend.n_previous },
    few: n < FEW || trend.n_previous < FEW
  };
}

/** The row whose finished and open waits hold up most: what the eye should meet first. */
export function costliest(rows: ScoreRow[]): ScoreRow | null {
  const whole = rows.filter(({ value }) => value === null);
  return whole.toSorted((a, b) => totalMs(b) - totalMs(a))[0] ?? null;
}

const totalMs = (row: ScoreRow) => row.receiver_ms_total + row.sender_ms_total;
