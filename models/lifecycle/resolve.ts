import { z } from 'zod';
import { BadSetup } from './bad-setup.ts';
import { Lifecycle } from './schema.ts';

/** From the widest to the narrowest: a later level decides over an earlier one. */
export const levels = ['firm', 'region', 'legal_entity', 'service_line', 'project_type'] as const;
export type Level = (typeof levels)[number];

/** New values by id: whole fields of what is there, all fields of what is new, null for what does not hold. */
const Changes = z.record(z.string(), z.union([z.record(z.string(), z.json()), z.null()])).optional();

/**
 * What a firm, or one of its regions, entities, lines or project types does otherwise than the canonical lifecycle. A
 * field is replaced as a whole, lists too.
 *
 * @example
 * { level: 'region', of: 'APAC', stages: { financial_setup: { goal: { business: 'P5D' } } },
 *   rules: { transition_to_cs: null } }
 */
export const Layer = z
  .strictObject({
    level: z.enum(levels),
    /** The region, entity, service line or billing model that it is of. */
    of: z.string().min(1).optional(),
    functions: Changes,
    stages: Changes,
    handoffs: Changes,
    rules: Changes,
    views: Changes
  })
  .refine(({ level, of }) => (level === 'firm') === (of === undefined), {
    message: 'a layer of the firm has no `of`, every other says of which region, entity, line or type it is',
    path: ['of']
  });
export type Layer = z.infer<typeof Layer>;

/** Where a project belongs. What is unknown takes no layer. */
export interface Belonging {
  region?: string | undefined;
  legal_entity?: string | undefined;
  service_line?: string | undefined;
  billing_model?: string | undefined;
}

export interface Effective {
  lifecycle: Lifecycle;
  /** Which layer decided each value that is not the canonical one: `stages.financial_setup.goal` → `region APAC`. */
  decided: Record<string, string>;
}

const kinds = ['functions', 'stages', 'handoffs', 'rules', 'views'] as const;

/**
 * The lifecycle that holds for a project: the canonical one, changed by the layers that it belongs to, from the firm to
 * its type; of two layers of one level the later decides.
 *
 * @throws {BadSetup} when a layer leaves a lifecycle that makes no sense
 * @example
 * resolve(professionalServices, layers, { region: 'APAC' }).decided['stages.financial_setup.goal'] // 'region APAC'
 */
export function resolve(lifecycle: Lifecycle, layers: readonly Layer[], belonging: Belonging = {}): Effective {
  const of: Record<Level, string | undefined> = {
    firm: undefined,
    region: belonging.region,
    legal_entity: belonging.legal_entity,
    service_line: belonging.service_line,
    project_type: belonging.billing_model
  };
  const holding = levels.flatMap((level) =>
    layers.filter((layer) => layer.level === level && (level === 'firm' || layer.of === of[level]))
  );
  return holding.reduce<Effective>(apply, { lifecycle, decided: {} });
}

function apply({ lifecycle, decided }: Effective, layer: Layer): Effective {
  const label = layerName(layer);
  const next: Record<string, unknown> = { ...lifecycle };
  const paths: string[] = [];
  for (const kind of kinds) {
    const changes = Object.entries(layer[kind] ?? {});
    if (changes.length === 0) continue;
    const items = new Map<string, object>(lifecycle[kind].map((item) => [item.id, item]));
    for (const [id, change] of changes) {
      if (change === null) {
        items.delete(id);
        paths.push(`${kind}.${id}`);
        continue;
      }
      const known = items.get(id);
      items.set(id, { ...known, ...change, id });
      paths.push(...(known ? Object.keys(change).map((field) => `${kind}.${id}.${field}`) : [`${kind}.${id}`]));
    }
    next[kind] = [...items.values()];
  }
  const read = Lifecycle.safeParse(next);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new BadSetup(
      `the lifecycle layer "${label}" cannot hold: ${place(next, issue?.path ?? [])}: ${issue?.message ?? 'unknown'}`,
      'a layer replaces whole fields; what it adds needs every field (models/lifecycle/schema.ts), and null takes away'
    );
  }
  return { lifecycle: read.data, decided: { ...decided, ...Object.fromEntries(paths.map((path) => [path, label])) } };
}

/** @example 'region APAC' */
export function layerName({ level, of }: Pick<Layer, 'level' | 'of'>): string {
  return of === undefined ? level : `${level.replace('_', ' ')} ${of}`;
}

/** A place in a list is said by the id of what stands there. */
function place(lifecycle: Record<string, unknown>, [kind, index, ...rest]: readonly PropertyKey[]): string {
  const items = lifecycle[String(kind)] as { id?: string }[] | undefined;
  const id = typeof index === 'number' ? items?.[index]?.id : index;
  return [kind, id, ...rest]
    .filter((part) => part !== undefined)
    .map(String)
    .join('.');
}
