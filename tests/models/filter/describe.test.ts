import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeClause } from '#models/filter/describe.ts';
import type { Clause } from '#models/filter/filter.ts';
import { clauses } from './arbitrary.ts';

const DAY = 86_400_000;
const examples: [Clause, string][] = [
  [{ kind: 'activity', match: 'any', values: ['Send Fine'] }, "Passes through 'Send Fine'"],
  [{ kind: 'activity', match: 'all', values: ['A', 'B', 'C'] }, "Passes through 'A', 'B' and 'C'"],
  [{ kind: 'activity', match: 'none', values: ['A', 'B'] }, "Never passes through 'A' or 'B'"],
  [{ kind: 'activity', match: 'any', values: [...'ABCDEF'] }, "Passes through 'A', 'B', 'C' or 3 more"],
  [{ kind: 'duration', min_ms: 30 * DAY }, 'Lasts 30 days or more'],
  [{ kind: 'duration', max_ms: DAY / 24 }, 'Lasts less than 1 hour'],
  [{ kind: 'duration', min_ms: 1.5 * DAY, max_ms: 90_500 * 1000 }, 'Lasts 36 hours to less than 1 d 1 h'],
  [{ kind: 'duration' }, 'Is closed'],
  [
    { kind: 'period', mode: 'started', from: '2020-01-01T00:00:00Z', to: '2021-01-01T00:00:00Z' },
    'Started 1 Jan 2020 – 31 Dec 2020'
  ],
  [{ kind: 'period', mode: 'ended', to: '2021-01-01T00:00:00.000Z' }, 'Ended until 31 Dec 2020'],
  [
    { kind: 'period', mode: 'active', from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' },
    'Active on 1 Jan 2020'
  ],
  [{ kind: 'period', mode: 'active', from: '2020-01-01T09:30:00+01:00' }, 'Active since 1 Jan 2020, 08:30 UTC'],
  [{ kind: 'period', mode: 'contained' }, 'Started and ended at any time'],
  [
    { kind: 'attribute', scope: 'case', key: 'region', values: ['North', 'South'], exclude: true },
    "Not: 'region' is 'North' or 'South'"
  ],
  [{ kind: 'attribute', scope: 'event', key: 'amount', min: 1_000 }, "Event 'amount' is at least 1\u202f000"],
  [{ kind: 'attribute', scope: 'case', key: 'amount' }, "'amount' is known"],
  [{ kind: 'party', dimension: 'team', values: ['Finance'] }, "With team 'Finance'"],
  [{ kind: 'party', dimension: 'resource', values: ['Ann'], exclude: true }, "Without person 'Ann'"],
  [{ kind: 'endpoint', at: 'end', values: ['Payment'] }, "Ends with 'Payment'"],
  [
    { kind: 'path', from: 'A', to: 'B', relation: 'directly', min_ms: 2 * DAY },
    "'A' is directly followed by 'B' after 2 days or more"
  ],
  [
    { kind: 'path', from: 'A', to: 'B', relation: 'eventually', exclude: true },
    "Never: 'A' is at some point followed by 'B'"
  ],
  [{ kind: 'handoff', dimension: 'team', from: 'Sales', to: 'Finance' }, "Handed from 'Sales' to 'Finance'"],
  [{ kind: 'handoff', dimension: 'role', from: 'Lead', to: 'Clerk' }, "Handed from 'Lead' to 'Clerk' (role)"],
  [{ kind: 'variant', ids: ['0123456789abcdef'] }, 'Follows variant 012345'],
  [
    { kind: 'variant', ids: ['0123456789abcdef', 'f123456789abcdef'], exclude: true },
    'Does not follow one of 2 variants'
  ],
  [{ kind: 'status', status: 'open' }, 'Still open'],
  [{ kind: 'rework', type: 'loop_back', activity: 'Approve' }, "Comes back to 'Approve' later"],
  [{ kind: 'rework', type: 'self_loop' }, 'Repeats an activity at once'],
  [{ kind: 'case', contains: 'A12' }, "Case id contains 'A12'"],
  [{ kind: 'events', keep: false, activities: ['Reminder'] }, "Without events 'Reminder'"]
];

describe('a clause in words', () => {
  test.each(examples)('%j', (clause, words) => expect(describeClause(clause)).toBe(words));

  test('is short and says something, whatever the clause', () => {
    fc.assert(
      fc.property(clauses, (clause) => {
        const words = describeClause(clause);
        expect(words).not.toMatch(/undefined|NaN|null/);
        expect(words.length).toBeGreaterThan(3);
      })
    );
  });

  test('does not grow with a name or a list', () => {
    const words = describeClause({
      kind: 'activity',
      match: 'any',
      values: Array.from({ length: 900 }, () => 'x'.repeat(900))
    });
    expect(words.length).toBeLessThan(240);
  });
});
