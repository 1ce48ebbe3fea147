import { formatInstant } from '#models/units/instant.ts';
import { place, type Scale } from './placing.ts';

export interface Tick {
  left: number;
  label: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps of the axis up to a day; from there on calendar months decide. */
const steps = [1000, 10_000, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 2 * DAY, 7 * DAY];
const months = [1, 2, 3, 6, 12, 24, 60, 120];

/** Round times of the axis, UTC, as many as fit: every label has `room` pixels. */
export function axisTicks(scale: Scale, room = 84): Tick[] {
  const { first, last, width } = scale;
  if (last <= first) return [{ left: width / 2, label: formatInstant(first) }];
  const least = ((last - first) * room) / width;
  const step = steps.find((one) => one >= least);
  const ticks: Tick[] = [];
  const tick = (instant: number, unit: number) => {
    const left = place(scale, instant);
    // A label at the edge would stand over it.
    if (left >= 0 && left <= width - room / 2 && instant <= last) ticks.push({ left, label: written(instant, unit) });
  };
  if (step !== undefined) {
    for (let at = Math.ceil((first - MONDAY) / step) * step + MONDAY; at <= last; at += step) tick(at, step);
  } else {
    const by = months.find((one) => one * 30 * DAY >= least) ?? 240;
    const date = new Date(first);
    const from = Math.ceil((date.getUTCFullYear() * 12 + date.getUTCMonth()) / by) * by;
    for (let month = from, at = first; at <= last; month += by) {
      at = Date.UTC(Math.floor(month / 12), month % 12);
      tick(at, by * 30 * DAY);
    }
  }
  return ticks.length > 0 ? ticks : [{ left: 0, label: formatInstant(first, { precision: 'day' }) }];
}

/** Weeks begin on Mondays: 5 January 1970 was one. */
const MONDAY = 4 * DAY;

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function written(instant: number, step: number): string {
  const date = new Date(instant);
  const day = `${date.getUTCDate()} ${names[date.getUTCMonth()]}`;
  if (step >= 28 * DAY)
    return date.getUTCMonth() === 0 || step >= 360 * DAY
      ? String(date.getUTCFullYear())
      : `${names[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  if (step >= DAY) return day;
  const time = date.toISOString().slice(11, step < MINUTE ? 19 : 16);
  return time.startsWith('00:00') && step >= MINUTE ? day : time;
}
