/** Whether a duration counts every hour, or those that a calendar calls working time. */
export type Clock = 'wall' | 'business';
export type Unit = 'count' | 'seconds' | 'ratio' | 'money';

export interface Metric {
  /** Stable: it stands in addresses, exports and alerts. */
  id: string;
  label: string;
  unit: Unit;
  /** The clock of a duration; null for what is no duration. */
  clock: Clock | null;
  /** Which direction is good news; null where neither is. */
  better: 'lower' | 'higher' | null;
  /** What it is measured over: its n counts these. */
  population: string;
  /** One plain sentence, for the reader of a figure. */
  definition: string;
  /** How the number is computed, for whoever computes it again. */
  formula: string;
}

/** A figure with all that is needed to read it. */
export interface Measure {
  /** In the metric's unit; null when it is not defined, as a mean over nothing. */
  value: number | null;
  /** Members of the population that stand behind it. */
  n: number;
  unit: Unit;
  clock: Clock | null;
  /** Half-open, ISO 8601 UTC; absent when all of the log is meant. */
  period?: { from: string; to: string };
  /** The instant up to which the facts are known: now, or the log's fixed now. ISO 8601 UTC. */
  asOf: string;
}

const count = { unit: 'count', clock: null, better: null } as const;
const wait = { unit: 'seconds', clock: 'wall', better: 'lower' } as const;
const share = { unit: 'ratio', clock: null, better: 'lower' } as const;
const closedCases = 'closed cases; all cases where the view has no end condition';
const handoffs = 'handoffs between neighbours of a case whose party is known';
const followings = 'pairs of neighbours in a case';
const reworked = 'events, but for activities declared repeatable';

/**
 * Every figure that Throughline shows of a case view. Percentiles are continuous (linear interpolation, R type 7) and
 * exact; a ratio or mean over nothing is null, never 0.
 */
export const metrics = {
  cases: {
    id: 'cases',
    label: 'Cases',
    ...count,
    population: 'cases that the filter keeps',
    definition: 'How many cases there are.',
    formula: 'count of objects of the case type with at least one event'
  },
  events: {
    id: 'events',
    label: 'Events',
    ...count,
    population: 'events of the cases that the filter keeps',
    definition: 'How many things happened in these cases.',
    formula: 'count of events (at grain instance: of start and complete pairs) over the cases'
  },
  variants: {
    id: 'variants',
    label: 'Variants',
    ...count,
    better: 'lower',
    population: 'cases that the filter keeps',
    definition:
      'In how many different ways cases run: two run the same way when they have the same activities in the same order.',
    formula: 'count of distinct sequences of activities'
  },
  cycle_time_median: {
    id: 'cycle_time_median',
    label: 'Median cycle time',
    ...wait,
    population: closedCases,
    definition: 'Half of the finished cases took no longer than this, from first event to last.',
    formula: 'percentile 0.5 of max(complete) − min(start)'
  },
  cycle_time_p90: {
    id: 'cycle_time_p90',
    label: 'P90 cycle time',
    ...wait,
    population: closedCases,
    definition: 'Nine of ten finished cases took no longer than this, from first event to last.',
    formula: 'percentile 0.9 of max(complete) − min(start)'
  },
  cycle_time_mean: {
    id: 'cycle_time_mean',
    label: 'Mean cycle time',
    ...wait,
    population: closedCases,
    definition: 'The average time from first event to last of the finished cases; a few very long ones raise it.',
    formula: 'mean of max(complete) − min(start)'
  },
  age_median: {
    id: 'age_median',
    label: 'Median age',
    ...wait,
    population: 'open cases; not defined where the view has no end condition',
    definition: 'Half of the cases still open began no longer ago than this.',
    formula: 'percentile 0.5 of now − min(start)'
  },
  age_p90: {
    id: 'age_p90',
    label: 'P90 age',
    ...wait,
    population: 'open cases; not defined where the view has no end condition',
    definition: 'Nine of ten cases still open began no longer ago than this.',
    formula: 'percentile 0.9 of now − min(start)'
  },
  flow_efficiency: {
    id: 'flow_efficiency',
    label: 'Flow efficiency',
    ...share,
    better: 'higher',
    population: `${closedCases}; not defined where starts of work are unknown`,
    definition: 'The share of cycle time in which somebody worked on the case.',
    formula: 'Σ length of the union of active intervals ÷ Σ (max(complete) − min(start))'
  },
  self_loops: {
    id: 'self_loops',
    label: 'Self-loops',
    ...count,
    better: 'lower',
    population: reworked,
    definition: 'How often an activity was done again at once.',
    formula: 'count of events whose activity is that of the event before'
  },
  loop_backs: {
    id: 'loop_backs',
    label: 'Loop-backs',
    ...count,
    better: 'lower',
    population: reworked,
    definition: 'How often a case came back to an activity after others: the rework.',
    formula: 'count of events whose activity came before in the case, but not immediately before'
  },
  loop_back_case_share: {
    id: 'loop_back_case_share',
    label: 'Cases with rework',
    ...share,
    population: 'cases that the filter keeps',
    definition: 'The share of cases that came back to an activity at least once.',
    formula: 'cases with a loop-back ÷ cases'
  },
  repeats: {
    id: 'repeats',
    label: 'Repeats',
    ...count,
    better: 'lower',
    population: 'self-loops and loop-backs where both people are known',
    definition: 'How often an activity was done again by the person who had done it last.',
    formula: 'count of self-loops and loop-backs whose resource is that of the activity’s previous execution'
  },
  redos: {
    id: 'redos',
    label: 'Redos',
    ...count,
    better: 'lower',
    population: 'self-loops and loop-backs where both people are known',
    definition: 'How often an activity was done again by somebody else.',
    formula: 'count of self-loops and loop-backs whose resource is not that of the activity’s previous execution'
  },
  handoffs: {
    id: 'handoffs',
    label: 'Handoffs',
    ...count,
    population: handoffs,
    definition: 'How often the work of a case passed from one team, person, role, system or entity to another.',
    formula: 'per case, skip events of unknown party; count of neighbours whose party differs'
  },
  handoff_wait_mean: {
    id: 'handoff_wait_mean',
    label: 'Mean handoff wait',
    ...wait,
    population: handoffs,
    definition: 'How long work waits on average when it passes from one party to another.',
    formula: 'mean of max(0, start of the receiver’s event − complete of the giver’s)'
  },
  handoff_business_wait_mean: {
    id: 'handoff_business_wait_mean',
    label: 'Mean handoff wait, business time',
    ...wait,
    clock: 'business',
    population: `${handoffs}; not defined without a calendar`,
    definition: 'How much working time passes on average before the receiver takes up the work.',
    formula: 'mean of the calendar’s working time from complete of the giver’s event to start of the receiver’s'
  },
  handoff_wait_total: {
    id: 'handoff_wait_total',
    label: 'Total waiting at handoffs',
    ...wait,
    population: handoffs,
    definition: 'All the time that work waited between parties, added up.',
    formula: 'Σ max(0, start of the receiver’s event − complete of the giver’s)'
  },
  directly_follows: {
    id: 'directly_follows',
    label: 'Times followed',
    ...count,
    population: followings,
    definition: 'How often one activity came right after the other.',
    formula: 'count of neighbours a, b in a case'
  },
  directly_follows_wait_mean: {
    id: 'directly_follows_wait_mean',
    label: 'Mean time between',
    ...wait,
    population: followings,
    definition: 'How long it takes on average from one activity to the next.',
    formula: 'mean of b.start − a.complete, at least 0 (grain event: b.time − a.time)'
  },
  directly_follows_wait_median: {
    id: 'directly_follows_wait_median',
    label: 'Median time between',
    ...wait,
    population: followings,
    definition: 'Half of the time it takes no longer than this from one activity to the next.',
    formula: 'percentile 0.5 of b.start − a.complete, at least 0 (grain event: b.time − a.time)'
  },
  directly_follows_wait_p90: {
    id: 'directly_follows_wait_p90',
    label: 'P90 time between',
    ...wait,
    population: followings,
    definition: 'Nine times of ten it takes no longer than this from one activity to the next.',
    formula: 'percentile 0.9 of b.start − a.complete, at least 0 (grain event: b.time − a.time)'
  },
  directly_follows_wait_total: {
    id: 'directly_follows_wait_total',
    label: 'Total time between',
    ...wait,
    population: followings,
    definition: 'All the time that passed from one activity to the next, added up.',
    formula: 'Σ b.start − a.complete, at least 0 (grain event: b.time − a.time)'
  }
} as const satisfies Record<string, Metric>;

export type MetricId = keyof typeof metrics;

/**
 * A figure of a metric, which gives it unit and clock.
 *
 * @example measure(metrics.cycle_time_median, 86_400, { n: 12, asOf: '2024-01-01T00:00:00Z' })
 */
export function measure(
  metric: Metric,
  value: number | null | undefined,
  { n, asOf, period }: Pick<Measure, 'n' | 'asOf' | 'period'>
): Measure {
  const known = value ?? null;
  if (known !== null && !Number.isFinite(known))
    throw new RangeError(`${metric.label} cannot be ${known}: what is not defined is null`);
  return { value: known, n, unit: metric.unit, clock: metric.clock, ...(period && { period }), asOf };
}
