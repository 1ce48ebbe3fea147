import type { CaseDetail } from '#mining/case-detail.ts';
import { inWords } from '../names.ts';
import { objectKey } from './lanes.ts';

export type CaseObject = CaseDetail['objects'][number];
type CaseLink = CaseDetail['links'][number];

export interface ObjectNode {
  object: CaseObject;
  /** How it hangs on the one above, in words: "part of", "for"; empty where only the events of the case join them. */
  relation: string;
  groups: ObjectGroup[];
}

/** The objects of one type below one object. */
export interface ObjectGroup {
  type: string;
  nodes: ObjectNode[];
}

/** Of two ways to hang an object somewhere, the one that says more: an invoice is for its milestone and part of a project. */
const telling = ['for', 'of', 'same_as', 'part_of'];

/**
 * The objects as a tree from the case's own outwards: each hangs on the nearest object that it is linked with, once.
 * What no link reaches was touched by the case's events alone, and hangs on the case's own object without a relation.
 */
export function objectTree(objects: CaseObject[], links: CaseLink[]): ObjectNode | null {
  const [own] = objects;
  if (!own) return null;
  const nodes = new Map(
    objects.map((object): [string, ObjectNode] => [objectKey(object), { object, relation: '', groups: [] }])
  );
  const neighbours = new Map<string, { key: string; relation: string; rank: number }[]>();
  const join = (at: string, key: string, qualifier: string, outwards: boolean) => {
    const rank = telling.includes(qualifier) ? telling.indexOf(qualifier) : telling.length;
    const words = inWords(qualifier) || 'linked';
    neighbours.set(at, [...(neighbours.get(at) ?? []), { key, relation: outwards ? `${words} →` : words, rank }]);
  };
  for (const { from, from_type, to, to_type, qualifier } of links) {
    const [a, b] = [objectKey({ type: from_type, id: from }), objectKey({ type: to_type, id: to })];
    join(b, a, qualifier, false);
    join(a, b, qualifier, true);
  }
  const placed = new Set<string>();
  const spread = (start: string) => {
    placed.add(start);
    for (let ring = [start]; ring.length > 0;) {
      const reached = new Map<string, { parent: string; relation: string; rank: number }>();
      for (const parent of ring)
        for (const { key, relation, rank } of neighbours.get(parent) ?? []) {
          const known = reached.get(key);
          if (placed.has(key) || !nodes.has(key) || (known && known.rank <= rank)) continue;
          reached.set(key, { parent, relation, rank });
        }
      for (const [key, { parent, relation }] of reached) {
        placed.add(key);
        hang(nodes, parent, key, relation);
      }
      ring = [...reached.keys()];
    }
  };
  const root = objectKey(own);
  spread(root);
  for (const object of objects) {
    const key = objectKey(object);
    if (placed.has(key)) continue;
    hang(nodes, root, key, '');
    spread(key);
  }
  return nodes.get(root) ?? null;
}

function hang(nodes: Map<string, ObjectNode>, parent: string, key: string, relation: string): void {
  const [above, node] = [nodes.get(parent), nodes.get(key)];
  if (!above || !node) return;
  node.relation = relation;
  const group = above.groups.find(({ type }) => type === node.object.type);
  if (group) group.nodes.push(node);
  else above.groups.push({ type: node.object.type, nodes: [node] });
}

export const countOf = (group: ObjectGroup): number =>
  group.nodes.reduce(
    (sum, { groups }) => sum + groups.reduce((all, below) => all + countOf(below), 0),
    group.nodes.length
  );
