import { z } from 'zod';
import { ObjectType, Step, stepFaults, typesReached } from './traversal.ts';

export const Activities = z.array(z.string().min(1).max(10_000)).max(1_000);
const SomeActivities = Activities.min(1, 'name at least one activity');

/**
 * Holds while the latest of the activities named is one of `reached`: an activity of `undone_by` takes it back. Asked
 * of the whole case, or, with `every`, of each of its objects of that type apart (and true where it has none).
 */
export const EndPart = z.strictObject({
  every: ObjectType.optional(),
  reached: SomeActivities,
  undone_by: Activities.default([])
});
export type EndPart = z.infer<typeof EndPart>;

/** When a case is closed: while all parts hold. Judged anew with each event, so a later one can open it again. */
export const EndCondition = z.strictObject({ all: z.array(EndPart).min(1).max(20) });
export type EndCondition = z.infer<typeof EndCondition>;

/**
 * A case view by declared traversal: each object of the leading type is a case; the events of every object that the
 * steps reach are its events, each once.
 */
export const ViewDefinition = z
  .strictObject({
    leading: ObjectType,
    grain: z.enum(['event', 'instance']).default('event'),
    steps: z.array(Step).max(100).default([]),
    end: EndCondition.optional(),
    /** Set where the view is one of the lifecycle's, and follows it when that changes. */
    lifecycle_view: z.string().optional()
  })
  .superRefine(({ leading, steps, end }, context) => {
    for (const { step, message } of stepFaults(leading, steps)) {
      context.addIssue({ code: 'custom', path: ['steps', step], message });
    }
    const types = typesReached(leading, steps);
    for (const [part, { every }] of (end?.all ?? []).entries()) {
      if (every === undefined || types.includes(every)) continue;
      const message = `no step reaches "${every}": the view has ${types.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['end', 'all', part, 'every'], message });
    }
  });
export type ViewDefinition = z.infer<typeof ViewDefinition>;

/** @example 'Project closed (until Project reopened), and for every invoice Invoice paid or Invoice credited' */
export function endInWords({ all }: EndCondition): string {
  return all
    .map(({ every, reached, undone_by }) => {
      const until = undone_by.length > 0 ? ` (until ${either(undone_by)})` : '';
      return `${every === undefined ? '' : `for every ${every} `}${either(reached)}${until}`;
    })
    .join(', and ');
}

const either = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ');
