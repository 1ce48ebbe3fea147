import { describe, expect, test } from 'vitest';
import { activitiesOf, clockOf, Policy } from '#models/sla/policy.ts';
import { samplePolicies } from '#models/sla/samples.ts';
import { steps } from '#models/lifecycle/steps.ts';

const good = {
  id: 'promise',
  name: 'Promise',
  anchor: 'case',
  start: ['a'],
  stop: ['z'],
  goal: { business: 'PT8H' },
  calendar: 'log'
};
const faultsOf = (more: object): string => {
  const read = Policy.safeParse({ ...good, ...more });
  return read.success ? '' : read.error.issues.map(({ message }) => message).join('; ');
};

describe('a definition that would never do what was meant', () => {
  test.each<[string, object, string]>([
    ['starts and stops', { stop: ['a'] }, 'starts and stops'],
    ['starts and stops among others', { start: ['a', 'b'], stop: ['z', 'b'] }, '"b" starts and stops'],
    ['always cancels', { cancel: ['a'] }, 'it would never run'],
    ['starts paused', { pause: ['a'], resume: ['r'] }, 'starts and pauses'],
    ['stops and cancels', { cancel: ['z'] }, 'stops and cancels'],
    ['pauses and resumes', { pause: ['p'], resume: ['p'] }, 'pauses and resumes'],
    ['pauses with its stop', { pause: ['z'], resume: ['r'] }, 'so it cannot pause'],
    ['pauses with its cancel', { pause: ['c'], resume: ['r'], cancel: ['c'] }, 'so it cannot pause'],
    ['resumes with its stop', { pause: ['p'], resume: ['z'] }, 'so it cannot resume'],
    ['never resumes', { pause: ['p'] }, 'nothing resumes'],
    ['never pauses', { resume: ['r'] }, 'nothing pauses'],
    ['has no time in hours', { goal: { business: 'PT0H' } }, 'the goal is 0'],
    ['has no time in days', { goal: { wall: 'P0D' } }, 'the goal is 0'],
    ['has a goal of another unit', { goal: { business: 'P1M' } }, 'write an ISO 8601 duration'],
    ['has a goal below 0', { goal: { end_of_business_day: -1 } }, '>=0'],
    ['counts business time of nobody', { calendar: undefined }, 'needs a calendar'],
    ['counts days of nobody', { calendar: undefined, goal: { end_of_business_day: 1 } }, 'needs a calendar'],
    ['pauses days', { goal: { end_of_business_day: 1 }, pause: ['p'], resume: ['r'] }, 'cannot be paused'],
    ['resumes days', { goal: { end_of_business_day: 1 }, on_restart: 'resume' }, 'only begin anew'],
    ['never starts', { start: [] }, 'at least one activity that starts'],
    ['never stops', { stop: [] }, 'at least one activity that stops'],
    ['warns at once', { warn_at: 0 }, '>0'],
    ['warns when it is late', { warn_at: 1 }, '<1'],
    [
      'passes through what many share',
      { anchor: 'project', reach: [steps.opportunityOfProject, steps.contractsOfOpportunity] },
      'other subjects may share'
    ],
    ['begins where it is not', { reach: [steps.erpProject] }, '"project" is not reached yet'],
    [
      'leads back',
      { anchor: 'project', reach: [steps.opportunityOfProject, { ...steps.projectsOfOpportunity }] },
      'leads back'
    ],
    [
      'passes through a customer',
      {
        anchor: 'customer',
        reach: [
          { from: 'customer', qualifier: 'of', direction: 'in', to: 'opportunity' },
          { from: 'customer', qualifier: 'x', direction: 'in', to: 'y' }
        ]
      },
      'many subjects share'
    ],
    ['has a field that nobody knows', { colour: 'red' }, 'Unrecognized']
  ])('%s: refused, with why', (_, more, because) => {
    expect(faultsOf(more)).toContain(because);
  });
});

describe('a definition that makes sense', () => {
  const goals = [
    { business: 'PT24H' },
    { business: 'P2D' },
    { wall: 'PT72H' },
    { wall: 'P30D' },
    { business: 'PT30M' }
  ];
  const shapes = [
    {},
    { cancel: ['c'] },
    { pause: ['p'], resume: ['r'] },
    { pause: ['p'], resume: ['a'], on_restart: 'new_cycle' },
    { start: ['a', 'b'], stop: ['y', 'z'], on_restart: 'resume' },
    { warn_at: 0.75, act_on: ['warned', 'breached', 'resolved'] },
    { on_restart: 'total', only: { region: ['EMEA'] } },
    { calendar: { office: 'BER' } },
    { calendar: { function: 'finance_operations' } },
    { anchor: 'opportunity', reach: [steps.projectsOfOpportunity, steps.erpProject] }
  ];
  const all = goals.flatMap((goal) => shapes.map((shape) => ({ goal, ...shape })));

  test('is taken: all fifty, by day too', () => {
    expect(all).toHaveLength(50);
    expect(all.map(faultsOf).filter((fault) => fault !== '')).toEqual([]);
    expect(faultsOf({ goal: { end_of_business_day: 0 }, on_restart: 'new_cycle' })).toBe('');
    expect(faultsOf({ goal: { wall: 'P1D' }, calendar: undefined })).toBe('');
  });

  test('the samples are five, each with an id of its own and calling nobody', () => {
    expect(samplePolicies.map(({ id }) => id)).toEqual([
      'deal_to_erp',
      'staffing_answer',
      'change_decision',
      'milestone_invoice',
      'invoice_payment'
    ]);
  });

  test('what decides a verdict is told from what does not', () => {
    const one = Policy.parse(good);
    expect(clockOf(Policy.parse({ ...good, name: 'Other', act_on: [] }))).toBe(clockOf(one));
    expect(clockOf(Policy.parse({ ...good, goal: { business: 'PT9H' } }))).not.toBe(clockOf(one));
    expect(activitiesOf(Policy.parse({ ...good, start: ['b', 'a'], pause: ['c'], resume: ['b'] }))).toEqual([
      'a',
      'b',
      'c',
      'z'
    ]);
  });
});
