import { z } from 'zod';

export const ObjectType = z.string().min(1).max(200);

/**
 * One declared step over links: from objects of one type to objects of another. `out` follows the link
 * from --qualifier--> to; `in` goes against it, from its target to its source.
 *
 * @example { from: 'invoice', qualifier: 'for', direction: 'in', to: 'payment' } // the payments for an invoice
 */
export const Step = z.strictObject({
  from: ObjectType,
  qualifier: z.string().max(200),
  direction: z.enum(['out', 'in']),
  to: ObjectType
});
export type Step = z.infer<typeof Step>;

/** Objects that many cases share: they may be reached, and never left, unless cases start from them. */
export const neverThrough: readonly string[] = ['customer', 'person', 'opportunity', 'project'];

/**
 * What is wrong with steps from a leading type, each with its place and what would mend it; empty when nothing is.
 *
 * Every way into a type must come before the first way out of it, so that what is reached does not depend on the order
 * of the steps, and none may lead back to the leading type: one case would run into another.
 */
export function stepFaults(leading: string, steps: readonly Step[]): { step: number; message: string }[] {
  const reached = new Set([leading]);
  const left = new Set<string>();
  const faults: { step: number; message: string }[] = [];
  for (const [step, { from, to }] of steps.entries()) {
    const fault = (message: string) => faults.push({ step, message });
    if (from !== leading && neverThrough.includes(from))
      fault(`it passes through "${from}", which other cases share: end there, or make "${from}" the leading type`);
    if (!reached.has(from)) fault(`"${from}" is not reached yet: put a step that leads to it before`);
    if (to === leading) fault(`it leads back to "${leading}", into other cases: leave it out`);
    else if (from === to || left.has(to))
      fault(`"${to}" was left already: put every step that leads to "${to}" before the first from it`);
    reached.add(to);
    left.add(from);
  }
  return faults;
}

/** The types that steps reach, the leading one first. */
export function typesReached(leading: string, steps: readonly Step[]): string[] {
  return [...new Set([leading, ...steps.map(({ to }) => to)])];
}

/** @example 'project ← milestone (part_of)' */
export function stepInWords({ from, qualifier, direction, to }: Step): string {
  return `${from} ${direction === 'out' ? '→' : '←'} ${to}${qualifier === '' ? '' : ` (${qualifier})`}`;
}
