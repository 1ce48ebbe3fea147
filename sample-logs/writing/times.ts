import type { Instant } from '../firm/rows.ts';
import { zoneOf, type Zone } from './zone.ts';

/** What the hands of a clock show, as the milliseconds of the UTC instant at which a clock in UTC shows the same. */
export type WallTime = number;

const minute = 60_000;
const day = 1_440 * minute;

/** How far the clock of the ERP is ahead of the true time. */
export const ledgerMinutesFast = 7;
const berlin = zoneOf('Europe/Berlin');

const pad = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
const dates = new Map<number, { iso: string; german: string }>();

/** `2025-03-31T09:12:44+02:00` */
export function isoWithOffset(instant: Instant, zone: Zone): string {
  const offset = zone.offsetAt(instant);
  const wall = instant + offset;
  const minutes = Math.abs(offset) / minute;
  const sign = offset < 0 ? '-' : '+';
  return `${dateOf(wall).iso}T${timeOf(wall)}${sign}${pad[Math.floor(minutes / 60)]}:${pad[minutes % 60]}`;
}

/** `2025-03-31T07:12:44Z` */
export function isoUtc(instant: Instant): string {
  return `${dateOf(instant).iso}T${timeOf(instant)}Z`;
}

/** `2025-03-31 09:12:44` on the clocks of the zone, which it does not tell. */
export function localTime(instant: Instant, zone: Zone): string {
  return wallTime(instant + zone.offsetAt(instant));
}

/** `2025-03-31 09:12:44` */
export function wallTime(wall: WallTime): string {
  return `${dateOf(wall).iso} ${timeOf(wall)}`;
}

/** Whether the ERP shows the same at another instant too. */
export function isLedgerTimeRepeated(instant: Instant): boolean {
  return berlin.isRepeated(instant + ledgerMinutesFast * minute);
}

/** `31.03.2025 09:19`: Berlin time on the ERP's clock, which runs fast. */
export function ledgerTime(instant: Instant): string {
  const shown = instant + ledgerMinutesFast * minute;
  const wall = shown + berlin.offsetAt(shown);
  return `${dateOf(wall).german} ${timeOf(wall).slice(0, 5)}`;
}

/** `2025-03-31` → `31.03.2025` */
export function ledgerDate(date: string): string {
  return `${date.slice(8, 10)}.${date.slice(5, 7)}.${date.slice(0, 4)}`;
}

/** `1234,50` */
export function ledgerNumber(value: number, decimals = 2): string {
  return value.toFixed(decimals).replace('.', ',');
}

function dateOf(wall: WallTime): { iso: string; german: string } {
  const number = Math.floor(wall / day);
  const known = dates.get(number);
  if (known) return known;
  const iso = new Date(number * day).toISOString().slice(0, 10);
  const made = { iso, german: ledgerDate(iso) };
  dates.set(number, made);
  return made;
}

function timeOf(wall: WallTime): string {
  const seconds = Math.floor((((wall % day) + day) % day) / 1_000);
  const minutes = Math.floor(seconds / 60);
  return `${pad[Math.floor(minutes / 60)]}:${pad[minutes % 60]}:${pad[seconds % 60]}`;
}
