import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBytes } from '#models/units/bytes.ts';
import { compactBusiness, exactDuration, formatBusiness, formatDuration } from '#models/units/duration.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [0.0001, '0 s'],
    [0.35, '350 ms'],
    [0.9999, '1 s'],
    [5.24, '5.2 s'],
    [42.4, '42 s'],
    [59.6, '1 min'],
    [125, '2 min 5 s'],
    [HOUR - 0.4, '1 h'],
    [HOUR + 90, '1 h 2 min'],
    [DAY - 20, '1 d'],
    [3 * DAY + 4 * HOUR, '3 d 4 h'],
    [17_110_800, '198 d'],
    [377_740_800, '12 y'],
    [-125, '−2 min 5 s']
  ])('%d s is %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  test('say at most two units, and are never off by more than half of the smaller', () => {
    const length = { ms: 0.001, s: 1, min: 60, h: HOUR, d: DAY, y: 365.25 * DAY };
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0, max: 4e9 }), (seconds) => {
        const parts =
          formatDuration(seconds)
            .replaceAll('\u202f', '')
            .match(/[\d.]+ (ms|min|[shdy])/g) ?? [];
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.length).toBeLessThanOrEqual(2);
        const read = parts.map((part) => part.split(' ') as [string, keyof typeof length]);
        const said = read.reduce((sum, [amount, unit]) => sum + Number(amount) * length[unit], 0);
        expect(Math.abs(said - seconds)).toBeLessThanOrEqual(Math.max(0.0006, 0.03 * seconds));
      })
    );
  });

  test.each([
    [273_906.25, '3 d 4 h 5 min 6.25 s'],
    [86_400 * 1_234, '1\u202f234 d'],
    [0, '0 s'],
    [59.9996, '1 min']
  ])('%d s exactly is %s', (seconds, text) => expect(exactDuration(seconds)).toBe(text));

  test.each([
    [0, 8, '0 business seconds'],
    [20 * 60, 8, '20 business minutes'],
    [5 * HOUR + 20 * 60, 8, '5 business hours 20 min'],
    [8 * HOUR, 8, '1 business day'],
    [28 * HOUR, 8, '3 business days 4 h'],
    [15.8 * HOUR, 7.9, '2 business days'],
    [15.75 * HOUR, 8, '2 business days'],
    [800 * HOUR, 8, '100 business days']
  ])('%d s of business time at %d hours a day is %s', (seconds, hours, text) => {
    expect(formatBusiness(seconds, hours)).toBe(text);
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [999.6, '1 kB'],
  [1_234_567, '1.23 MB'],
  [100_200_000, '100 MB'],
  [3.2e15, '3,200 TB']
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

describe('working time in a narrow column', () => {
  test.each([
    [0, '0 min'],
    [29, '0 min'],
    [25 * 60, '25 min'],
    [HOUR - 20, '1 h'],
    [5.25 * HOUR, '5.3 h'],
    [7.94 * HOUR, '7.9 h'],
    [7.96 * HOUR, '1 d'],
    [28 * HOUR, '3.5 d'],
    [99.94 * 8 * HOUR, '99.9 d'],
    [99.96 * 8 * HOUR, '100 d'],
    [1_234 * 8 * HOUR, '1\u202f234 d'],
    [-12 * HOUR, '−1.5 d'],
    [Number.NaN, '–']
  ])('%d s are %s of eight hours', (seconds, text) => expect(compactBusiness(seconds)).toBe(text));

  test('a day is as long as the calendar says', () => {
    expect(compactBusiness(9 * HOUR, 9)).toBe('1 d');
    expect(compactBusiness(8 * HOUR, 9)).toBe('8 h');
  });
});
