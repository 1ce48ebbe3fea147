import { describe, expect, test } from 'vitest';
import { BadDuration, parseIsoDuration } from '#models/units/iso-duration.ts';

describe('ISO durations', () => {
  test.each([
    ['PT24H', 86_400],
    ['PT1H30M', 5_400],
    ['P2DT4H', 187_200],
    ['P1W', 604_800],
    ['PT0S', 0],
    ['PT0.5S', 0.5],
    ['PT1,5H', 5_400]
  ])('%s is %d seconds', (text, seconds) => expect(parseIsoDuration(text)).toBe(seconds));

  test.each(['', 'P', 'PT', 'P1DT', '24h', 'PT1H30', 'PT-1H', 'PT1M1H', 'P1DT1H ', '1D'])('%j is none', (text) => {
    expect(() => parseIsoDuration(text)).toThrow(BadDuration);
  });

  test.each(['P1Y', 'P3M', 'P1Y2D'])('%s has no fixed length', (text) => {
    expect(() => parseIsoDuration(text)).toThrow('no fixed length');
  });
});
