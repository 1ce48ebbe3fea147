import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compactNumber, exactNumber, formatCount, formatPercent } from '#models/units/number.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
const digits = (text: string) =>
  text
    .replace(/[^0-9.]/g, '')
    .replace(/^0+\.?0*|\./g, '')
    .replace(/^0+/, '');

describe('numbers', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1\u202f000'],
    [150_370, '150\u202f370'],
    [-1_234_567, '\u22121\u202f234\u202f567']
  ])('a count of %d is %s', (count, text) => expect(formatCount(count)).toBe(text));

  test.each([
    [0, '0'],
    [0.04567, '0.0457'],
    [12.34, '12.3'],
    [999, '999'],
    [999.7, '1K'],
    [150_370, '150K'],
    [1_234_567, '1.23M'],
    [-1_234, '\u22121.23K']
  ])('%d in short is %s', (value, text) => expect(compactNumber(value)).toBe(text));

  test('in short is never more than three significant digits', () => {
    fc.assert(
      fc.property(number, (value) => {
        expect(digits(compactNumber(value)).length).toBeLessThanOrEqual(3);
      })
    );
  });

  test('exactly is every digit', () => {
    expect(exactNumber(1_234_567.25)).toBe('1\u202f234\u202f567.25');
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0.001, max: 1e12 }), (value) => {
        expect(Number(exactNumber(value).replaceAll('\u202f', ''))).toBe(value);
      })
    );
  });

  test.each([
    [0, '0 %'],
    [0.1234, '12.3 %'],
    [0.5, '50 %'],
    [1, '100 %'],
    [0.0001, '<0.1 %'],
    [0.9999, '>99.9 %'],
    [2.346, '235 %'],
    [12.5, '1\u202f250 %'],
    [-0.05, '\u22125 %']
  ])('the ratio %d is %s', (ratio, text) => expect(formatPercent(ratio)).toBe(text));

  test('only nothing is 0 %, only all is 100 %', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0, max: 1 }), (ratio) => {
        expect(formatPercent(ratio) === '0 %').toBe(ratio === 0);
        expect(formatPercent(ratio) === '100 %').toBe(ratio === 1);
      })
    );
  });

  test.each([NaN, Infinity, -Infinity])('%d is refused: what is absent is shown by the page', (value) => {
    for (const show of [formatCount, compactNumber, exactNumber, formatPercent])
      expect(() => show(value)).toThrow(RangeError);
  });
});
