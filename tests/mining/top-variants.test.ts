import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { summary } from '#mining/summary.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

/** 4,096 cases, each the digits of its number in base 4 behind the same 13 steps: every one a variant of its own. */
function digits(): { id: string; steps: string[] }[] {
  const head = Array.from({ length: 13 }, (_, i) => `head ${String(i).padStart(2, '0')}`);
  return Array.from({ length: 4_096 }, (_, n) => {
    const tail = n.toString(4).padStart(6, '0').split('');
    return { id: `c${n}`, steps: [...head, ...tail.map((digit) => `step ${digit}`)] };
  });
}

const events = (cases: { id: string; steps: string[] }[]): FixtureEvent[] =>
  cases.flatMap(({ id, steps }) =>
    steps.map((activity, i) => ({ case: id, activity, at: new Date(Date.UTC(2024, 0, 1, 0, i)).toISOString() }))
  );

describe('top_variants of a log of unique cases', () => {
  test('are the first by sequence, found without putting every sequence together', async () => {
    const cases = digits();
    const tops = (await summary(await fixture.log(events(cases)))).top_variants;
    expect(tops.map(({ sequence }) => sequence.slice(13).join(' '))).toEqual([
      'step 0 step 0 step 0 step 0 step 0 step 0',
      'step 0 step 0 step 0 step 0 step 0 step 1',
      'step 0 step 0 step 0 step 0 step 0 step 2'
    ]);
  });

  test('one that is smaller at its first steps stays smaller, whatever follows', async () => {
    const cases = [
      { id: 'first', steps: ['A', ...Array.from({ length: 9 }, () => 'Z')] },
      ...Array.from({ length: 2_500 }, (_, n) => {
        const tail = n.toString(8).padStart(4, '0').split('');
        return { id: `c${n}`, steps: [...Array.from({ length: 6 }, () => 'B'), ...tail.map((digit) => `C${digit}`)] };
      })
    ];
    const { top_variants } = await summary(await fixture.log(events(cases)));
    expect(top_variants.map(({ sequence }) => sequence.slice(0, 2).join(' '))).toEqual(['A Z', 'B B', 'B B']);
    expect(top_variants[1]?.sequence.slice(6)).toEqual(['C0', 'C0', 'C0', 'C0']);
  });

  test('one that is more frequent comes before, one that ends early is first of its ties', async () => {
    const cases = [
      ...digits(),
      { id: 'twice', steps: digits()[4_095]?.steps ?? [] },
      { id: 'short', steps: digits()[0]?.steps.slice(0, 15) ?? [] }
    ];
    const { top_variants, variants } = await summary(await fixture.log(events(cases)));
    expect(variants).toBe(4_097);
    expect(top_variants.map(({ sequence, cases: n }) => [sequence.length, sequence.at(-1), n])).toEqual([
      [19, 'step 3', 2],
      [15, 'step 0', 1],
      [19, 'step 0', 1]
    ]);
  });
});
