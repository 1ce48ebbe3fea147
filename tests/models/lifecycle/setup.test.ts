import { describe, expect, test } from 'vitest';
import { BadSetup } from '#models/lifecycle/bad-setup.ts';
import { Goal, goalMs } from '#models/lifecycle/goal.ts';
import { readSetup } from '#models/lifecycle/setup.ts';
import { stepFaults, type Step } from '#models/lifecycle/traversal.ts';
import { endInWords, ViewDefinition } from '#models/lifecycle/view-definition.ts';

describe('readSetup(text)', () => {
  test('reads what a consultant types', () => {
    const setup = {
      offices: { BER: 'Europe/Berlin', NYC: 'America/New_York' },
      functions: { 'Deal Desk': 'deal_desk', 'Finance Operations': 'finance_operations' },
      lifecycle: { layers: [{ level: 'region', of: 'APAC', rules: { transition_to_cs: null } }] },
      money: { cost_of_capital: 0.05, currency: 'EUR' },
      now: '2026-06-30T16:00:00.000Z'
    };
    expect(readSetup(JSON.stringify(setup))).toEqual(setup);
    expect(readSetup('{}')).toEqual({
      offices: {},
      functions: {},
      money: { cost_of_capital: 0.08 },
      lifecycle: { layers: [] },
      now: 'live'
    });
  });

  test.each<[string, object | string, RegExp]>([
    ['text that is no JSON', '{', /no JSON/],
    ['an office on no clock', { offices: { BER: 'Berlin' } }, /offices\.BER: this is no IANA time zone/],
    ['an offset instead of a zone', { offices: { BER: '+01:00' } }, /offices\.BER/],
    ['a department of no function', { functions: { Tax: 'tax' } }, /department "Tax" the function "tax"/],
    ['a field that there is not', { office: {} }, /office/],
    ['a cost of capital in per cent', { money: { cost_of_capital: 8 } }, /money\.cost_of_capital/],
    ['a currency that is no code', { money: { currency: '€' } }, /money\.currency: write a currency code/],
    ['a now without zone', { now: '2026-06-30T16:00:00' }, /now: write "live"/],
    [
      'a layer that says of nothing what it is of',
      { lifecycle: { layers: [{ level: 'region' }] } },
      /lifecycle\.layers\.0\.of/
    ],
    [
      'a layer of a region that cannot hold',
      { lifecycle: { layers: [{ level: 'region', of: 'APAC', stages: { closure: { owner: 'x' } } }] } },
      /region APAC.*no function "x"/
    ]
  ])('refuses %s', (_, setup, message) => {
    const run = () => readSetup(typeof setup === 'string' ? setup : JSON.stringify(setup));
    expect(run).toThrow(BadSetup);
    expect(run).toThrow(message);
  });

  test('knows the functions that a layer of the firm adds', () => {
    const layers = [{ level: 'firm', functions: { tax: { name: 'Tax' } } }];
    expect(readSetup(JSON.stringify({ functions: { Tax: 'tax' }, lifecycle: { layers } })).functions).toEqual({
      Tax: 'tax'
    });
  });
});

describe('goals', () => {
  test.each([
    [{ business: 'PT24H' }, 24],
    [{ business: 'P2D' }, 15],
    [{ business: 'P1DT4H30M' }, 12],
    [{ wall: 'P30D' }, 720]
  ])('%o of a 7.5 hour day is %d hours', (goal, hours) => {
    expect(goalMs(Goal.parse(goal), 7.5)).toBe(hours * 3_600_000);
  });

  test.each(['P', 'PT', '2 days', 'P1Y', 'P1W', 'PT1S', 'P-1D', 'P1DT'])('%s is none', (business) => {
    expect(Goal.safeParse({ business }).success).toBe(false);
  });
});

describe('steps', () => {
  const step = (from: string, to: string): Step => ({ from, qualifier: 'for', direction: 'in', to });

  test.each<[string, Step[], string[]]>([
    ['in order', [step('a', 'b'), step('a', 'c'), step('b', 'd'), step('c', 'd'), step('d', 'e')], []],
    ['from what is not reached', [step('b', 'c'), step('a', 'b')], ['"b" is not reached yet', '"b" was left already']],
    ['back to the leading type', [step('a', 'b'), step('b', 'a')], ['leads back to "a"']],
    ['into what was left', [step('a', 'b'), step('b', 'c'), step('a', 'b')], ['"b" was left already']],
    ['from a type to itself', [step('a', 'b'), step('b', 'b')], ['"b" was left already']],
    ['through a customer', [step('a', 'customer'), step('customer', 'b')], ['passes through "customer"']],
    ['through a project', [step('a', 'project'), step('project', 'b')], ['passes through "project"']]
  ])('%s', (_, steps, faults) => {
    const found = stepFaults('a', steps);
    expect(found).toHaveLength(faults.length);
    faults.forEach((fault, i) => expect(found[i]?.message).toContain(fault));
  });

  test('may leave a project where the project leads', () => {
    expect(stepFaults('project', [step('project', 'milestone')])).toEqual([]);
  });

  test('an end condition asks only for what they reach', () => {
    const read = ViewDefinition.safeParse({
      leading: 'milestone',
      steps: [step('milestone', 'invoice')],
      end: { all: [{ every: 'payment', reached: ['Payment received'] }] }
    });
    expect(read.error?.issues.map(({ message }) => message)).toEqual([
      'no step reaches "payment": the view has milestone, invoice'
    ]);
  });

  test('an end condition reads as a sentence', () => {
    expect(
      endInWords({
        all: [
          { reached: ['Closed'], undone_by: ['Reopened', 'Restored'] },
          { every: 'invoice', reached: ['Paid'], undone_by: [] }
        ]
      })
    ).toBe('Closed (until Reopened or Restored), and for every invoice Paid');
  });
});
