import { formatCount } from '#models/units/number.ts';
import { END, START, type ReducedGraph, type ShownEdge, type ShownNode } from './process-map.ts';

export interface Size {
  width: number;
  height: number;
}

export interface DotOptions {
  /** What the edges are labelled with: it decides how much room a label needs, and never where nodes lie by weight. */
  metric?: 'frequency' | 'time';
  /** In px, as the box will be drawn. */
  nodeSize?: (node: ShownNode) => Size;
  /** In px, as the label will be drawn; 0 = no label. */
  labelSize?: (edge: ShownEdge) => Size;
}

export interface MapLayout extends Size {
  /** In the order of the graph's nodes. x and y are the box's centre, in px from the top left. */
  nodes: { id: string; x: number; y: number; w: number; h: number }[];
  /** In the order of the graph's edges. */
  edges: MapLayoutEdge[];
}

export interface MapLayoutEdge {
  a: string;
  b: string;
  /** SVG path data up to the arrow's base. */
  path: string;
  /** SVG `points` of the arrow head. */
  arrow: string;
  /** The label's centre; absent where it has none. */
  label?: { x: number; y: number };
}

type Graph = Pick<ReducedGraph, 'nodes' | 'edges'>;

const PER_INCH = 72;
const CHARACTER = 7;
const LINE = 16;

/**
 * The map as input for Graphviz's `dot`, top to bottom.
 *
 * No name of a log enters it: nodes are n0, n1, … and edges e0, e1, … in the order of the graph, boxes have the size
 * they will be drawn in, and a label is an empty table of the label's size. Frequent edges weigh more, so that they
 * are drawn short and straight and the main path runs down the middle. The layout hangs on counts alone: another
 * metric changes what the labels say and the map stays where it is, but for the room they need.
 *
 * Syntax: https://graphviz.org/doc/info/lang.html; `weight`: https://graphviz.org/docs/attrs/weight/.
 *
 * @example
 * const layout = fromGraphvizJson(graphviz.layout(toDot(graph), 'json', 'dot'), graph);
 */
export function toDot(
  { nodes, edges }: Graph,
  { metric = 'frequency', nodeSize = nodeRoom, labelSize = (edge) => labelRoom(edge, metric) }: DotOptions = {}
): string {
  const numbers = new Map(nodes.map(({ id }, index) => [id, index]));
  const busiest = Math.max(1, ...edges.map(countOf));
  const lines = nodes.map((node, index) => {
    const { width, height } = nodeSize(node);
    const box = `n${index} [width=${inches(width)} height=${inches(height)}]`;
    return node.id === START ? `{rank=source ${box}}` : node.id === END ? `{rank=sink ${box}}` : box;
  });
  for (const [index, edge] of edges.entries()) {
    const [from, to] = [numbers.get(edge.a), numbers.get(edge.b)];
    if (from === undefined || to === undefined) continue;
    const weight = Math.max(1, Math.round(60 * (countOf(edge) / busiest)));
    lines.push(`n${from} -> n${to} [id="e${index}" weight=${weight}${emptyLabel(labelSize(edge))}]`);
  }
  return `digraph {
rankdir=TB nodesep=0.3 ranksep=0.34
node [shape=box fixedsize=true label=""]
edge [arrowsize=0.7]
${lines.join('\n')}
}
`;
}

/**
 * Graphviz's answer (format `json`; `json0` has the same positions) in px, for an SVG of one's own: y runs downwards.
 *
 * @param graph the one given to `toDot`
 * @throws {SyntaxError} when the text is no JSON
 */
export function fromGraphvizJson(json: string, { nodes, edges }: Graph): MapLayout {
  const { bb, objects = [], edges: drawn = [] } = JSON.parse(json) as GraphvizJson;
  const [, , width = 0, height = 0] = bb.split(',').map(Number);
  const point = (text: string): Point => {
    const [x = 0, y = 0] = text.split(',').map(Number);
    return { x, y: height - y };
  };
  const boxes = new Map(objects.map((object) => [object.name, object]));
  const splines = new Map(drawn.map((edge) => [edge.id, edge]));
  return {
    width,
    height,
    nodes: nodes.flatMap(({ id }, index) => {
      const box = boxes.get(`n${index}`);
      if (!box) return [];
      return [{ id, ...point(box.pos), w: Number(box.width) * PER_INCH, h: Number(box.height) * PER_INCH }];
    }),
    edges: edges.flatMap(({ a, b }, index): MapLayoutEdge[] => {
      const edge = splines.get(`e${index}`);
      const spline = edge && splineOf(edge.pos, point);
      return spline ? [{ a, b, ...spline, ...(edge.lp && { label: point(edge.lp) }) }] : [];
    })
  };
}

interface GraphvizJson {
  bb: string;
  objects?: { name: string; pos: string; width: string; height: string }[];
  edges?: { id: string; pos: string; lp?: string }[];
}

interface Point {
  x: number;
  y: number;
}

/** "e,27,108 27,143 27,135 27,126 27,118": the arrow's tip, then the points of cubic Bézier curves. */
function splineOf(pos: string, point: (text: string) => Point): { path: string; arrow: string } | undefined {
  const parts = pos.split(' ');
  const [start, ...curve] = parts.filter((part) => !/^[se],/.test(part)).map(point);
  const base = curve.at(-1);
  if (!start || !base) return undefined;
  const tip = parts.find((part) => part.startsWith('e,'));
  const { x, y } = tip === undefined ? base : point(tip.slice(2));
  const angle = Math.atan2(y - base.y, x - base.x);
  const wing = (turn: number): Point => ({ x: x + 8 * Math.cos(angle + turn), y: y + 8 * Math.sin(angle + turn) });
  return {
    path: `M${written(start)}C${curve.map(written).join(' ')}`,
    arrow: [{ x, y }, wing(Math.PI - 0.42), wing(Math.PI + 0.42)].map(written).join(' ')
  };
}

const written = ({ x, y }: Point) => `${x.toFixed(1)},${y.toFixed(1)}`;

const inches = (px: number) => (px / PER_INCH).toFixed(3);

const countOf = (edge: ShownEdge) => (edge.kind === 'via_hidden' ? 0 : edge.count);

function emptyLabel({ width, height }: Size): string {
  if (width <= 0) return '';
  const size = `FIXEDSIZE="TRUE" WIDTH="${Math.ceil(width)}" HEIGHT="${Math.ceil(height)}"`;
  return ` label=<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" ${size}><TR><TD></TD></TR></TABLE>>`;
}

/** Room for a name of up to two lines and its count, where nobody measured. */
function nodeRoom({ kind, label }: ShownNode): Size {
  if (kind !== 'activity') return { width: 56, height: 24 };
  const line = Math.min(label.length, label.length > 24 ? Math.max(24, label.length / 2) : 24, 40);
  return { width: Math.max(96, line * CHARACTER + 24), height: label.length > 24 ? 64 : 48 };
}

/** A count in full, a time in up to eight characters ("12.3 days"), nothing where there is no figure. */
function labelRoom(edge: ShownEdge, metric: 'frequency' | 'time'): Size {
  if (edge.kind === 'via_hidden' || (metric === 'time' && edge.kind !== 'follows')) return { width: 0, height: 0 };
  const characters = metric === 'time' ? 9 : formatCount(edge.count).length;
  return { width: characters * CHARACTER + 8, height: LINE };
}
