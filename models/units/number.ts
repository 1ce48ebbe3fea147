/** Digit grouping by narrow no-break space (U+202F): it reads in every language and never breaks a line. */
const GROUP = '\u202f';
const MINUS = '\u2212';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0, useGrouping: true });
const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });
const shortened = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const everyDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 20, useGrouping: true });

/** Every digit of a count: `150370` → `150 370`, grouped by narrow spaces. Fractions are rounded away. */
export function formatCount(count: number): string {
  return grouped(whole.format(finite(count)));
}

/** At most three significant digits: `150370` → `150K`, `0.04567` → `0.0457`. For hover, see {@link exactNumber}. */
export function compactNumber(value: number): string {
  const size = Math.abs(finite(value));
  return grouped((size >= 999.5 ? shortened : threeDigits).format(value));
}

/** Every digit that the number holds: `1234567.25` → `1 234 567.25`. */
export function exactNumber(value: number): string {
  return grouped(everyDigit.format(finite(value)));
}

/**
 * A ratio as percent, at most three significant digits and one decimal: `0.1234` → `12.3 %`.
 * What is not nothing is never shown as 0 %, what is not all never as 100 %: `0.0001` → `<0.1 %`, `0.9999` → `>99.9 %`.
 */
export function formatPercent(ratio: number): string {
  const percent = 100 * finite(ratio);
  const size = Math.abs(percent);
  const sign = percent < 0 ? MINUS : '';
  if (size > 0 && size < 0.1) return `${sign}<0.1 %`;
  if (size > 99.9 && size < 100) return `${sign}>99.9 %`;
  const rounded = size >= 100 ? Math.round(size) : Math.round(size * 10) / 10;
  return `${rounded === 0 ? '' : sign}${grouped(everyDigit.format(rounded))} %`;
}

const grouped = (text: string) => text.replaceAll(',', GROUP).replace('-', MINUS);

/**
 * What is absent is the page's business: it shows a dash and calls nothing here.
 * @throws {RangeError} for NaN and infinities
 */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no figure to show; leave out what is not defined`);
  return value;
}
