import { describe, expect, test } from 'vitest';
import { measure, metrics, type Metric } from '#models/metrics/metrics.ts';

const all: [string, Metric][] = Object.entries(metrics);

describe('each metric', () => {
  test.each(all)('%s can be read and computed', (key, metric) => {
    expect(metric.id).toBe(key);
    expect(metric.definition).toMatch(/^[A-Z].{20,}\.$/);
    expect(metric.formula).not.toMatch(/\.$/);
    expect(metric.population.length).toBeGreaterThan(10);
  });

  test.each(all)('%s has a clock if and only if it is a duration', (_, { unit, clock, label }) => {
    expect(clock !== null).toBe(unit === 'seconds');
    expect(label.includes('business time')).toBe(clock === 'business');
  });

  test('has a label of its own', () => {
    expect(new Set(all.map(([, { label }]) => label)).size).toBe(all.length);
  });
});

describe('a measure', () => {
  const asOf = '2024-01-01T00:00:00Z';

  test('takes unit and clock from its metric', () => {
    const period = { from: '2023-12-01T00:00:00Z', to: '2024-01-01T00:00:00Z' };
    expect(measure(metrics.handoff_business_wait_mean, 3_600, { n: 4, asOf, period })).toEqual({
      value: 3_600,
      n: 4,
      unit: 'seconds',
      clock: 'business',
      period,
      asOf
    });
  });

  test('over nothing is null, and never NaN', () => {
    expect(measure(metrics.cycle_time_mean, undefined, { n: 0, asOf })).toEqual({
      value: null,
      n: 0,
      unit: 'seconds',
      clock: 'wall',
      asOf
    });
    expect(() => measure(metrics.loop_back_case_share, NaN, { n: 0, asOf })).toThrow('null');
  });
});
