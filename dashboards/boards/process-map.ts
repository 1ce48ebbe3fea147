import type { DirectlyFollowsEdge, DirectlyFollowsGraph } from '#mining/directly-follows-graph.ts';

/** Ids of the two nodes that are no activity: where cases begin and where they end. No name in a log holds a NUL. */
export const START = '\u0000start';
export const END = '\u0000end';

export interface MapShare {
  /** Share of activities shown, the most frequent first, 0 to 1. One is always shown. */
  activities: number;
  /** Share of edges shown, the most frequent first, 0 to 1; the backbone is shown at any share. */
  paths: number;
}

export interface ShownNode {
  /** The activity's name, `START` or `END`. */
  id: string;
  kind: 'start' | 'activity' | 'end';
  label: string;
  /** Executions; of `START` and `END` the cases that begin or end, hidden activities included. */
  count: number;
  cases: number;
}

export type ShownEdge =
  | ({ kind: 'follows' } & DirectlyFollowsEdge)
  /** From `START` or to `END`: in so many cases. */
  | { kind: 'start' | 'end'; a: string; b: string; count: number }
  /** No shown edge leads here: the most frequent way runs through so many hidden activities. It has no count. */
  | { kind: 'via_hidden'; a: string; b: string; via_hidden: number };

/**
 * What the map shows, as nodes and edges. It is also the directly-follows graph of the shown activities and edges;
 * its `start_activities` and `end_activities` are those of the whole, so that their sums stay true.
 */
export interface ReducedGraph extends DirectlyFollowsGraph {
  /** Start, activities by count, end. */
  nodes: ShownNode[];
  /** Count descending, then by name; those through hidden activities come last. */
  edges: ShownEdge[];
}

/**
 * The part of a directly-follows graph that can be read: the most frequent activities and paths, always connected.
 *
 * Shown are the ⌈share × n⌉ most frequent activities, the ⌈share × m⌉ most frequent of *all* edges as far as both ends
 * are shown, and a backbone, so that every activity can be reached from the start and reaches the end. The backbone
 * grows like Prim's tree, by the most frequent edge that reaches something new, once from the start and once backwards
 * from the end. Only where no path over shown activities exists does it take the most frequent one through hidden
 * ones, as an edge `via_hidden` without figures: a number is true or absent.
 *
 * The backbone is grown for the activities shown, so that its edges are the strongest there are between them: another
 * share of activities may have another backbone. Raising the share of activities never takes an activity away, raising
 * the share of paths never an edge. Ties are broken by name, by code point.
 *
 * @example
 * reduceGraph(dfg, { activities: 0.5, paths: 0 }).edges;
 * // [{ kind: 'start', a: START, b: 'Create Fine', count: 150370 }, …, { kind: 'via_hidden', a: …, b: END, via_hidden: 2 }]
 */
export function reduceGraph(whole: DirectlyFollowsGraph, share: MapShare): ReducedGraph {
  const edges = realEdges(whole);
  const activities = whole.activities.toSorted((a, b) => b.count - a.count || byName(a.activity, b.activity));
  const shown = activities.slice(0, Math.max(1, portion(share.activities, activities.length)));
  const { kept, detours } = backbone(
    shown.map(({ activity }) => activity),
    edges
  );
  for (const edge of edges.slice(0, portion(share.paths, edges.length))) kept.add(edge);

  const visible = new Set([START, END, ...shown.map(({ activity }) => activity)]);
  const real = edges.filter((edge) => kept.has(edge) && visible.has(edge.a) && visible.has(edge.b));
  const end = (id: string, kind: 'start' | 'end', counts: Record<string, number>): ShownNode => {
    const count = Object.values(counts).reduce((sum, one) => sum + one, 0);
    return { id, kind, label: kind === 'start' ? 'Start' : 'End', count, cases: count };
  };
  return {
    ...whole,
    activities: shown,
    directly_follows: real.flatMap(({ kind, ...edge }) => (kind === 'follows' ? [edge as DirectlyFollowsEdge] : [])),
    nodes:
      shown.length === 0
        ? []
        : [
            end(START, 'start', whole.start_activities),
            ...shown.map(({ activity, count, cases }): ShownNode => ({
              ...{ id: activity, kind: 'activity', label: activity, count, cases }
            })),
            end(END, 'end', whole.end_activities)
          ],
    edges: [...real, ...detours]
  };
}

type RealEdge = Exclude<ShownEdge, { kind: 'via_hidden' }>;
type Detour = Extract<ShownEdge, { kind: 'via_hidden' }>;

function realEdges({ directly_follows, start_activities, end_activities }: DirectlyFollowsGraph): RealEdge[] {
  const edges: RealEdge[] = [
    ...directly_follows.map((edge): RealEdge => ({ kind: 'follows', ...edge })),
    ...Object.entries(start_activities).map(([b, count]): RealEdge => ({ kind: 'start', a: START, b, count })),
    ...Object.entries(end_activities).map(([a, count]): RealEdge => ({ kind: 'end', a, b: END, count }))
  ];
  return edges.sort((x, y) => y.count - x.count || byName(x.a, y.a) || byName(x.b, y.b));
}

/** @param edges the most frequent first */
function backbone(activities: string[], edges: RealEdge[]): { kept: Set<RealEdge>; detours: Detour[] } {
  const visible = new Set([START, END, ...activities]);
  const kept = new Set<RealEdge>();
  const detours: Detour[] = [];
  if (activities.length > 0) {
    grow(forwards, START, { edges, visible, kept, detours });
    grow(backwards, END, { edges, visible, kept, detours });
  }
  return { kept, detours };
}

/** Which end of an edge is looked from, and which is reached. */
interface Way {
  near: 'a' | 'b';
  far: 'a' | 'b';
}
const forwards: Way = { near: 'a', far: 'b' };
const backwards: Way = { near: 'b', far: 'a' };

interface Growth {
  edges: RealEdge[];
  visible: Set<string>;
  kept: Set<RealEdge>;
  detours: Detour[];
}

/** Adds to `kept` and `detours` until every visible node is reached from the root, or can't be at all. */
function grow({ near, far }: Way, root: string, growth: Growth): void {
  const { edges, visible, kept, detours } = growth;
  const onward = new Map<string, string[]>();
  const link = (edge: ShownEdge) => {
    const known = onward.get(edge[near]);
    if (known) known.push(edge[far]);
    else onward.set(edge[near], [edge[far]]);
  };
  kept.forEach(link);
  detours.forEach(link);
  const reached = new Set<string>();
  const reach = (from: string) => {
    const open = [from];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      open.push(...(onward.get(node) ?? []));
    }
  };
  reach(root);
  while (reached.size < visible.size) {
    const next = edges.find((edge) => reached.has(edge[near]) && !reached.has(edge[far]) && visible.has(edge[far]));
    if (next) {
      kept.add(next);
      reach(next[far]);
      continue;
    }
    const detour = throughHidden({ near, far }, reached, growth);
    if (!detour) return;
    detours.push(detour);
    reach(detour[far]);
  }
}

/** The most frequent way from what is reached, through hidden activities only, to a visible node that is not. */
function throughHidden({ near, far }: Way, reached: Set<string>, { edges, visible }: Growth): Detour | undefined {
  const passed = new Map<string, { origin: string; hidden: number }>();
  const isNew = (node: string) => !reached.has(node) && !passed.has(node);
  for (;;) {
    const next = edges.find((edge) => (reached.has(edge[near]) || passed.has(edge[near])) && isNew(edge[far]));
    if (!next) return undefined;
    const { origin, hidden } = passed.get(next[near]) ?? { origin: next[near], hidden: 0 };
    if (visible.has(next[far])) {
      const [a, b] = near === 'a' ? [origin, next[far]] : [next[far], origin];
      return { kind: 'via_hidden', a, b, via_hidden: hidden };
    }
    passed.set(next[far], { origin, hidden: hidden + 1 });
  }
}

/** A share of a whole number, rounded up, forgiving what floating point adds to 0.07 × 100. */
const portion = (share: number, all: number) => Math.min(all, Math.ceil(share * all - 1e-9));

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
