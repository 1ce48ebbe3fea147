import { formatCount } from './number.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/**
 * A wall-clock duration as a reader says it, in at most two units and about three significant digits. A day is 24 h;
 * from 1,000 days on it is years of 365.25 days. The exact form is {@link exactDuration}.
 *
 * @param seconds may be negative or fractional
 * @example formatDuration(273_600) // '3 d 4 h'
 */
export function formatDuration(seconds: number): string {
  return signed(seconds, (size) => {
    if (size < 0.9995) return size < 0.0005 ? '0 s' : `${Math.round(size * 1000)} ms`;
    if (size < 9.95) return `${Math.round(size * 10) / 10} s`;
    if (size < 59.5) return `${Math.round(size)} s`;
    if (size < HOUR - 0.5) return pair(size, MINUTE, 'min', 1, 's');
    if (size < DAY - MINUTE / 2) return pair(size, HOUR, 'h', MINUTE, 'min');
    if (size < 100 * DAY - HOUR / 2) return pair(size, DAY, 'd', HOUR, 'h');
    if (size < 999.5 * DAY) return `${Math.round(size / DAY)} d`;
    return `${threeDigits.format(size / YEAR)} y`;
  });
}

/**
 * The same without rounding beyond the millisecond, for hover.
 *
 * @example exactDuration(273_906.25) // '3 d 4 h 5 min 6.25 s'
 */
export function exactDuration(seconds: number): string {
  return signed(seconds, (size) => {
    const total = Math.round(size * 1000);
    const of = (unit: number, within: number) => Math.floor((total % (within * 1000)) / (unit * 1000));
    const days = Math.floor(total / (DAY * 1000));
    const parts = [
      days > 0 && `${formatCount(days)} d`,
      of(HOUR, DAY) > 0 && `${of(HOUR, DAY)} h`,
      of(MINUTE, HOUR) > 0 && `${of(MINUTE, HOUR)} min`,
      total % (MINUTE * 1000) > 0 && `${(total % (MINUTE * 1000)) / 1000} s`
    ].filter((part) => part !== false);
    return parts.join(' ') || '0 s';
  });
}

/**
 * Working time as a reader says it. A business day is as long as the calendar's usual working day, never 24 h.
 *
 * @param hoursPerDay working hours of a usual day
 * @example formatBusiness(28 * 3_600, 8) // '3 business days 4 h'
 */
export function formatBusiness(seconds: number, hoursPerDay = 8): string {
  const day = hoursPerDay * HOUR;
  return signed(seconds, (size) => {
    if (size < 59.5) return named(Math.round(size), 'second');
    if (size < Math.min(HOUR, day) - MINUTE / 2) return named(Math.round(size / MINUTE), 'minute');
    if (size < day - MINUTE / 2) {
      const minutes = Math.round(size / MINUTE);
      return and(named(Math.floor(minutes / 60), 'hour'), minutes % 60, 'min');
    }
    if (size >= 99.5 * day) return named(Math.round(size / day), 'day');
    let days = Math.floor(size / day);
    let hours = Math.round((size - days * day) / HOUR);
    if (hours >= hoursPerDay) [days, hours] = [days + 1, 0];
    return and(named(days, 'day'), hours, 'h');
  });
}

/**
 * Working time for a narrow column, whose head says that it is business time. The long form is {@link formatBusiness}.
 *
 * @param hoursPerDay working hours of a usual day
 * @example compactBusiness(28 * 3_600, 8) // '3.5 d'
 */
export function compactBusiness(seconds: number, hoursPerDay = 8): string {
  const day = hoursPerDay * HOUR;
  return signed(seconds, (size) => {
    if (size < 29.5) return '0 min';
    if (size < Math.min(HOUR, day) - MINUTE / 2) return `${Math.round(size / MINUTE)} min`;
    // Rounded as it will be read: 7.96 h would be 8 h, and that is a day.
    if (size < day - 0.05 * HOUR) return `${Math.round((10 * size) / HOUR) / 10} h`;
    return size < 99.95 * day ? `${Math.round((10 * size) / day) / 10} d` : `${formatCount(Math.round(size / day))} d`;
  });
}

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

function signed(seconds: number, words: (size: number) => string): string {
  if (!Number.isFinite(seconds)) return '–';
  const text = words(Math.abs(seconds));
  return seconds < 0 && !text.startsWith('0 ') ? `−${text}` : text;
}

function pair(size: number, large: number, largeName: string, small: number, smallName: string): string {
  const total = Math.round(size / small);
  const ratio = large / small;
  return and(`${Math.floor(total / ratio)} ${largeName}`, total % ratio, smallName);
}

function and(text: string, rest: number, unit: string): string {
  return rest > 0 ? `${text} ${rest} ${unit}` : text;
}

function named(count: number, unit: string): string {
  return `${formatCount(count)} business ${unit}${count === 1 ? '' : 's'}`;
}
