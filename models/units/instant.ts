export interface InstantOptions {
  /** IANA zone to show it in. */
  zone?: string;
  /** `day` for facts that carry no time, `second` where order within a minute matters. */
  precision?: 'day' | 'minute' | 'second';
  /** Whether to name the zone's offset: `UTC`, `GMT+2`. */
  withZone?: boolean;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * An instant as ISO 8601 UTC, without a fraction where there is none: `2026-10-14T07:05:00Z`.
 * Microseconds of a text already in UTC are kept.
 *
 * @param instant ISO 8601 text, or milliseconds since 1970
 * @throws {RangeError} when it is no instant
 */
export function isoInstant(instant: string | number): string {
  const iso = new Date(milliseconds(instant)).toISOString();
  const fine = typeof instant === 'string' ? /\.(\d{3}\d*?)0*(?:Z|[+-]\d\d:?\d\d)$/.exec(instant)?.[1] : undefined;
  return (fine ? iso.replace(/\.\d+Z$/, `.${fine}Z`) : iso).replace(/\.0+Z$/, 'Z');
}

/**
 * An instant in a zone: `14 Oct 2026, 09:05`; with `withZone`, `14 Oct 2026, 09:05 GMT+2`. The hover shows {@link isoInstant}.
 *
 * @throws {RangeError} when it is no instant, or the zone is unknown
 */
export function formatInstant(
  instant: string | number,
  { zone = 'UTC', precision = 'minute', withZone = false }: InstantOptions = {}
): string {
  const part = new Map<string, string>();
  for (const { type, value } of formatter(zone).formatToParts(milliseconds(instant))) part.set(type, value);
  const get = (type: string) => part.get(type) ?? '';
  const date = `${get('day')} ${get('month')} ${get('year')}`;
  if (precision === 'day') return date;
  const time = `${get('hour')}:${get('minute')}${precision === 'second' ? `:${get('second')}` : ''}`;
  return `${date}, ${time}${withZone ? ` ${zone === 'UTC' ? zone : get('timeZoneName')}` : ''}`;
}

function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat('en', {
      ...{ timeZone: zone, hourCycle: 'h23', timeZoneName: 'shortOffset' },
      ...{ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }
    });
    formatters.set(zone, known);
  }
  return known;
}

function milliseconds(instant: string | number): number {
  const time = typeof instant === 'number' ? instant : Date.parse(instant);
  if (!Number.isFinite(time))
    throw new RangeError(`"${instant}" is no instant; write ISO 8601, as in 2026-10-14T07:05:00Z`);
  return time;
}
