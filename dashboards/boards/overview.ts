import type { CycleTime } from '#mining/cycle-time.ts';
import type { DirectlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import type { TransitionHandoffs } from '#mining/handoffs.ts';
import type { Rework } from '#mining/rework.ts';
import type { Summary } from '#mining/summary.ts';
import type { Clause, Dimension, Filter } from '#models/filter/filter.ts';
import { formatDuration } from '#models/units/duration.ts';
import { formatCount } from '#models/units/number.ts';

export interface OverviewInput {
  summary: Summary;
  cycleTime: CycleTime;
  graph: DirectlyFollowsGraph;
  rework: Rework;
  /** Null when nobody is known: then there is no tile for them. */
  handoffs: TransitionHandoffs | null;
  /** What narrows the page; every drill starts from it. */
  filter: Filter;
}

export interface Tile {
  id: 'cases' | 'median-cycle-time' | 'p90-cycle-time' | 'open-age' | 'handoffs' | 'rework' | 'variants';
  label: string;
  value: number;
  unit: 'cases' | 'seconds' | 'per case' | 'share' | 'variants';
  clock: 'wall' | null;
  /** Of how many cases the figure is. */
  n: number;
  /** What `n` counts and what the figure leaves out, in a few words. */
  about: string;
  /** By month, gaps null; absent where there is no history. */
  trend?: { of: string; values: (number | null)[] };
  /** The cases behind the figure. */
  drill: Filter;
}

export interface Wait {
  from: string;
  to: string;
  /** A plain sentence with its figures: what was measured, and no cause. */
  sentence: string;
  median_s: number | null;
  p90_s: number | null;
  mean_s: number;
  total_s: number;
  /** Of all time between neighbouring steps, 0 to 1. */
  share: number;
  clock: 'wall';
  /** Times it happened. */
  n: number;
  cases: number;
  drill: Filter;
}

export interface Overview {
  tiles: Tile[];
  /** At most three, the most total waiting time first. */
  look_at: Wait[];
}

/**
 * The Overview of a plain log: its key figures, and the three steps between which most time passes.
 *
 * Waiting is the time between neighbouring events of a case (`directlyFollowsGraph`), summed over all of them: at
 * grain event it holds the work of the later step too, and the sentences say "later" for that reason. Ties: count,
 * then name. A figure that is not defined has no tile.
 *
 * @example
 * overview({ summary, cycleTime, graph, rework, handoffs, filter: [] }).look_at[0]?.sentence;
 * // '“Approve” comes 10 d after “Submit” (median; P90 40 d): 10 times, 200 d in all.'
 */
export function overview({ summary, cycleTime, graph, rework, handoffs, filter }: OverviewInput): Overview {
  const { closed, open, by_month } = cycleTime;
  const withClauses = (...clauses: Clause[]): Filter => [...filter, ...clauses];
  const atLeast = (seconds: number) => withClauses({ kind: 'duration', min_ms: Math.floor(seconds * 1000) });
  const share = summary.cases > 0 ? summary.loop_back_cases / summary.cases : undefined;
  const tiles: (Tile | false | null | undefined)[] = [
    {
      id: 'cases',
      label: 'Cases',
      value: summary.cases,
      unit: 'cases',
      clock: null,
      n: summary.cases,
      about: open
        ? `${formatCount(summary.closed_cases)} closed, ${formatCount(summary.open_cases)} open`
        : 'no end set: all count as closed',
      trend: { of: 'started a month', values: by_month.map(({ started }) => started) },
      drill: filter
    },
    closed !== null && {
      id: 'median-cycle-time',
      label: 'Median cycle time',
      value: closed.median_s,
      unit: 'seconds',
      clock: 'wall',
      n: closed.n,
      about: `n = ${formatCount(closed.n)} closed, wall clock`,
      trend: { of: 'median by month of end', values: by_month.map(({ median_s }) => median_s) },
      drill: atLeast(closed.median_s)
    },
    closed !== null && {
      id: 'p90-cycle-time',
      label: 'P90 cycle time',
      value: closed.p90_s,
      unit: 'seconds',
      clock: 'wall',
      n: closed.n,
      about: 'a tenth takes longer, wall clock',
      trend: { of: 'P90 by month of end', values: by_month.map(({ p90_s }) => p90_s) },
      drill: atLeast(closed.p90_s)
    },
    open?.age && {
      id: 'open-age',
      label: 'Median age of open cases',
      value: open.age.median_s,
      unit: 'seconds',
      clock: 'wall',
      n: open.n,
      about: `n = ${formatCount(open.n)} open, wall clock`,
      drill: withClauses({ kind: 'status', status: 'open' })
    },
    handoffs !== null &&
      summary.cases > 0 && {
        id: 'handoffs',
        label: 'Handoffs a case',
        value: handoffs.handoffs / summary.cases,
        unit: 'per case',
        clock: null,
        n: summary.cases,
        drill: filter,
        about: `${formatCount(handoffs.handoffs)} between ${parties[handoffs.dimension]}, in ${formatCount(handoffs.cases_with)} cases`
      },
    share !== undefined && {
      id: 'rework',
      label: 'Cases with rework',
      value: share,
      unit: 'share',
      clock: null,
      n: summary.cases,
      about: `${formatCount(rework.loop_back_events)} returns to an earlier step`,
      drill: withClauses({ kind: 'rework', type: 'loop_back' })
    },
    {
      id: 'variants',
      label: 'Variants',
      value: summary.variants,
      unit: 'variants',
      clock: null,
      n: summary.cases,
      about: `of ${formatCount(summary.activities)} activities`,
      drill: filter
    }
  ];
  return { tiles: tiles.filter((tile) => !!tile), look_at: longestWaits(graph, filter) };
}

/** The three edges with the most total time. */
export function longestWaits(graph: DirectlyFollowsGraph, filter: Filter): Wait[] {
  const all = graph.directly_follows.reduce((sum, { total_s }) => sum + total_s, 0);
  return graph.directly_follows
    .filter(({ total_s }) => total_s > 0)
    .toSorted((x, y) => y.total_s - x.total_s || y.count - x.count || byName(x.a, y.a) || byName(x.b, y.b))
    .slice(0, 3)
    .map(({ a, b, count, cases, mean_s, median_s, p90_s, total_s }) => {
      const [middle, name] = median_s === undefined ? [mean_s, 'mean'] : [median_s, 'median'];
      const spread = p90_s === undefined ? name : `${name}; P90 ${formatDuration(p90_s)}`;
      const after =
        a === b
          ? `“${a}” comes again ${formatDuration(middle)} later`
          : `“${b}” comes ${formatDuration(middle)} after “${a}”`;
      return {
        ...{ from: a, to: b, median_s: median_s ?? null, p90_s: p90_s ?? null, mean_s, total_s },
        sentence: `${after} (${spread}): ${formatCount(count)} ${count === 1 ? 'time' : 'times'}, ${formatDuration(total_s)} in all.`,
        ...{ share: total_s / all, clock: 'wall', n: count, cases },
        drill: [...filter, { kind: 'path', from: a, to: b, relation: 'directly' }]
      };
    });
}

const parties: Record<Dimension, string> = {
  ...{ team: 'teams', resource: 'people', role: 'roles', system: 'systems', legal_entity: 'legal entities' }
};

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
