import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variants } from '#mining/variants.ts';
import { fourCases } from './four-cases.ts';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const near = (value: number) => expect.closeTo(value, 8) as number;
const id = expect.stringMatching(/^[0-9a-f]{16}$/) as string;

describe('variants', () => {
  test('sequences, shares and times, hand-computed', async () => {
    const context = await fixture.log(fourCases);
    expect(await variants(context)).toEqual({
      variants: [
        {
          id,
          sequence: ['A', 'C', 'B'],
          cases: 2,
          share: 0.5,
          events: 3,
          // 0.000001 and 3000 s.
          mean_s: near(1500.0000005),
          median_s: near(1500.0000005),
          p90_s: near(2700.0000001)
        },
        { id, sequence: ['A'], cases: 1, share: 0.25, events: 1, mean_s: 0, median_s: 0, p90_s: 0 },
        {
          id,
          sequence: ['A', 'B', 'B', 'A'],
          cases: 1,
          share: 0.25,
          events: 4,
          mean_s: 3600,
          median_s: 3600,
          p90_s: 3600
        }
      ],
      total_variants: 3,
      total_cases: 4,
      covered_cases: 4,
      relinked: false
    });
  });

  test('pages', async () => {
    const context = await fixture.log(fourCases);
    const all = await variants(context);
    expect(await variants(context, [], { limit: 1 })).toMatchObject({
      variants: [{ sequence: ['A', 'C', 'B'] }],
      total_variants: 3,
      total_cases: 4,
      covered_cases: 2
    });
    const rest = await variants(context, [], { limit: 5, offset: 1 });
    expect(rest.variants).toEqual(all.variants.slice(1));
    expect(rest.covered_cases).toBe(2);
    expect((await variants(context, [], { offset: 9 })).variants).toEqual([]);
  });

  test('order tells variants apart, and an id is of the words alone', async () => {
    const log = (words: string[], id: string) =>
      words.map((activity, i) => ({ case: id, activity, at: `2020-01-01T00:00:0${i}Z` }));
    const first = await variants(await fixture.log([...log(['A', 'B'], '1'), ...log(['B', 'A'], '2')]));
    const second = await variants(await fixture.log([...log(['0', 'B', 'A'], '1'), ...log(['B', 'A'], '2')]));
    expect(first.total_variants).toBe(2);
    const idOf = (sequence: string[], { variants }: typeof first) =>
      variants.find((variant) => variant.sequence.join() === sequence.join())?.id;
    expect(idOf(['B', 'A'], first)).toBe(idOf(['B', 'A'], second));
    expect(idOf(['A', 'B'], first)).not.toBe(idOf(['B', 'A'], first));
  });

  test('an id filters to its cases', async () => {
    const context = await fixture.log(fourCases);
    const [most] = (await variants(context)).variants;
    const only = await variants(context, [{ kind: 'variant', ids: [most?.id ?? ''] }]);
    expect(only).toMatchObject({ total_variants: 1, total_cases: 2, variants: [{ ...most, share: 1 }] });
    const others = await variants(context, [{ kind: 'variant', ids: [most?.id ?? ''], exclude: true }]);
    expect(others.variants.map(({ sequence }) => sequence.join(''))).toEqual(['A', 'ABBA']);
  });

  test('open cases count, but have no cycle time', async () => {
    const context = await fixture.log(fourCases, { ends: ['B'] });
    const { variants: rows } = await variants(context);
    expect(rows.map((row) => [row.sequence.join(''), row.cases, 'mean_s' in row])).toEqual([
      ['ACB', 2, true],
      ['A', 1, false],
      ['ABBA', 1, false]
    ]);
  });

  test('removed events change the variants; nothing left is no variant', async () => {
    const context = await fixture.log(fourCases);
    const relinked = await variants(context, [{ kind: 'events', activities: ['A', 'B'], keep: true }]);
    expect(relinked.relinked).toBe(true);
    expect(relinked.variants.map(({ sequence, cases }) => [sequence.join(''), cases])).toEqual([
      ['AB', 2],
      ['A', 1],
      ['ABBA', 1]
    ]);
    expect(await variants(context, [{ kind: 'events', activities: ['?'], keep: true }])).toEqual({
      variants: [],
      total_variants: 0,
      total_cases: 0,
      covered_cases: 0,
      relinked: true
    });
  });
});
