const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The schedule that Standard Webhooks recommends: ten tries over 75.6 hours. Before each, from the end of the last. */
export const standardSchedule: readonly number[] = [
  ...[0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
];

/** Up to a fifth more or less, so that calls that failed together do not come back together. */
const JITTER = 0.2;
/** No receiver can put a call off for longer at once. */
const LONGEST_RETRY_AFTER = 24 * HOUR;

/**
 * How long to wait after so many failed tries; undefined after the last.
 *
 * @param random from [0, 1)
 */
export function delayAfter(tries: number, schedule: readonly number[], random: () => number): number | undefined {
  const delay = schedule[tries];
  return delay === undefined ? undefined : Math.round(delay * (1 - JITTER + 2 * JITTER * random()));
}

/** What `Retry-After` asks for in ms: seconds, or a date (RFC 9110). Undefined where it says nothing that makes sense. */
export function retryAfterMs(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(LONGEST_RETRY_AFTER, Math.max(0, ms)) : undefined;
}
