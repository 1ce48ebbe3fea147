import { describe, expect, test } from 'vitest';
import { delayAfter, retryAfterMs, standardSchedule } from '#lib/server/remediation/schedule.ts';

const HOUR = 3_600_000;

describe('the schedule', () => {
  test('is that of Standard Webhooks, ten tries in 75.6 hours, a fifth more or less', () => {
    expect(standardSchedule).toHaveLength(10);
    expect(standardSchedule.reduce((sum, ms) => sum + ms, 0) / HOUR).toBeCloseTo(75.585, 2);
    expect(delayAfter(1, standardSchedule, () => 0)).toBe(4_000);
    expect(delayAfter(1, standardSchedule, () => 0.5)).toBe(5_000);
    expect(delayAfter(1, standardSchedule, () => 1)).toBe(6_000);
    expect(delayAfter(10, standardSchedule, () => 0)).toBeUndefined();
  });

  test.each([
    ['120', 120_000],
    ['Wed, 01 Jul 2026 00:01:00 GMT', 60_000],
    ['Wed, 01 Jul 2020 00:00:00 GMT', 0],
    ['999999999', 24 * HOUR],
    ['soon', undefined]
  ])('Retry-After: %s', (text, expected) => {
    expect(retryAfterMs(text, Date.parse('2026-07-01T00:00:00Z'))).toBe(expected);
  });
});
