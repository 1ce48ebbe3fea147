import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import { fourCases } from './four-cases.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const minute = (n: number) => `2020-01-01T00:${String(n).padStart(2, '0')}:00Z`;
const trace = (id: string, activities: string): FixtureEvent[] =>
  [...activities].map((activity, i) => ({ case: id, activity, at: minute(i) }));

describe('directly-follows graph', () => {
  test('edges, nodes and ends, hand-computed', async () => {
    const context = await fixture.log(fourCases);
    expect(await directlyFollowsGraph(context)).toEqual({
      activities: [
        { activity: 'A', count: 5, cases: 4 },
        { activity: 'B', count: 4, cases: 3 },
        { activity: 'C', count: 2, cases: 2 }
      ],
      directly_follows: [
        // 1200 and 0 s; 1800 and 0.000001 s.
        { a: 'A', b: 'C', count: 2, cases: 2, mean_s: 600, median_s: 600, p90_s: 1080, total_s: 1200 },
        { a: 'C', b: 'B', count: 2, cases: 2, mean_s: 900, median_s: 900, p90_s: 1620, total_s: 1800 },
        { a: 'A', b: 'B', count: 1, cases: 1, mean_s: 600, median_s: 600, p90_s: 600, total_s: 600 },
        { a: 'B', b: 'A', count: 1, cases: 1, mean_s: 1800, median_s: 1800, p90_s: 1800, total_s: 1800 },
        { a: 'B', b: 'B', count: 1, cases: 1, mean_s: 1200, median_s: 1200, p90_s: 1200, total_s: 1200 }
      ],
      start_activities: { A: 4 },
      end_activities: { A: 2, B: 2 },
      grain: 'event',
      relinked: false
    });
  });

  test('a pair twice in a case is two pairs of one case', async () => {
    const context = await fixture.log([...trace('1', 'ABABB'), ...trace('2', 'AB')]);
    const { directly_follows } = await directlyFollowsGraph(context);
    expect(directly_follows.map(({ a, b, count, cases }) => [a, b, count, cases])).toEqual([
      ['A', 'B', 3, 2],
      ['B', 'A', 1, 1],
      ['B', 'B', 1, 1]
    ]);
  });

  test('without percentiles there are none', async () => {
    const context = await fixture.log(trace('1', 'AB'));
    const { directly_follows } = await directlyFollowsGraph(context, [], { percentiles: false });
    expect(directly_follows).toEqual([{ a: 'A', b: 'B', count: 1, cases: 1, mean_s: 60, total_s: 60 }]);
  });

  test('percentiles interpolate; times are rounded to the millisecond', async () => {
    const context = await fixture.log(
      ['00.0004', '00.0006', '01', '02', '10.123456'].flatMap((second, i): FixtureEvent[] => [
        { case: String(i), activity: 'A', at: '2020-01-01T00:00:00Z' },
        { case: String(i), activity: 'B', at: `2020-01-01T00:00:${second}Z` }
      ])
    );
    const { directly_follows } = await directlyFollowsGraph(context);
    // P90 lies 0.6 of the way from the 4th (2 s) to the 5th; the sum is 13.124456 s.
    expect(directly_follows).toEqual([
      { a: 'A', b: 'B', count: 5, cases: 5, mean_s: 2.625, median_s: 1, p90_s: 6.874, total_s: 13.124 }
    ]);
  });

  test('equal counts are sorted by code point, not by UTF-16 unit', async () => {
    const context = await fixture.log([...trace('1', 'x\uFF5E'), ...trace('2', 'x\u{1F600}'), ...trace('3', 'xA')]);
    const { directly_follows, end_activities } = await directlyFollowsGraph(context);
    expect(directly_follows.map(({ b }) => b)).toEqual(['A', '\uFF5E', '\u{1F600}']);
    expect(Object.keys(end_activities)).toEqual(['A', '\uFF5E', '\u{1F600}']);
  });

  test('grain instance: overlap is clamped to 0, and its share is stated', async () => {
    const instance = (activity: string, start: number, complete: number): FixtureEvent => ({
      case: '1',
      activity,
      start: minute(start),
      at: minute(complete)
    });
    const context = await fixture.log(
      // The last one ends before it starts: it is taken as an instance of no length.
      [instance('A', 0, 10), instance('B', 5, 15), instance('C', 20, 25), instance('D', 40, 30)],
      { grain: 'instance' }
    );
    expect(await directlyFollowsGraph(context)).toMatchObject({
      grain: 'instance',
      clamped: 1 / 3,
      directly_follows: [
        { a: 'A', b: 'B', mean_s: 0 },
        { a: 'B', b: 'C', mean_s: 300 },
        { a: 'C', b: 'D', mean_s: 300 }
      ]
    });
  });

  test('grain instance: start and complete events pair first in, first out', async () => {
    const step = (lifecycle: string, at: number, resource = 'ann'): FixtureEvent => ({
      case: '1',
      activity: 'A',
      lifecycle,
      at: minute(at),
      resource
    });
    const context = await fixture.log(
      [
        step('start', 0),
        step('start', 1),
        step('suspend', 2),
        step('complete', 4),
        step('complete', 10),
        step('start', 20, 'bob')
      ],
      { grain: 'instance' }
    );
    const { activities, directly_follows } = await directlyFollowsGraph(context);
    expect(activities).toEqual([{ activity: 'A', count: 3, cases: 1 }]);
    // 0–4, 1–10 (overlaps: 0 s) and bob's start without an end at 20: 10 min after.
    expect(directly_follows).toMatchObject([{ count: 2, total_s: 600 }]);
    expect(context.view).toMatchObject({ unpaired: 1, ignoredTransitions: 1 });
  });

  test('a filter that removes events links their neighbours', async () => {
    const context = await fixture.log(fourCases);
    const graph = await directlyFollowsGraph(context, [{ kind: 'events', activities: ['C'], keep: false }]);
    expect(graph.relinked).toBe(true);
    expect(graph.directly_follows).toMatchObject([
      // 600 and 3000 s, and a microsecond.
      { a: 'A', b: 'B', count: 3, cases: 3, mean_s: 1200, median_s: 600, total_s: 3600 },
      { a: 'B', b: 'A', count: 1 },
      { a: 'B', b: 'B', count: 1 }
    ]);
    expect(graph.activities.map(({ activity, count }) => [activity, count])).toEqual([
      ['A', 5],
      ['B', 4]
    ]);
  });

  test('a filter that leaves nothing, and cases of one event', async () => {
    const context = await fixture.log(fourCases);
    const nothing = { activities: [], directly_follows: [], start_activities: {}, end_activities: {} };
    expect(await directlyFollowsGraph(context, [{ kind: 'activity', values: ['?'], match: 'any' }])).toMatchObject(
      nothing
    );
    expect(await directlyFollowsGraph(context, [{ kind: 'duration', max_ms: 0.001 }])).toMatchObject({
      activities: [{ activity: 'A', count: 1, cases: 1 }],
      directly_follows: []
    });
  });
});
