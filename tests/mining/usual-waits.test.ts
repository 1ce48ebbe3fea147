import { describe, expect, test } from 'vitest';
import { usualWaits, type WaitCount } from '#mining/usual-waits.ts';

const MINUTE = 60_000;
const waits = (activity: string, minutes: number[], more: Partial<WaitCount> = {}): WaitCount[] =>
  minutes.map((each) => ({ stage: 's', activity, minutes: each, ended: 1, censored: 0, ...more }));
const upTo = (count: number, from = 1): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('usual waits', () => {
  test('unusual is what is longer than the P95, usual again what is below the P90', () => {
    // 1 … 40 minutes: S(38) = 0.05, S(36) = 0.1. Of the 820 minutes waited 95 % are met at ages up to 31.4.
    expect(usualWaits(waits('a', upTo(40)))('s', 'a')).toEqual({
      p95_ms: 38 * MINUTE,
      enter_ms: 38 * MINUTE,
      leave_ms: 36 * MINUTE,
      of: 'activity'
    });
  });

  test('where a few long waits make most of the waiting, unusual is what is older than 95 % of what one meets', () => {
    // 99 of 1 minute, one of 100: the P95 is 1 minute, but half the waiting that goes on at any moment is older.
    const counts = [
      { stage: 's', activity: 'a', minutes: 1, ended: 99, censored: 0 },
      { stage: 's', activity: 'a', minutes: 100, ended: 1, censored: 0 }
    ];
    // 95 %: 1 + (0.95 · 1.99 − 1) / 0.01 = 90.05 minutes; 90 %: 1 + (0.9 · 1.99 − 1) / 0.01 = 80.1.
    expect(usualWaits(counts)('s', 'a')).toEqual({
      p95_ms: MINUTE,
      enter_ms: 90.05 * MINUTE,
      leave_ms: 80.1 * MINUTE,
      of: 'activity'
    });
  });

  test('29 waits are too few, and are taken together with the stage', () => {
    const usual = usualWaits([...waits('a', upTo(29)), ...waits('b', [30])]);
    // 30 waits in all, of 1 to 30: S(28) = 2/30 > 0.05 ≥ S(29) = 1/30.
    expect(usual('s', 'a')).toMatchObject({ p95_ms: 29 * MINUTE, of: 'stage' });
    expect(usual('s', 'unheard of')).toMatchObject({ p95_ms: 29 * MINUTE, of: 'stage' });
    expect(usualWaits(waits('a', upTo(30)))('s', 'a')).toMatchObject({ of: 'activity' });
  });

  test('a curve that does not come down to 5 % says nothing', () => {
    const half = [...waits('a', upTo(20)), ...waits('a', upTo(20, 30), { ended: 0, censored: 1 })];
    expect(usualWaits(half)('s', 'a')).toBeUndefined();
    const withOthers = usualWaits([...half, ...waits('b', upTo(400))]);
    expect(withOthers('s', 'a')).toMatchObject({ of: 'stage' });
    expect(withOthers('other', 'a')).toBeUndefined();
  });
});
