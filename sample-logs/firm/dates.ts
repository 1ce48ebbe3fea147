const DAY = 24 * 60 * 60_000;

/** Calendar dates as `yyyy-MM-dd`, without zone. */
export function dayOf(ms: number): string {
  const number = Math.floor(ms / DAY);
  let date = dates.get(number);
  if (date === undefined) dates.set(number, (date = new Date(ms).toISOString().slice(0, 10)));
  return date;
}

function msOf(date: string): number {
  let ms = midnights.get(date);
  if (ms === undefined) midnights.set(date, (ms = Date.parse(`${date}T00:00:00Z`)));
  return ms;
}

/** There are a thousand days or two, and they are asked for a million times. */
const dates = new Map<number, string>();
const midnights = new Map<string, number>();

export const addDays = (date: string, days: number): string => dayOf(msOf(date) + days * DAY);
export const daysBetween = (from: string, to: string): number => Math.round((msOf(to) - msOf(from)) / DAY);
/** 0 Sunday … 6 Saturday. */
export const weekdayOf = (date: string): number => new Date(msOf(date)).getUTCDay();
export const monthOf = (date: string): string => date.slice(0, 7);

/** The date itself, or the Monday after a weekend. */
export function onWeekday(date: string): string {
  const day = weekdayOf(date);
  return addDays(date, day === 0 ? 1 : day === 6 ? 2 : 0);
}

export function addWeekdays(date: string, count: number): string {
  let result = date;
  for (let left = count; left > 0;) {
    result = addDays(result, 1);
    if (weekdayOf(result) % 6 !== 0) left -= 1;
  }
  return onWeekday(result);
}

export const mondayOf = (date: string): string => addDays(date, -((weekdayOf(date) + 6) % 7));

/** ISO week: `2026-W14`. */
export function weekOf(date: string): string {
  const thursday = addDays(mondayOf(date), 3);
  const week = Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7) + 1;
  return `${thursday.slice(0, 4)}-W${String(week).padStart(2, '0')}`;
}

/** Every month from one date's to another's, both included. */
export function monthsOf(from: string, to: string): string[] {
  const months: string[] = [];
  for (let month = monthOf(from); month <= monthOf(to); month = nextMonth(month)) months.push(month);
  return months;
}

export function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}

export const lastDayOf = (month: string): string => addDays(`${nextMonth(month)}-01`, -1);
export const isQuartersLast = (month: string): boolean => Number(month.slice(5)) % 3 === 0;
