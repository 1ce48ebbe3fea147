import { exactMoney, formatMoney } from '#models/units/money.ts';
import { compactNumber, exactNumber } from '#models/units/number.ts';
import { formatDay, readable } from './instants.ts';

export interface Shown {
  text: string;
  /** Every digit, for hover, where the text rounds. */
  exact?: string;
  /** Whether it stands on the right, as figures do. */
  isNumber: boolean;
}

type Attributes = Record<string, unknown>;

/** Names by which systems know an amount of money; its currency stands beside it in `currency`. */
const money = /(^|_)(amount|value|budget|cost|price|revenue|total)$/i;

/** One attribute as a reader wants it: money with its currency, an instant in words, anything else as it is. */
export function shownAttribute(attributes: Attributes, key: string): Shown {
  const value = attributes[key];
  if (value == null || value === '') return { text: '', isNumber: false };
  const currency = attributes['currency'];
  if (typeof value === 'number' && money.test(key) && typeof currency === 'string' && /^[A-Z]{3}$/.test(currency))
    return { text: formatMoney(value, currency), exact: exactMoney(value, currency), isNumber: true };
  if (typeof value === 'number') return { text: compactNumber(value), exact: exactNumber(value), isNumber: true };
  if (typeof value === 'object') return { text: JSON.stringify(value), isNumber: false };
  const text = String(value);
  return {
    text: /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? formatDay(text) : readable(text),
    isNumber: false
  };
}

/** What tells one object from the next, likeliest first: what it is called, where it belongs, what it is worth. */
const telling = [
  /^(name|title|subject)$/i,
  /^region$/i,
  /^service_line$/i,
  /^(amount|value|budget|cost)$/i,
  /^(kind|type|role|billing_model)$/i,
  /^(planned_date|due_date|week)$/i
];

/** The attributes that tell most of an object, at most `most`, in that order. */
export function tellingKeys(keys: string[], most: number): string[] {
  return telling.flatMap((one) => keys.find((key) => one.test(key)) ?? []).slice(0, most);
}
