import { z } from 'zod';

/** Who did it, at each level of the organisation that an event can name. */
export const Dimension = z.enum(['team', 'resource', 'role', 'system', 'legal_entity']);
export type Dimension = z.infer<typeof Dimension>;

const Name = z.string().max(10_000);
const Names = z.array(Name).min(1).max(1_000);
const Instant = z.iso.datetime({ offset: true });
const Milliseconds = z.number().finite();

/**
 * One condition. All but `events` keep or drop whole cases; `events` removes events and re-links their neighbours,
 * and every result computed under it says so (`relinked: true`).
 */
export const Clause = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('period'),
    mode: z.enum(['active', 'contained', 'started', 'ended']),
    from: Instant.optional(),
    to: Instant.optional()
  }),
  z.strictObject({
    kind: z.literal('attribute'),
    scope: z.enum(['case', 'event']),
    key: Name,
    values: Names.optional(),
    min: z.number().finite().optional(),
    max: z.number().finite().optional(),
    exclude: z.boolean().optional()
  }),
  z.strictObject({
    kind: z.literal('party'),
    dimension: Dimension,
    values: Names,
    exclude: z.boolean().optional()
  }),
  z.strictObject({ kind: z.literal('activity'), values: Names, match: z.enum(['any', 'all', 'none']) }),
  z.strictObject({ kind: z.literal('endpoint'), at: z.enum(['start', 'end']), values: Names }),
  z.strictObject({
    kind: z.literal('path'),
    from: Name,
    to: Name,
    relation: z.enum(['directly', 'eventually']),
    min_ms: Milliseconds.optional(),
    max_ms: Milliseconds.optional(),
    exclude: z.boolean().optional()
  }),
  z.strictObject({ kind: z.literal('handoff'), dimension: Dimension, from: Name, to: Name }),
  z.strictObject({
    kind: z.literal('variant'),
    ids: z
      .array(z.string().regex(/^[0-9a-f]{16}$/))
      .min(1)
      .max(1_000),
    exclude: z.boolean().optional()
  }),
  z.strictObject({
    kind: z.literal('duration'),
    min_ms: Milliseconds.optional(),
    max_ms: Milliseconds.optional()
  }),
  z.strictObject({ kind: z.literal('status'), status: z.enum(['open', 'closed']) }),
  z.strictObject({
    kind: z.literal('rework'),
    type: z.enum(['self_loop', 'loop_back']),
    activity: Name.optional()
  }),
  z.strictObject({ kind: z.literal('case'), contains: Name }),
  z.strictObject({ kind: z.literal('events'), activities: Names, keep: z.boolean() })
]);
export type Clause = z.infer<typeof Clause>;

/** Clauses are and-ed. An empty filter keeps everything. */
export const Filter = z.array(Clause).max(100);
export type Filter = z.infer<typeof Filter>;
