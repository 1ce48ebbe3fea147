import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { END, reduceGraph, START } from '#dashboards/boards/process-map.ts';
import { graphOf } from './graphs.ts';

const traces = fc.array(fc.array(fc.constantFrom(...'abcdefghijkl'), { minLength: 1, maxLength: 9 }), {
  minLength: 1,
  maxLength: 12
});
const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));
const shares = fc.record({ activities: share, paths: share });

const named = ({ a, b }: { a: string; b: string }) => `${a}→${b}`;

function reachable(from: string, edges: { a: string; b: string }[]): Set<string> {
  const reached = new Set([from]);
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const { a, b } of edges) if (reached.has(a)) reached.add(b);
  }
  return reached;
}

describe('a reduced process map', () => {
  test('leads from the start to every shown activity, and from there to the end', () => {
    fc.assert(
      fc.property(traces, shares, (log, shown) => {
        const { nodes, edges } = reduceGraph(graphOf(log), shown);
        const ids = nodes.map(({ id }) => id).sort();
        expect([...reachable(START, edges)].sort()).toEqual(ids);
        expect(
          [
            ...reachable(
              END,
              edges.map(({ a, b }) => ({ a: b, b: a }))
            )
          ].sort()
        ).toEqual(ids);
      })
    );
  });

  test('keeps every activity when their share is raised, and every edge when the share of paths is', () => {
    fc.assert(
      fc.property(traces, share, share, shares, (log, one, other, fixed) => {
        const graph = graphOf(log);
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const [few, many] = [less, more].map((activities) => reduceGraph(graph, { ...fixed, activities }).nodes);
        expect(many?.map(({ id }) => id)).toEqual(expect.arrayContaining(few?.map(({ id }) => id) ?? []));
        const [thin, dense] = [less, more].map((paths) => reduceGraph(graph, { ...fixed, paths }).edges.map(named));
        expect(dense).toEqual(expect.arrayContaining(thin ?? []));
      })
    );
  });

  test('connects an activity by its strongest edge, though a weaker one led to it before others were shown', () => {
    // Few go from a straight to c; many by b, which is shown third.
    const log = [['a', 'c'], ...Array.from({ length: 8 }, () => ['a', 'b', 'c', 'c', 'a'])];
    const { edges } = reduceGraph(graphOf(log), { activities: 1, paths: 0 });
    expect(edges.map(named)).toContain('b→c');
    expect(edges.map(named)).not.toContain('a→c');
  });

  test('shows everything, and nothing else, at full shares', () => {
    fc.assert(
      fc.property(traces, (log) => {
        const graph = graphOf(log);
        const { nodes, edges, directly_follows } = reduceGraph(graph, { activities: 1, paths: 1 });
        const ends = Object.keys(graph.start_activities).length + Object.keys(graph.end_activities).length;
        expect(nodes).toHaveLength(graph.activities.length + 2);
        expect(edges).toHaveLength(graph.directly_follows.length + ends);
        expect(directly_follows.map(named).sort()).toEqual(graph.directly_follows.map(named).sort());
      })
    );
  });

  test('shows figures of the whole graph or none, and goes through hidden activities only where it must', () => {
    fc.assert(
      fc.property(traces, shares, (log, shown) => {
        const graph = graphOf(log);
        const { nodes, edges } = reduceGraph(graph, shown);
        const visible = new Set(nodes.map(({ id }) => id));
        const everything = reduceGraph(graph, { activities: 1, paths: 1 }).edges;
        const among = everything.filter(({ a, b }) => visible.has(a) && visible.has(b));
        const toEnd = among.map(({ a, b }) => ({ a: b, b: a }));
        for (const edge of edges) {
          if (edge.kind !== 'via_hidden') {
            expect(everything).toContainEqual(edge);
            continue;
          }
          expect('count' in edge).toBe(false);
          expect(edge.via_hidden).toBeGreaterThan(0);
          expect(reachable(START, among).has(edge.b) && reachable(END, toEnd).has(edge.a)).toBe(false);
        }
      })
    );
  });

  test('does not depend on the order in which ties come', () => {
    fc.assert(
      fc.property(traces, shares, (log, shown) => {
        const graph = graphOf(log);
        const turned = {
          ...graph,
          activities: graph.activities.toReversed(),
          directly_follows: graph.directly_follows.toReversed(),
          start_activities: Object.fromEntries(Object.entries(graph.start_activities).reverse())
        };
        expect(reduceGraph(turned, shown).edges).toEqual(reduceGraph(graph, shown).edges);
      })
    );
  });

  test('marks a way through hidden activities with their number', () => {
    const graph = graphOf([['a', 'x', 'y', 'b'], ['a'], ['b']]);
    const { edges, nodes } = reduceGraph(graph, { activities: 0.5, paths: 0 });
    expect(nodes.map(({ label }) => label)).toEqual(['Start', 'b', 'a', 'End']);
    expect(edges.filter(({ kind }) => kind === 'via_hidden')).toEqual([]);
    const queue = reduceGraph(graphOf([['x', 'a', 'a', 'y', 'z', 'b', 'b', 'x']]), { activities: 0.5, paths: 0 });
    // Shown: a, b and x, each twice; y and z are hidden between a and b, and the first to be left out by name.
    expect(queue.nodes.map(({ id }) => id)).toEqual([START, 'a', 'b', 'x', END]);
    expect(queue.edges.filter(({ kind }) => kind === 'via_hidden')).toEqual([
      { kind: 'via_hidden', a: 'a', b: 'b', via_hidden: 2 }
    ]);
  });

  test('of a log without an event is empty', () => {
    expect(reduceGraph(graphOf([]), { activities: 1, paths: 1 })).toMatchObject({ nodes: [], edges: [] });
  });

  test('of 500 activities is made within a frame or a few', () => {
    const log = Array.from({ length: 500 }, (_, n) => [0, 1, 7, 7, n, (n * 31) % 500, (n * 17) % 500].map(String));
    const before = performance.now();
    reduceGraph(graphOf(log), { activities: 1, paths: 0.4 });
    reduceGraph(graphOf(log), { activities: 0.3, paths: 0.4 });
    expect(performance.now() - before).toBeLessThan(1500);
  });
});
