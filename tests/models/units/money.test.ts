import { describe, expect, test } from 'vitest';
import { exactMoney, formatMoney } from '#models/units/money.ts';

describe('money', () => {
  test.each([
    [0, 'EUR', '€0', '€0.00'],
    [12.345, 'EUR', '€12.3', '€12.35'],
    [999.7, 'EUR', '€1K', '€999.70'],
    [1_234_567, 'EUR', '€1.23M', '€1,234,567.00'],
    [-4_500, 'USD', '\u2212$4.5K', '\u2212$4,500.00'],
    [1_234, 'JPY', '¥1.23K', '¥1,234'],
    [50_000, 'CHF', 'CHF\u00a050K', 'CHF\u00a050,000.00'],
    // Not a code, and yet what the log says: no reason for a page to break.
    [1_234.5, 'Euro', 'Euro\u00a01.23K', 'Euro\u00a01\u202f234.5']
  ])('%d %s is %s, exactly %s', (amount, currency, short, exact) => {
    expect(formatMoney(amount, currency)).toBe(short);
    expect(exactMoney(amount, currency)).toBe(exact);
  });

  test('never is without an amount', () => {
    expect(() => exactMoney(NaN, 'EUR')).toThrow(RangeError);
  });
});
