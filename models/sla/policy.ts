import { z } from 'zod';
import { Goal, goalMs } from '#models/lifecycle/goal.ts';
import { ObjectType, Step } from '#models/lifecycle/traversal.ts';
import { Activities } from '#models/lifecycle/view-definition.ts';

const Id = z.string().regex(/^[a-z][a-z0-9_]*$/, 'an id is of small letters, digits and _');

/**
 * How long a promise lasts. Beside a duration, by the end of a business day: of the n-th after the day on which the
 * clock starts; 0 is that day itself, or the next one where it has no working time left.
 */
export const SlaGoal = z.union(
  [...Goal.options, z.strictObject({ end_of_business_day: z.int().min(0).max(250) })],
  'a goal is {"business": "PT24H"}, {"wall": "P3D"} or {"end_of_business_day": 2}'
);
export type SlaGoal = z.infer<typeof SlaGoal>;

/**
 * Whose hours count: those of the team that is accountable (the office where the function works for the subject's region
 * and legal entity), of one office, or of the log's own calendar.
 */
export const SlaCalendar = z.union(
  [z.strictObject({ function: Id }), z.strictObject({ office: z.string().min(1).max(200) }), z.literal('log')],
  'a calendar is {"function": "finance_operations"}, {"office": "BER"} or "log"'
);
export type SlaCalendar = z.infer<typeof SlaCalendar>;

/** What may become an action: about to be late, late, and done (or called off) after it was late. */
export const Edge = z.enum(['warned', 'breached', 'resolved']);
export type Edge = z.infer<typeof Edge>;

/**
 * What a start does once the clock has stopped: nothing; begin a cycle of its own; go on with the cycle, the time
 * between not counted; or go on as if it had never stopped. After a cancelled cycle a start always begins a new one.
 */
export const OnRestart = z.enum(['ignore', 'new_cycle', 'resume', 'total']);

const Values = z.array(z.string().min(1)).min(1).max(1_000).optional();

/**
 * A promise about objects of one type. Its clock runs from a start to a stop on the events of the object and of what
 * `reach` leads to; pauses do not count; a cancel calls it off.
 *
 * @example
 * Policy.parse({ id: 'deal_to_erp', name: 'Deal won to project in ERP', anchor: 'opportunity', start: ['Deal won'],
 *   stop: ['Project created in ERP'], goal: { business: 'PT24H' }, calendar: { function: 'project_operations' } })
 */
export const Policy = z
  .strictObject({
    id: Id,
    name: z.string().trim().min(1).max(200),
    anchor: ObjectType,
    reach: z.array(Step).max(100).default([]),
    start: Activities.min(1, 'name at least one activity that starts the clock'),
    pause: Activities.default([]),
    resume: Activities.default([]),
    stop: Activities.min(1, 'name at least one activity that stops the clock'),
    cancel: Activities.default([]),
    goal: SlaGoal,
    /** Not needed where the goal is wall-clock time. */
    calendar: SlaCalendar.optional(),
    on_restart: OnRestart.default('ignore'),
    /** Share of the goal after which a running clock is warned of. */
    warn_at: z.number().gt(0).lt(1).optional(),
    /** Only subjects that belong here. */
    only: z.strictObject({ region: Values, legal_entity: Values, service_line: Values }).optional(),
    /** Which edges become actions, once the policy has a target. */
    act_on: z.array(Edge).max(3).default(['breached'])
  })
  .superRefine((policy, context) => {
    for (const { path, message } of policyFaults(policy)) context.addIssue({ code: 'custom', path: [path], message });
  });
export type Policy = z.infer<typeof Policy>;

/** Every activity that moves the clock, each once, in a fixed order. */
export function activitiesOf({ start, pause, resume, stop, cancel }: Policy): string[] {
  return [...new Set([...start, ...pause, ...resume, ...stop, ...cancel])].sort();
}

/** What of a policy decides a verdict: when it changes, every clock is judged anew. Names and actions do not. */
export function clockOf(policy: Policy): string {
  const { anchor, reach, start, pause, resume, stop, cancel, goal, calendar, on_restart, warn_at, only } = policy;
  return JSON.stringify({
    ...{ anchor, reach, start, pause, resume, stop, cancel, goal, calendar, on_restart, warn_at, only }
  });
}

interface Fault {
  path: keyof Policy;
  message: string;
}

/**
 * Definitions that read well and never do what was meant. (ServiceNow's list of why an SLA did not attach, pause or end.)
 */
function policyFaults(policy: Omit<Policy, 'act_on'>): Fault[] {
  const { start, pause, resume, stop, cancel, goal, calendar, on_restart } = policy;
  const faults: Fault[] = [];
  const apart = (path: keyof Policy, a: string[], b: string[], because: string) => {
    const both = a.filter((name) => b.includes(name));
    if (both.length > 0) faults.push({ path, message: `"${both.join('", "')}" ${because}` });
  };
  apart('stop', start, stop, 'starts and stops the clock: it would be met at once, or never');
  apart('cancel', start, cancel, 'starts and cancels the clock: it would never run');
  apart('pause', start, pause, 'starts and pauses the clock: say which it does');
  apart('cancel', stop, cancel, 'stops and cancels the clock: say which it does');
  apart('pause', pause, resume, 'pauses and resumes the clock: say which it does');
  apart('pause', pause, [...stop, ...cancel], 'ends the clock, so it cannot pause it');
  apart('resume', resume, [...stop, ...cancel], 'ends the clock, so it cannot resume it');
  if (pause.length > 0 && resume.length === 0)
    faults.push({ path: 'resume', message: 'nothing resumes the clock once it is paused' });
  if (resume.length > 0 && pause.length === 0)
    faults.push({ path: 'pause', message: 'nothing pauses the clock, so nothing can resume it' });
  if ('end_of_business_day' in goal) {
    if (pause.length > 0)
      faults.push({ path: 'pause', message: 'a goal by business day cannot be paused: give a duration' });
    if (on_restart === 'resume' || on_restart === 'total')
      faults.push({
        path: 'on_restart',
        message: 'a goal by business day can only begin anew, or ignore later starts'
      });
  } else if (SlaGoal.safeParse(goal).success && goalMs(goal) === 0)
    faults.push({ path: 'goal', message: 'the goal is 0: every clock would be late at once' });
  if (!('wall' in goal) && calendar === undefined)
    faults.push({
      path: 'calendar',
      message: 'business time needs a calendar: {"function": "finance_operations"}, {"office": "BER"} or "log"'
    });
  for (const message of reachFaults(policy.anchor, policy.reach)) faults.push({ path: 'reach', message });
  return faults;
}

/**
 * Clocks may follow parts further than case views do: what hangs on one subject alone cannot run into another. So a path
 * that only ever goes from a whole to its parts may pass through anything but customers and people.
 */
function reachFaults(anchor: string, reach: readonly Step[]): string[] {
  const faults: string[] = [];
  const reached = new Set([anchor]);
  const shared = new Set<string>();
  const left = new Set<string>();
  for (const { from, to, direction } of reach) {
    if (!reached.has(from)) faults.push(`"${from}" is not reached yet: put a step that leads to it before`);
    else if (from === 'customer' || from === 'person')
      faults.push(`it passes through "${from}", which many subjects share: end there`);
    else if (shared.has(from))
      faults.push(`it goes on from "${from}", which other subjects may share: only parts of a subject lead further`);
    if (to === anchor) faults.push(`it leads back to "${anchor}", into other subjects: leave it out`);
    else if (from === to || left.has(to))
      faults.push(`"${to}" was left already: put every step that leads to "${to}" before the first from it`);
    reached.add(to);
    if (direction === 'out') shared.add(to);
    left.add(from);
  }
  return faults;
}
