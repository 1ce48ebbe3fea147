import { compactNumber, exactNumber, finite } from './number.ts';

const formatters = new Map<string, Intl.NumberFormat>();

/**
 * Money with its currency, at most three significant digits: `(1234567, 'EUR')` → `€1.23M`.
 *
 * @param currency ISO 4217 code; what a source says otherwise (`Euro`) stands before the number as it is
 * @throws {RangeError} for NaN and infinities
 */
export function formatMoney(amount: number, currency: string): string {
  if (!isCode(currency)) return `${currency}\u00a0${compactNumber(amount)}`;
  const options = { notation: 'compact', maximumSignificantDigits: 3 } as const;
  return money(
    `short ${currency}`,
    currency,
    Math.abs(amount) < 999.5 ? { maximumSignificantDigits: 3 } : options,
    amount
  );
}

/** Every digit the currency has, for hover: `€1,234,567.00`. */
export function exactMoney(amount: number, currency: string): string {
  if (!isCode(currency)) return `${currency}\u00a0${exactNumber(amount)}`;
  return money(`exact ${currency}`, currency, {}, amount);
}

const isCode = (currency: string): boolean => /^[A-Za-z]{3}$/.test(currency);

function money(key: string, currency: string, options: Intl.NumberFormatOptions, amount: number): string {
  const whole = `${key} ${options.notation ?? ''}`;
  let formatter = formatters.get(whole);
  if (!formatter) {
    formatter = new Intl.NumberFormat('en', { style: 'currency', currency, ...options });
    formatters.set(whole, formatter);
  }
  return formatter.format(finite(amount)).replace('-', '\u2212');
}
