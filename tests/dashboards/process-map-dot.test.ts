import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromGraphvizJson, toDot, type MapLayout } from '#dashboards/boards/process-map-dot.ts';
import { reduceGraph, type ReducedGraph } from '#dashboards/boards/process-map.ts';
import { graphOf } from './graphs.ts';

let graphviz: Graphviz;
beforeAll(async () => {
  graphviz = await Graphviz.load();
});

const label = { width: 44, height: 16 };
const laidOut = (graph: ReducedGraph): MapLayout =>
  fromGraphvizJson(graphviz.layout(toDot(graph, { labelSize: () => label }), 'json', 'dot'), graph);

/** 40 activities, 160 edges with start and end ones: a main path, shortcuts, ways back and self-loops. */
function largeGraph(): ReducedGraph {
  const name = (n: number) => `Activity ${String(n % 40).padStart(2, '0')}`;
  const main = Array.from({ length: 40 }, (_, n) => name(n));
  const side = Array.from({ length: 160 }, (_, n) => [name(n), name(n * 7 + 3 + 5 * Math.floor(n / 40))]);
  const again = Array.from({ length: 8 }, (_, n) => [name(n * 5), name(n * 5)]);
  const graph = graphOf([...side, ...again, ...Array.from({ length: 30 }, () => main)]);
  const edges = graph.directly_follows.toSorted((a, b) => b.count - a.count);
  const loops = edges.filter(({ a, b }) => a === b).slice(0, 8);
  const others = edges.filter(({ a, b }) => a !== b).slice(0, 150);
  return reduceGraph(
    {
      ...graph,
      directly_follows: [...loops, ...others],
      start_activities: { [name(0)]: 900 },
      end_activities: { [name(39)]: 900 }
    },
    { activities: 1, paths: 1 }
  );
}

interface Rectangle {
  left: number;
  right: number;
  top: number;
  bottom: number;
}
const around = (x: number, y: number, w: number, h: number): Rectangle => ({
  ...{ left: x - w / 2, right: x + w / 2, top: y - h / 2, bottom: y + h / 2 }
});
const overlap = (a: Rectangle, b: Rectangle) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;

describe('a map of 40 activities and 160 edges', () => {
  const graph = largeGraph();
  let layout: MapLayout;
  beforeAll(() => {
    layout = laidOut(graph);
  });

  test('is the size the house rule names, with self-loops', () => {
    expect(graph.nodes).toHaveLength(42);
    expect(graph.edges).toHaveLength(160);
    expect(graph.edges.filter(({ a, b }) => a === b)).toHaveLength(8);
  });

  test('places every node and edge inside the picture, the start above the end', () => {
    expect(layout.nodes.map(({ id }) => id)).toEqual(graph.nodes.map(({ id }) => id));
    expect(layout.edges.map(({ a, b }) => [a, b])).toEqual(graph.edges.map(({ a, b }) => [a, b]));
    for (const { x, y, w, h } of layout.nodes) {
      const box = around(x, y, w, h);
      expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(-1);
      expect(box.right).toBeLessThanOrEqual(layout.width + 1);
      expect(box.bottom).toBeLessThanOrEqual(layout.height + 1);
    }
    expect(layout.nodes[0]?.y).toBeLessThan(layout.nodes.at(-1)?.y ?? 0);
    for (const { path, arrow } of layout.edges) {
      expect(path).toMatch(/^M-?[\d.]+,-?[\d.]+C(-?[\d.]+,-?[\d.]+ ?)+$/);
      expect(arrow.split(' ')).toHaveLength(3);
    }
  });

  test('has no label on a label and none on a box', () => {
    const labels = layout.edges.map(
      (edge) => edge.label && around(edge.label.x, edge.label.y, label.width, label.height)
    );
    const boxes = layout.nodes.map(({ x, y, w, h }) => around(x, y, w, h));
    expect(labels.every(Boolean)).toBe(true);
    const known = labels.filter((one) => one !== undefined);
    const onLabels = known.flatMap((one, index) => known.slice(index + 1).filter((other) => overlap(one, other)));
    const onBoxes = known.flatMap((one) => boxes.filter((box) => overlap(one, box)));
    expect({ onLabels, onBoxes }).toEqual({ onLabels: [], onBoxes: [] });
  });
});

test('a frequent path is straight: its boxes lie above each other', () => {
  const frequent = Array.from({ length: 30 }, () => ['a', 'b', 'c', 'd']);
  const graph = reduceGraph(graphOf([['a', 'x', 'd'], ['a', 'c'], ...frequent]), { activities: 1, paths: 1 });
  const { nodes } = laidOut(graph);
  const xs = nodes.filter(({ id }) => 'abcd'.includes(id)).map(({ x }) => x);
  expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(2);
});

test('any name can be drawn, and none enters the input', () => {
  const names = ['"];} digraph', '<b>&amp;</b>', 'n0', 'a\\nb\n', 'graph', '数\u2028', ''];
  const graph = reduceGraph(graphOf([names, names.toReversed()]), { activities: 1, paths: 1 });
  expect(toDot(graph)).not.toMatch(/amp|数|digraph.*digraph/);
  const { nodes } = laidOut(graph);
  expect(nodes.map(({ id }) => id).sort()).toEqual(graph.nodes.map(({ id }) => id).sort());
});

test('the same graph gives the same input, whatever the metric is but for the labels', () => {
  const graph = reduceGraph(graphOf([['a', 'b']]), { activities: 1, paths: 1 });
  const bare = (metric: 'frequency' | 'time') => toDot(graph, { metric }).replaceAll(/ label=<.*>>/g, '');
  expect(bare('time')).toBe(bare('frequency'));
  expect(toDot(graph, { metric: 'time' })).not.toBe(toDot(graph));
});
