import { describe, expect, test } from 'vitest';
import { longestWaits, overview, type OverviewInput } from '#dashboards/boards/overview.ts';
import { Filter } from '#models/filter/filter.ts';
import { graphOf } from './graphs.ts';

const DAY = 86_400;
const edge = (a: string, b: string, total_s: number, more: object = {}) => ({
  ...{ a, b, count: 10, cases: 9, mean_s: total_s / 10, median_s: total_s / 20, p90_s: total_s / 5, total_s, ...more }
});
const input: OverviewInput = {
  summary: {
    ...{ cases: 20, events: 90, activities: 5, variants: 4, top_variants: [] },
    ...{ first_event: '2020-01-01T00:00:00Z', last_event: '2020-03-01T00:00:00Z' },
    ...{ start_activities: { a: 20 }, end_activities: { b: 20 }, self_loop_events: 1, loop_back_events: 7 },
    ...{ loop_back_cases: 5, repeated_events: 8, closed_cases: 15, open_cases: 5, end_condition: ['b'] },
    ...{ empty_cases: 0, relinked: false }
  },
  cycleTime: {
    end_condition: ['b'],
    closed: { n: 15, mean_s: 3 * DAY, median_s: 2.5 * DAY, p90_s: 8 * DAY, min_s: 0, max_s: 9 * DAY },
    open: { n: 5, age: { n: 5, mean_s: DAY, median_s: DAY, p90_s: DAY, min_s: DAY, max_s: DAY } },
    waiting_is_upper_bound: true,
    histogram: [],
    by_month: [
      { month: '2020-01', started: 20, ended: 0, n: 0, median_s: null, p90_s: null },
      { month: '2020-02', started: 0, ended: 15, n: 15, median_s: 2.5 * DAY, p90_s: 8 * DAY }
    ],
    relinked: false
  },
  graph: {
    ...graphOf([]),
    directly_follows: [
      edge('a', 'b', 100),
      edge('b', 'b', 400 * DAY),
      edge('c', 'b', 200 * DAY),
      edge('b', 'c', 200 * DAY)
    ]
  },
  rework: {
    ...{ events: 90, cases: 20, self_loop_events: 1, loop_back_events: 7, self_loop_cases: 1, loop_back_cases: 5 },
    ...{ repeat_events: 0, redo_events: 0, unknown_events: 8, activities: [], relinked: false }
  },
  handoffs: {
    ...{ dimension: 'team', handoffs: 30, cases_with: 12, total_s: 1, unknown_events: 0, total_pairs: 1 },
    ...{ pairs: [], parties: [], relinked: false }
  },
  filter: [{ kind: 'case', contains: 'x' }]
};

describe('the overview', () => {
  test('has the key figures, each with its unit, clock, denominator and the cases behind it', () => {
    const { tiles } = overview(input);
    expect(tiles.map(({ id, value, unit, clock, n }) => [id, value, unit, clock, n])).toEqual([
      ['cases', 20, 'cases', null, 20],
      ['median-cycle-time', 2.5 * DAY, 'seconds', 'wall', 15],
      ['p90-cycle-time', 8 * DAY, 'seconds', 'wall', 15],
      ['open-age', DAY, 'seconds', 'wall', 5],
      ['handoffs', 1.5, 'per case', null, 20],
      ['rework', 0.25, 'share', null, 20],
      ['variants', 4, 'variants', null, 20]
    ]);
    for (const { drill } of tiles) {
      expect(Filter.parse(drill)[0]).toEqual(input.filter[0]);
    }
    expect(tiles.find(({ id }) => id === 'p90-cycle-time')?.drill.at(-1)).toEqual({
      kind: 'duration',
      min_ms: 8 * DAY * 1000
    });
    expect(tiles[1]?.trend?.values).toEqual([null, 2.5 * DAY]);
  });

  test('leaves out what is not defined', () => {
    const { cycleTime, summary } = input;
    const { tiles } = overview({
      ...input,
      summary: { ...summary, cases: 0 },
      cycleTime: { ...cycleTime, closed: null, open: null },
      handoffs: null
    });
    expect(tiles.map(({ id }) => id)).toEqual(['cases', 'variants']);
  });

  test('names the three steps with the most total time, in figures and without a cause', () => {
    const { look_at } = overview(input);
    expect(look_at.map(({ from, to }) => from + to)).toEqual(['bb', 'bc', 'cb']);
    expect(look_at[0]?.sentence).toBe('“b” comes again 20 d later (median; P90 80 d): 10 times, 400 d in all.');
    expect(look_at[1]?.sentence).toBe('“c” comes 10 d after “b” (median; P90 40 d): 10 times, 200 d in all.');
    expect(look_at[1]?.share).toBeCloseTo(0.25, 5);
    expect(look_at[1]?.drill).toEqual([...input.filter, { kind: 'path', from: 'b', to: 'c', relation: 'directly' }]);
    for (const { sentence } of look_at) expect(sentence).not.toMatch(/because|cause|due to|fault/i);
  });

  test('says "mean" where no percentile was asked for, and nothing where no time passes', () => {
    const bare = { a: 'a', b: 'b', count: 1, cases: 1, mean_s: 60, total_s: 60 };
    const waits = longestWaits(
      { ...graphOf([]), directly_follows: [bare, { ...bare, b: 'c', mean_s: 0, total_s: 0 }] },
      []
    );
    expect(waits.map(({ sentence }) => sentence)).toEqual(['“b” comes 1 min after “a” (mean): 1 time, 1 min in all.']);
  });
});
