import { describe, expect, test } from 'vitest';
import { ageQuantileOf, kaplanMeier, quantileOf, type Waits } from '#mining/kaplan-meier.ts';

const ended = (...times: number[]): Waits[] => times.map((time) => ({ time, ended: 1, censored: 0 }));
const running = (...times: number[]): Waits[] => times.map((time) => ({ time, ended: 0, censored: 1 }));

describe('Kaplan–Meier', () => {
  test('is that of Freireich’s 21 patients on 6-MP, as every textbook has it', () => {
    const curve = kaplanMeier([
      ...ended(6, 6, 6, 7, 10, 13, 16, 22, 23),
      ...running(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    ]);
    expect(curve).toMatchObject({ n: 21, ended: 9, last: 35 });
    expect(curve.steps.map(({ time, atRisk, survival }) => [time, atRisk, Number(survival.toFixed(3))])).toEqual([
      [6, 21, 0.857],
      [7, 17, 0.807],
      [10, 15, 0.753],
      [13, 12, 0.69],
      [16, 11, 0.627],
      [22, 7, 0.538],
      [23, 6, 0.448]
    ]);
    // 44.8 % last longer than anybody was seen to end: the median is known, the P90 is not.
    expect(quantileOf(curve, 0.5)).toBe(23);
    expect(quantileOf(curve, 0.9)).toBeUndefined();
  });

  test('a wait that runs on at the time at which another ends is at risk there', () => {
    // At 2: of 3 one ends. The one that was seen up to 2 only is gone from then on: of 1 one ends at 5.
    expect(kaplanMeier([...ended(2, 5), ...running(2)]).steps).toEqual([
      { time: 2, atRisk: 3, ended: 1, survival: 1 - 1 / 3 },
      { time: 5, atRisk: 1, ended: 1, survival: 0 }
    ]);
  });

  test('taking a running wait for an ended one, or leaving it out, makes waits shorter', () => {
    const waits = [...ended(1, 2, 3, 4), ...running(4, 4, 4, 4)];
    // S(4) = 7/8 · 6/7 · 5/6 · 4/5 = 1/2
    expect(quantileOf(kaplanMeier(waits), 0.5)).toBe(4);
    expect(quantileOf(kaplanMeier(waits.filter((wait) => wait.ended > 0)), 0.5)).toBe(2);
    expect(quantileOf(kaplanMeier(waits), 0.6)).toBeUndefined();
  });

  test('equal waits given once with their number, or one by one, in any order, make one curve', () => {
    const one = kaplanMeier([...ended(3, 1, 3), ...running(1, 3)]);
    const other = kaplanMeier([
      { time: 3, ended: 2, censored: 1 },
      { time: 1, ended: 1, censored: 1 }
    ]);
    expect(other).toEqual(one);
    expect(one.steps).toEqual([
      { time: 1, atRisk: 5, ended: 1, survival: 0.8 },
      { time: 3, atRisk: 3, ended: 2, survival: 0.8 * (1 - 2 / 3) }
    ]);
  });

  test('a quantile is the first time at which the rest is small enough, whatever rounding does', () => {
    const curve = kaplanMeier(ended(...Array.from({ length: 40 }, (_, i) => i + 1)));
    // S(38) = 2 / 40 exactly; as a product of 38 ratios it is only nearly so.
    expect(quantileOf(curve, 0.95)).toBe(38);
    expect(quantileOf(curve, 0.9)).toBe(36);
  });

  test('no waits make no curve, and no quantile', () => {
    const none = kaplanMeier([]);
    expect(none).toEqual({ n: 0, ended: 0, steps: [], last: 0 });
    expect(quantileOf(none, 0.5)).toBeUndefined();
    expect(ageQuantileOf(none, 0.5)).toBeUndefined();
    expect(ageQuantileOf(kaplanMeier(ended(0, 0)), 0.5)).toBeUndefined();
  });

  test('a time that is none is refused', () => {
    expect(() => kaplanMeier(ended(-1))).toThrow(RangeError);
    expect(() => kaplanMeier(ended(Infinity))).toThrow(RangeError);
    expect(() => kaplanMeier(ended(NaN))).toThrow(RangeError);
  });
});

describe('the age of waits that one meets', () => {
  test('of equal waits it is anything up to their length, evenly', () => {
    expect(ageQuantileOf(kaplanMeier(ended(10, 10, 10)), 0.95)).toBeCloseTo(9.5, 12);
  });

  test('weighs long waits by their length', () => {
    // 99 waits of 1 and one of 100: of 199 units of waiting, half and more is that of the one. ∫S = 1 + 99 · 0.01 = 1.99;
    // 0.95 · 1.99 = 1.8905, of which 1 is before 1: (0.8905 / 0.01) + 1 = 90.05.
    const curve = kaplanMeier([
      { time: 1, ended: 99, censored: 0 },
      { time: 100, ended: 1, censored: 0 }
    ]);
    expect(quantileOf(curve, 0.95)).toBe(1);
    expect(ageQuantileOf(curve, 0.95)).toBeCloseTo(90.05, 9);
  });

  test('is measured up to the longest that was seen, ended or not', () => {
    // S = 1 up to 2, then 1/2 up to 6: ∫S = 4; half of it is reached at 2, three quarters at 4.
    const curve = kaplanMeier([...ended(2), ...running(6)]);
    expect(ageQuantileOf(curve, 0.5)).toBe(2);
    expect(ageQuantileOf(curve, 0.75)).toBe(4);
  });
});
