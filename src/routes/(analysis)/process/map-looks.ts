import { START, END, type ReducedGraph, type ShownEdge, type ShownNode } from '#dashboards/boards/process-map.ts';
import type { DotOptions } from '#dashboards/boards/process-map-dot.ts';
import type { DirectlyFollowsEdge } from '#mining/directly-follows-graph.ts';
import { formatDuration } from '#models/units/duration.ts';
import { formatCount } from '#models/units/number.ts';

export const measures = [
  { key: 'frequency', name: 'Frequency', of: 'times it happened' },
  { key: 'median', name: 'Median time', of: 'median time between, wall clock' },
  { key: 'mean', name: 'Mean time', of: 'mean time between, wall clock' },
  { key: 'p90', name: 'P90 time', of: 'time between that 90 % stay under, wall clock' },
  { key: 'total', name: 'Total time', of: 'time between summed over all cases, wall clock' }
] as const;
export type Measure = (typeof measures)[number]['key'];

/** What is drawn of a node: its name in lines that fit, its figure, and how dark it is. */
export interface NodeLook {
  node: ShownNode;
  lines: string[];
  figure: string;
  /** 1 to 5, a step of the sequential colours. */
  level: number;
  width: number;
  height: number;
}
export interface EdgeLook {
  id: string;
  edge: ShownEdge;
  label: string;
  labelWidth: number;
  stroke: number;
  level: number;
}
/** In the order of the graph's nodes and edges. */
export interface MapLooks {
  nodes: NodeLook[];
  edges: EdgeLook[];
}

export const edgeId = (from: string, to: string) => JSON.stringify([from, to]);

export const timeOf = (edge: DirectlyFollowsEdge, measure: Measure): number | undefined =>
  ({ frequency: undefined, median: edge.median_s, mean: edge.mean_s, p90: edge.p90_s, total: edge.total_s })[measure];

/** Everything that the picture says, with sizes measured in the font it is drawn in. Pure but for `widthOf`. */
export function mapLooks(graph: ReducedGraph, measure: Measure, widthOf: (text: string) => number): MapLooks {
  const most = Math.max(1, ...graph.activities.map(({ count }) => count));
  const busiest = Math.max(1, ...graph.directly_follows.map(({ count }) => count));
  const largest = Math.max(1e-9, ...graph.directly_follows.map((edge) => timeOf(edge, measure) ?? edge.count));
  const roomOf = (label: string) => (label ? Math.ceil(widthOf(label) * LABEL_SIZE + 8) : 0);

  const nodes = graph.nodes.map((node): NodeLook => {
    if (node.kind !== 'activity') return { node, lines: [node.label], figure: '', level: 1, width: 56, height: 24 };
    const lines = wrapped(node.label, widthOf, 168);
    const figure = formatCount(node.count);
    const width = Math.ceil(Math.max(72, ...lines.map(widthOf), widthOf(figure)) + 24);
    return { node, lines, figure, level: level(node.count / most), width, height: 32 + 16 * lines.length };
  });
  const edges = graph.edges.map((edge): EdgeLook => {
    const id = edgeId(edge.a, edge.b);
    if (edge.kind === 'via_hidden') return { id, edge, label: '', labelWidth: 0, stroke: 1, level: 1 };
    if (edge.kind !== 'follows') {
      const label = measure === 'frequency' ? formatCount(edge.count) : '';
      const stroke = 1 + 2 * Math.sqrt(edge.count / busiest);
      return { id, edge, label, labelWidth: roomOf(label), stroke, level: 1 };
    }
    const time = timeOf(edge, measure);
    const share = (time ?? edge.count) / largest;
    const label = measure === 'frequency' ? formatCount(edge.count) : time === undefined ? '–' : formatDuration(time);
    return { id, edge, label, labelWidth: roomOf(label), stroke: 1 + 5 * Math.sqrt(share), level: level(share) };
  });
  return { nodes, edges };
}

/** The room that the layout keeps for each box and label. */
export function roomFor({ nodes, edges }: MapLooks): DotOptions {
  const boxes = new Map(nodes.map((look) => [look.node, look]));
  const labels = new Map(edges.map(({ edge, labelWidth }) => [edge, labelWidth]));
  return {
    nodeSize: (node) => {
      const { width = 72, height = 48 } = boxes.get(node) ?? {};
      return { width, height };
    },
    labelSize: (edge) => ({ width: labels.get(edge) ?? 0, height: 16 })
  };
}

/** Where an edge leads, in words. */
export const nameOf = (id: string) => (id === START ? 'Start' : id === END ? 'End' : id);

/** Labels are drawn at 11 px, widths are measured at 13 px. */
const LABEL_SIZE = 11 / 13;

/** Small shares stay apart: the root spreads what a straight scale would press into one step. */
const level = (share: number) => Math.max(1, Math.min(5, Math.ceil(5 * Math.sqrt(share))));

/** At most two lines, broken between words; what does not fit ends in an ellipsis (the whole name is on hover). */
function wrapped(text: string, widthOf: (text: string) => number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (!line || widthOf(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const [first = '', ...rest] = lines;
  return [first, ...(rest.length > 0 ? [rest.join(' ')] : [])].map((one) => clipped(one, widthOf, width));
}

function clipped(text: string, widthOf: (text: string) => number, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = [...text];
  while (kept.length > 1 && widthOf(`${kept.join('')}…`) > width) kept = kept.slice(0, -1);
  return `${kept.join('').trimEnd()}…`;
}
