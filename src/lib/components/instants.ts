import { formatInstant as inWords } from '#models/units/instant.ts';

/** "2 Oct 2010"; all instants are shown in UTC, as the page head says. */
export const formatDay = (instant: string | null): string =>
  instant === null ? '–' : inWords(instant, { precision: 'day' });

/** "2 Oct 2010, 13:42" */
export const formatInstant = (instant: string | null): string => (instant === null ? '–' : inWords(instant));
