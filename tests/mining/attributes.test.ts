import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributeProfile } from '#mining/attributes.ts';
import type { ViewContext } from '#mining/context.ts';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
let context: ViewContext;
beforeAll(async () => {
  fixture = await openFixture();
  context = await fixture.log(
    [
      { case: '1', activity: 'A', at: '2020-01-01T00:00:00Z', attributes: { cost: 10, note: 'x', 'a/b': true } },
      { case: '1', activity: 'B', at: '2020-01-01T00:00:01Z', attributes: { cost: 10, note: null } },
      { case: '2', activity: 'A', at: '2020-01-01T00:00:02Z', attributes: { cost: '-2.5' } },
      { case: '3', activity: 'A', at: '2020-01-01T00:00:03Z' }
    ],
    { cases: { 1: { region: 'EU' }, 2: { region: 'US' }, 3: { region: 'EU', code: '007' } } }
  );
});
afterAll(() => fixture.close());

describe('attribute profile', () => {
  test('of cases and events, hand-computed', async () => {
    expect(await attributeProfile(context)).toEqual({
      attributes: [
        {
          scope: 'case',
          key: 'code',
          distinct: 1,
          cases: 1,
          numeric: true,
          min: 7,
          max: 7,
          values: [{ value: '007', cases: 1 }]
        },
        {
          scope: 'case',
          key: 'region',
          distinct: 2,
          cases: 3,
          numeric: false,
          values: [
            { value: 'EU', cases: 2 },
            { value: 'US', cases: 1 }
          ]
        },
        {
          scope: 'event',
          key: 'a/b',
          distinct: 1,
          cases: 1,
          numeric: false,
          values: [{ value: 'true', cases: 1 }]
        },
        {
          scope: 'event',
          key: 'cost',
          distinct: 2,
          cases: 2,
          numeric: true,
          min: -2.5,
          max: 10,
          values: [
            { value: '-2.5', cases: 1 },
            { value: '10', cases: 1 }
          ]
        },
        { scope: 'event', key: 'note', distinct: 1, cases: 1, numeric: false, values: [{ value: 'x', cases: 1 }] }
      ],
      relinked: false
    });
  });

  test('of what a filter leaves; at most so many values', async () => {
    const { attributes } = await attributeProfile(context, [{ kind: 'case', contains: '1' }], { values: 0 });
    expect(attributes.map(({ key, cases, values }) => [key, cases, values])).toEqual([
      ['region', 1, []],
      ['a/b', 1, []],
      ['cost', 1, []],
      ['note', 1, []]
    ]);
    const relinked = await attributeProfile(context, [{ kind: 'events', activities: ['B'], keep: true }]);
    expect(relinked.attributes.map(({ key }) => key)).toEqual(['region', 'cost']);
    expect(await attributeProfile(context, [{ kind: 'case', contains: '?' }])).toEqual({
      attributes: [],
      relinked: false
    });
  });

  test('each value that is shown can be filtered for', async () => {
    const { attributes } = await attributeProfile(context);
    for (const { scope, key, values } of attributes)
      for (const { value, cases } of values) {
        const filtered = await attributeProfile(context, [{ kind: 'attribute', scope, key, values: [value] }]);
        expect(filtered.attributes.find((a) => a.scope === scope && a.key === key)?.cases).toBe(cases);
      }
  });
});
