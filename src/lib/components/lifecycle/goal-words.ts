import type { SlaCalendar, SlaGoal } from '#lib/automation-client.ts';
import { functionName } from './names.ts';

/**
 * A promise in words: `{ business: 'PT24H' }` is "24 business hours", `{ end_of_business_day: 2 }` "the end of the 2nd
 * business day".
 */
export function goalWords(goal: SlaGoal): string {
  if ('end_of_business_day' in goal) {
    const n = goal.end_of_business_day;
    return n === 0 ? 'the end of the same business day' : `the end of the ${ordinal(n)} business day`;
  }
  const [text, kind] = 'business' in goal ? [goal.business, ' business'] : [goal.wall, ''];
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? [];
  const parts = [
    [days, 'day'],
    [hours, 'hour'],
    [minutes, 'minute']
  ].flatMap(([count, unit]) => (count ? [`${count}${kind} ${unit}${count === '1' ? '' : 's'}`] : []));
  return `${parts.join(' ') || text}${'wall' in goal ? ', wall clock' : ''}`;
}

/** Whose hours count. */
export function calendarWords(calendar: SlaCalendar | null): string {
  if (calendar === null) return 'every hour counts';
  if (calendar === 'log') return "hours of the log's calendar";
  return 'function' in calendar ? `hours of ${functionName(calendar.function)}` : `hours of office ${calendar.office}`;
}

function ordinal(n: number): string {
  const ending = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
