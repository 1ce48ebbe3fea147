import { formatInstant as inWords } from '#models/units/instant.ts';

/** "2 Oct 2010"; all instants are shown in UTC, as the page head says. */
export const formatDay = (instant: string | null): string =>
  instant === null ? '–' : inWords(instant, { precision: 'day' });

/** "2 Oct 2010, 13:42" */
export const formatInstant = (instant: string | null): string => (instant === null ? '–' : inWords(instant));

/** A sentence of the server, whose instants are told as all others are. */
export const withInstants = (text: string): string =>
  text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => formatInstant(instant));

/** A value as a reader wants it: an instant in words, anything else as it is. */
export const readable = (value: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))
    ? inWords(value, { precision: /T\d\d:\d\d(:00(\.0+)?)?[Z+-]/.test(value) ? 'minute' : 'second' })
    : value;
