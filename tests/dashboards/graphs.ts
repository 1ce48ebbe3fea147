import type { DirectlyFollowsGraph } from '#mining/directly-follows-graph.ts';

/** The directly-follows graph of some traces, each as often as its position in the list says: 1, 2, 3, … times. */
export function graphOf(traces: string[][]): DirectlyFollowsGraph {
  const counts = {
    activity: new Map<string, number>(),
    start: new Map<string, number>(),
    end: new Map<string, number>()
  };
  const pairs = new Map<string, { a: string; b: string; count: number }>();
  const add = (map: Map<string, number>, name: string | undefined, times: number) => {
    if (name !== undefined) map.set(name, (map.get(name) ?? 0) + times);
  };
  for (const [index, trace] of traces.entries()) {
    const times = index + 1;
    add(counts.start, trace[0], times);
    add(counts.end, trace.at(-1), times);
    for (const [position, a] of trace.entries()) {
      add(counts.activity, a, times);
      const b = trace[position + 1];
      if (b === undefined) continue;
      const key = JSON.stringify([a, b]);
      pairs.set(key, { a, b, count: (pairs.get(key)?.count ?? 0) + times });
    }
  }
  return {
    activities: [...counts.activity].map(([activity, count]) => ({ activity, count, cases: count })),
    directly_follows: [...pairs.values()].map((pair) => ({
      ...{ ...pair, cases: pair.count, mean_s: 60, median_s: 30, p90_s: 90, total_s: 60 * pair.count }
    })),
    start_activities: Object.fromEntries(counts.start),
    end_activities: Object.fromEntries(counts.end),
    grain: 'event',
    relinked: false
  };
}
