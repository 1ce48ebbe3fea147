import { describe, expect, test } from 'vitest';
import { lifecycleTiles, type LifecycleTilesInput } from '#dashboards/boards/lifecycle-tiles.ts';

const DAY = 86_400;
const spread = { n: 15, mean_s: 3 * DAY, median_s: 2.5 * DAY, p90_s: 8 * DAY, min_s: 0, max_s: 9 * DAY };
const count = (severity: 'low' | 'medium' | 'high', open: number) => ({
  ...{ rule: severity, name: severity, severity, owner: 'Delivery', open, closed: 2 }
});
const policy = (share: number | null, n: number, by_month: { month: string; share: number; n: number }[] = []) => ({
  ...{ adherence: share === null ? null : { share, n }, breached: 1, open: 4, by_month }
});
const input: LifecycleTilesInput = {
  cycleTime: {
    closed: spread,
    open: { n: 5, age: { ...spread, n: 5 } },
    by_month: [{ month: '2020-01', started: 20, ended: 0, n: 0, median_s: null, p90_s: null }]
  },
  ...{ closed: spread, filter: [], ended: [{ kind: 'status', status: 'closed' }] },
  stalled: { total: 3 },
  exceptions: { counts: [count('high', 4), count('medium', 7)] },
  sla: [],
  handoffs: []
};
const of = (more: Partial<LifecycleTilesInput>) =>
  new Map(lifecycleTiles({ ...input, ...more }).map((tile) => [tile.id, tile]));

describe('key figures of a log with a lifecycle', () => {
  test('count what is under way, stuck and not allowed, and say of what', () => {
    const tiles = of({});
    expect([tiles.get('open')?.value, tiles.get('stalled')?.value, tiles.get('exceptions')?.value]).toEqual([5, 3, 11]);
    expect(tiles.get('stalled')?.about).toBe('of 5 under way');
    expect(tiles.get('exceptions')?.about).toBe('4 of high severity');
  });

  test('open the cases that they count: narrowed as the page, and of the cycle time those closed in the period', () => {
    const region = { kind: 'attribute' as const, scope: 'case' as const, key: 'region', values: ['EMEA'] };
    const ended = [region, { kind: 'status' as const, status: 'closed' as const }];
    const tiles = of({ closed: { ...spread, n: 4 }, filter: [region], ended });
    expect(tiles.get('open')?.opens).toEqual({ page: '/cases', filter: [region, { kind: 'status', status: 'open' }] });
    expect(tiles.get('open')?.about).toBe('of 20, as of now');
    expect(tiles.get('cycle')?.opens).toEqual({
      page: '/cases',
      filter: [...ended, { kind: 'duration', min_ms: 2.5 * DAY * 1000 }]
    });
    expect(tiles.get('cycle')?.about).toBe('n = 4 closed, wall clock');
  });

  test('weigh shares by what they are of', () => {
    const handoffs = [
      { first_time_right: { share: 1, n: 10 } },
      { first_time_right: { share: 0.5, n: 30 } },
      { first_time_right: null }
    ];
    const tiles = of({ handoffs, sla: [policy(0.9, 10), policy(0.4, 40), policy(null, 0)] });
    expect(tiles.get('right')?.value).toBeCloseTo(0.625, 12);
    expect(tiles.get('right')?.about).toBe('of 40 handoffs decided');
    expect(tiles.get('sla')?.value).toBeCloseTo(0.5, 12);
    expect(tiles.get('sla')?.about).toBe('n = 50, whole log');
  });

  test('months of several policies are weighed too, and one without is a gap', () => {
    const sla = [
      policy(1, 3, [{ month: '2020-01', share: 1, n: 3 }]),
      policy(0.5, 2, [
        { month: '2020-01', share: 0, n: 1 },
        { month: '2020-03', share: 1, n: 1 }
      ])
    ];
    expect(of({ sla }).get('sla')?.trend?.values).toEqual([0.75, null, 1]);
  });

  test('nothing decided is no figure, and no promise no tile', () => {
    const tiles = of({ closed: null });
    expect(tiles.get('cycle')?.value).toBeNull();
    expect(tiles.get('right')?.value).toBeNull();
    expect(tiles.has('sla')).toBe(false);
  });
});
