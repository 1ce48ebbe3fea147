import { z } from 'zod';
import { Goal } from './goal.ts';
import { ObjectType, Step, stepFaults, typesReached } from './traversal.ts';
import { Activities, ViewDefinition } from './view-definition.ts';

const Id = z.string().regex(/^[a-z][a-z0-9_]*$/, 'an id is of small letters, digits and _');
const Name = z.string().min(1).max(200);
const SomeActivities = Activities.min(1, 'name at least one activity');
const Steps = z.array(Step).max(100).default([]);

/** What a department does for a project, whatever a firm calls it. The setup maps departments to functions. */
export const OrganisationFunction = z.strictObject({
  id: Id,
  name: Name,
  /** `people` of the firm; `software`: integration users, who release and never pick up; `outside`: the customer. */
  kind: z.enum(['people', 'software', 'outside']).default('people')
});
export type OrganisationFunction = z.infer<typeof OrganisationFunction>;

/** The kind of system that holds the facts of a stage. */
export const SystemOfRecord = z.enum(['crm', 'psa', 'erp', 'approvals', 'procurement', 'hr', 'customer_success']);
export type SystemOfRecord = z.infer<typeof SystemOfRecord>;

export const Severity = z.enum(['low', 'medium', 'high']);
export type Severity = z.infer<typeof Severity>;

/** An attribute that must be known when the stage is entered. Its id is that of the rule. */
export const RequiredField = z.strictObject({
  id: Id,
  object: ObjectType,
  attribute: Name,
  severity: Severity.default('medium')
});
export type RequiredField = z.infer<typeof RequiredField>;

/** Time that is meant to pass: no stall, and nobody's fault. It runs from the one to the next of the other. */
export const DeclaredWait = z.strictObject({ from: SomeActivities, until: SomeActivities, why: Name });
export type DeclaredWait = z.infer<typeof DeclaredWait>;

/**
 * A stage of the lifecycle. Each object of the anchor type goes through it: in from the first of `enter`, out at the
 * first of `leave` after it, in again when entered again. Its events are those of the object and of what `reach` leads
 * to.
 */
export const Stage = z.strictObject({
  id: Id,
  name: Name,
  anchor: ObjectType,
  reach: Steps,
  owner: Id,
  record: SystemOfRecord,
  enter: SomeActivities,
  leave: SomeActivities,
  /** The stages that may follow. */
  next: z.array(Id).default([]),
  required: z.array(RequiredField).default([]),
  expected: Activities.default([]),
  progress: Activities.default([]),
  /** No rework when done again. */
  repeatable: Activities.default([]),
  waits: z.array(DeclaredWait).default([]),
  goal: Goal.optional()
});
export type Stage = z.infer<typeof Stage>;

/**
 * A handoff: one row an anchor object and round. Released and picked up are looked for on the anchor object, and on
 * what `reach` leads to (no steps: both on the anchor object itself).
 */
export const Handoff = z.strictObject({
  id: Id,
  name: Name,
  from: Id,
  to: Id,
  anchor: ObjectType,
  reach: Steps,
  /** The stage that the receiver does after it. */
  stage: Id,
  release: SomeActivities,
  /** Counts when a person of the receiving function does it, and for a function outside whoever books it. */
  pick_up: SomeActivities,
  /** The receiver gives it back: the round was a bounce, and the sender has it again. */
  returns: Activities.default([]),
  /** The sender does not take what the receiver made: the receiver has it again, without a new release. */
  refusals: Activities.default([]),
  /** The receiver has taken it for good: what comes back afterwards is a correction, and no bounce. */
  accept: Activities.default([]),
  /** Shows that the receiver has picked it up by then, where nobody of the receiver was seen to do so. */
  settles: Activities.default([]),
  /** Puts right what was accepted: no bounce, and yet it was not right the first time. */
  corrections: Activities.default([]),
  /** Ends the handoff without a pick-up. */
  cancel: Activities.default([]),
  /** Whether the wait holds up money that is ready to be billed or paid. */
  billing: z.boolean().default(false),
  goal: Goal.optional()
});
export type Handoff = z.infer<typeof Handoff>;

const rule = { id: Id, name: Name, owner: Id, severity: Severity.default('medium') };
const anchored = { anchor: ObjectType, reach: Steps };

export const StatedRule = z.discriminatedUnion('kind', [
  /** Each of `after` needs one of `before` earlier. */
  z.strictObject({
    kind: z.literal('must_precede'),
    ...rule,
    ...anchored,
    before: SomeActivities,
    after: SomeActivities
  }),
  /** Once one of `once` happened, one of `then` must follow (or have gone before), within the goal where there is one. */
  z.strictObject({
    kind: z.literal('must_happen'),
    ...rule,
    ...anchored,
    once: SomeActivities,
    then: SomeActivities,
    within: Goal.optional()
  }),
  /** What one of `first` and one of `second` do must be different people's work. */
  z.strictObject({ kind: z.literal('two_people'), ...rule, ...anchored, first: SomeActivities, second: SomeActivities })
]);
export type StatedRule = z.infer<typeof StatedRule>;

/** A required field of a stage, as a rule. */
export interface FieldRule extends RequiredField {
  kind: 'required_field';
  name: string;
  owner: string;
  stage: string;
  anchor: string;
  reach: Step[];
}
export type Rule = StatedRule | FieldRule;

/** A lifecycle as a whole: every name that one part uses of another must be there. */
export const Lifecycle = z
  .strictObject({
    id: Id,
    name: Name,
    functions: z.array(OrganisationFunction).min(1),
    stages: z.array(Stage).min(1),
    handoffs: z.array(Handoff),
    rules: z.array(StatedRule),
    /** In the order in which they are shown. */
    views: z.array(z.strictObject({ id: Id, definition: ViewDefinition }))
  })
  .superRefine((lifecycle, context) => {
    const fault = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { stages, handoffs, rules, views } = lifecycle;
    const functions = new Set(lifecycle.functions.map(({ id }) => id));
    const stageIds = new Set(stages.map(({ id }) => id));
    const hasFunction = (path: PropertyKey[], id: string) => {
      if (!functions.has(id)) fault(path, `there is no function "${id}": ${[...functions].join(', ')}`);
    };
    const hasStage = (path: PropertyKey[], id: string) => {
      if (!stageIds.has(id)) fault(path, `there is no stage "${id}": ${[...stageIds].join(', ')}`);
    };
    const reaches = (path: PropertyKey[], { anchor, reach }: { anchor: string; reach: Step[] }) => {
      for (const { step, message } of stepFaults(anchor, reach)) fault([...path, 'reach', step], message);
    };
    for (const [kind, list] of Object.entries({ functions: lifecycle.functions, stages, handoffs, views })) {
      unique(
        [kind],
        list.map(({ id }) => id),
        fault
      );
    }
    unique(
      ['rules'],
      rulesOf(lifecycle).map(({ id }) => id),
      fault
    );
    for (const [i, stage] of stages.entries()) {
      const path = ['stages', i];
      hasFunction([...path, 'owner'], stage.owner);
      reaches(path, stage);
      for (const next of stage.next) hasStage([...path, 'next'], next);
      const types = typesReached(stage.anchor, stage.reach);
      for (const { id, object } of stage.required) {
        if (!types.includes(object))
          fault(
            [...path, 'required'],
            `"${id}" asks for "${object}", which the stage does not reach (${types.join(', ')})`
          );
      }
    }
    for (const [i, handoff] of handoffs.entries()) {
      const path = ['handoffs', i];
      hasFunction([...path, 'from'], handoff.from);
      hasFunction([...path, 'to'], handoff.to);
      hasStage([...path, 'stage'], handoff.stage);
      reaches(path, handoff);
    }
    for (const [i, rule] of rules.entries()) {
      hasFunction(['rules', i, 'owner'], rule.owner);
      reaches(['rules', i], rule);
    }
  });
export type Lifecycle = z.infer<typeof Lifecycle>;

/** All rules: those stated, and one for each required field of a stage. */
export function rulesOf({ stages, rules }: Pick<Lifecycle, 'stages' | 'rules'>): Rule[] {
  return [
    ...rules,
    ...stages.flatMap((stage) =>
      stage.required.map((field) => ({
        ...field,
        kind: 'required_field' as const,
        name: `${field.object} has ${field.attribute.replaceAll('_', ' ')} at ${stage.name.toLowerCase()}`,
        owner: stage.owner,
        stage: stage.id,
        anchor: stage.anchor,
        reach: stage.reach
      }))
    )
  ];
}

/** Activities that are no rework when done again, of all stages. */
export function repeatableActivities({ stages }: Pick<Lifecycle, 'stages'>): string[] {
  return [...new Set(stages.flatMap(({ repeatable }) => repeatable))].sort();
}

function unique(path: PropertyKey[], ids: string[], fault: (path: PropertyKey[], message: string) => void): void {
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length > 0) fault(path, `the id "${twice[0]}" is given twice`);
}
