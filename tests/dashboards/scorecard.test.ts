import { describe, expect, test } from 'vitest';
import { costliest, scorecard } from '#dashboards/boards/scorecard.ts';
import type { HandoffFigures, ScoredHandoff } from '#mining/handoff-scorecard.ts';

const HOUR = 3_600_000;
const figures = (more: Partial<HandoffFigures> = {}): HandoffFigures => ({
  n: 40,
  open: { n: 3, median_age_business_ms: 5 * HOUR, money: [] },
  business: { median_ms: 12 * HOUR, p90_ms: 30 * HOUR },
  wall: { median_ms: 48 * HOUR, p90_ms: 90 * HOUR },
  ...{ receiver_ms_total: 400 * HOUR, sender_ms_total: 50 * HOUR },
  first_time_right: { share: 0.75, n: 40 },
  within_goal: { share: 0.5, n: 40 },
  trend: { median_ms_previous: 8 * HOUR, n_previous: 30 },
  series: [],
  ...more
});
const handoff = (id: string, more: Partial<ScoredHandoff> = {}): ScoredHandoff => ({
  ...{ id, name: id, from_function: 'sales', to_function: 'delivery', goal_ms: 16 * HOUR, goal_is_business: true },
  ...figures(),
  ...more
});
const one = (more: Partial<ScoredHandoff>) => scorecard({ handoffs: [handoff('a', more)] })[0];

describe('the scorecard of handoffs', () => {
  test('keeps the order of the lifecycle, each segment below its handoff', () => {
    const segments = [
      { value: 'EMEA', ...figures({ n: 30 }) },
      { value: 'APAC', ...figures({ n: 9 }) }
    ];
    const rows = scorecard({ handoffs: [handoff('b', { segments }), handoff('a')] });
    expect(rows.map(({ id, value, n, few }) => [id, value, n, few])).toEqual([
      ['b', null, 40, false],
      ['b', 'EMEA', 30, false],
      ['b', 'APAC', 9, true],
      ['a', null, 40, false]
    ]);
  });

  test.each([
    [12, 8, 0.5, 'slower'],
    [6, 8, -0.25, 'faster'],
    [8.4, 8, 0.05, 'level'],
    [7.6, 8, -0.05, 'level']
  ])('a median of %d h after one of %d h is %s: %s', (now, before, change, direction) => {
    const trend = one({
      business: { median_ms: now * HOUR, p90_ms: 40 * HOUR },
      trend: { median_ms_previous: before * HOUR, n_previous: 30 }
    })?.trend;
    expect(trend?.change).toBeCloseTo(change, 10);
    expect(trend?.direction).toBe(direction);
  });

  test('a change from or to fewer than ten says so', () => {
    expect(one({})?.trend?.few).toBe(false);
    expect(one({ n: 9 })?.trend?.few).toBe(true);
    expect(one({ trend: { median_ms_previous: HOUR, n_previous: 9 } })?.trend?.few).toBe(true);
  });

  test('there is no trend against nothing', () => {
    expect(one({ trend: null })?.trend).toBeNull();
    expect(one({ business: null })?.trend).toBeNull();
    expect(one({ trend: { median_ms_previous: 0, n_previous: 12 } })?.trend).toBeNull();
  });

  test('a month without a pick-up is a gap in the line', () => {
    const series = [
      { month: '2025-01', median_ms: 2, n: 1 },
      { month: '2025-04', median_ms: 5, n: 2 }
    ];
    const row = one({ series });
    expect(row?.spark).toEqual([2, null, null, 5]);
    expect(row?.months).toEqual({ first: '2025-01', last: '2025-04' });
  });

  test('money stands largest first, without what is nothing', () => {
    const money = [
      { currency: 'USD', amount: 10 },
      { currency: 'SGD', amount: 0 },
      { currency: 'EUR', amount: 90 }
    ];
    expect(one({ open: { n: 2, median_age_business_ms: 1, money } })?.money).toEqual([
      { currency: 'EUR', amount: 90 },
      { currency: 'USD', amount: 10 }
    ]);
  });

  test('the costliest is the one with the most waiting in all, whatever its segments', () => {
    const segments = [{ value: 'EMEA', ...figures({ receiver_ms_total: 9_000 * HOUR }) }];
    const rows = scorecard({
      handoffs: [handoff('a', { segments }), handoff('b', { sender_ms_total: 51 * HOUR })]
    });
    expect(costliest(rows)?.id).toBe('b');
    expect(costliest([])).toBeNull();
  });
});
