import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calendar, weekdays, type Interval } from '#models/calendar/calendar.ts';
import { workingWindows } from '#models/calendar/windows.ts';
import { verdict, type ClockCalendar } from '#models/sla/clock.ts';
import type { Fact } from '#models/sla/signals.ts';
import { berlin, HOUR, policy } from './fixture.ts';
import { walk, workingMinutes } from './minute-walker.ts';

const MINUTE = 60_000;
const DAYS = 4;
const LENGTH = DAYS * 24 * 60;
/** Zones whose clocks change, or stand off by parts of an hour, in every part of the world. */
const zones = [
  ...[
    'Africa/Cairo',
    'Africa/Casablanca',
    'Africa/Johannesburg',
    'America/Anchorage',
    'America/Asuncion',
    'America/Bogota'
  ],
  ...[
    'America/Caracas',
    'America/Chicago',
    'America/Denver',
    'America/Halifax',
    'America/Havana',
    'America/Los_Angeles'
  ],
  ...[
    'America/Mexico_City',
    'America/New_York',
    'America/Nuuk',
    'America/Santiago',
    'America/Sao_Paulo',
    'America/St_Johns'
  ],
  ...['Asia/Amman', 'Asia/Beirut', 'Asia/Damascus', 'Asia/Dhaka', 'Asia/Gaza', 'Asia/Hong_Kong', 'Asia/Jerusalem'],
  ...['Asia/Kathmandu', 'Asia/Kolkata', 'Asia/Pyongyang', 'Asia/Singapore', 'Asia/Tehran', 'Asia/Tokyo', 'Asia/Yangon'],
  ...['Atlantic/Azores', 'Australia/Adelaide', 'Australia/Brisbane', 'Australia/Lord_Howe', 'Australia/Sydney'],
  ...['Europe/Berlin', 'Europe/Chisinau', 'Europe/Istanbul', 'Europe/Lisbon', 'Europe/London', 'Europe/Moscow'],
  ...['Pacific/Apia', 'Pacific/Auckland', 'Pacific/Chatham', 'Pacific/Easter', 'Pacific/Fiji', 'Pacific/Norfolk']
];

/** Every change of a zone's clocks from 2015 to 2037, as the day before it at midnight UTC. */
function changesOf(zone: string): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const offset = (at: number) => format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value;
  const found: number[] = [];
  const DAY = 24 * 60 * MINUTE;
  for (let day = Date.UTC(2015, 0, 1); day < Date.UTC(2038, 0, 1); day += 7 * DAY) {
    if (offset(day) === offset(day + 7 * DAY)) continue;
    for (let one = day; one < day + 7 * DAY; one += DAY) if (offset(one) !== offset(one + DAY)) found.push(one - DAY);
  }
  return found;
}

const workdays: Interval[] = [
  ['09:00', '12:30'],
  ['13:00', '17:30']
];
const nights: Interval[] = [['22:00', '06:00']];
const weeks: Record<string, Record<string, Interval[]>> = {
  every: Object.fromEntries(weekdays.map((day) => [day, workdays])),
  nights: Object.fromEntries(weekdays.map((day) => [day, nights])),
  always: Object.fromEntries(weekdays.map((day) => [day, [['00:00', '24:00']] as Interval[]])),
  early: Object.fromEntries(weekdays.map((day) => [day, [['01:15', '03:45']] as Interval[]]))
};

describe('any clock', () => {
  test('agrees with a walk of the minutes, at every change of clocks of 49 zones from 2015 to 2037', () => {
    let cases = 0;
    const of = policy();
    const random = seeded(7);
    for (const zone of zones) {
      for (const from of [...changesOf(zone), Date.UTC(2026, 5, 1)]) {
        const names = Object.keys(weeks);
        const weekly = weeks[names[Math.floor(random() * names.length)] ?? 'every'];
        const calendar = Calendar.parse({ zone, weekly });
        const clock: ClockCalendar = {
          name: zone,
          calendar,
          windows: workingWindows(calendar, from - 3 * 24 * HOUR, from + 400 * 24 * HOUR)
        };
        const works = workingMinutes(calendar, from, LENGTH);
        for (let i = 0; i < 9; i += 1, cases += 1) {
          const kinds = ['start', 'pause', 'resume', 'pause', 'resume', 'stop', 'cancel'].filter(() => random() < 0.7);
          const minutes = new Set<number>();
          while (minutes.size < kinds.length) minutes.add(Math.floor(random() * (LENGTH - 10)));
          // Most in the order of their sense, some in none.
          const sorted = random() < 0.8 ? [...minutes].sort((a, b) => a - b) : [...minutes];
          const facts = kinds.map((activity, place): Fact => ({
            no: place,
            at: from + (sorted[place] ?? 0) * MINUTE,
            activity,
            place
          }));
          const goal = Math.floor(1 + random() * 20 * 60) * MINUTE;
          const promise = { ...of, goal: { business: `PT${goal / MINUTE}M` } };
          const end = from + LENGTH * MINUTE;
          const expected = walk(facts, of, works, from, goal);
          const [actual] = verdict(facts, promise, clock, end).cycles;
          const found = actual && { state: actual.state, elapsed: actual.elapsed_ms, breached: actual.breached_at };
          if (JSON.stringify(found) !== JSON.stringify(expected))
            expect([
              zone,
              from,
              goal / MINUTE,
              facts.map((f) => f.activity + ' ' + (f.at - from) / MINUTE),
              found
            ]).toEqual([expected]);
        }
      }
    }
    expect(zones).toHaveLength(49);
    expect(cases).toBeGreaterThan(10_000);
  });

  const moment = fc.integer({ min: 0, max: 14 * 24 * 60 }).map((minute) => Date.UTC(2024, 6, 1) + minute * MINUTE);
  const event = fc.record({
    at: moment,
    activity: fc.constantFrom('start', 'pause', 'resume', 'stop', 'cancel', 'other')
  });
  const sets = fc
    .array(event, { maxLength: 12 })
    .map((events) => events.map((fact, place): Fact => ({ ...fact, no: place, place })));

  test('is a function of the set of facts: 1,000 sets, each shuffled and repeated 20 times', () => {
    const modes = fc.constantFrom('ignore', 'new_cycle', 'resume', 'total');
    fc.assert(
      fc.property(sets, modes, fc.infiniteStream(fc.nat(1_000_000)), (facts, on_restart, numbers) => {
        const of = policy({ on_restart, warn_at: 0.5 });
        const now = Date.UTC(2024, 6, 12);
        const expected = JSON.stringify(verdict(facts, of, berlin, now));
        const next = () => numbers.next().value as number;
        for (let time = 0; time < 20; time += 1) {
          const again = facts.filter(() => next() % 3 === 0);
          const mixed = [...facts, ...again].map((fact) => ({ fact, key: next() })).sort((a, b) => a.key - b.key);
          expect(
            JSON.stringify(
              verdict(
                mixed.map(({ fact }) => fact),
                of,
                berlin,
                now
              )
            )
          ).toBe(expected);
        }
      }),
      { numRuns: 1_000 }
    );
  });

  test('is explained: what counted adds up to what elapsed, and stretches touch', () => {
    fc.assert(
      fc.property(sets, fc.constantFrom('new_cycle', 'resume', 'total'), (facts, on_restart) => {
        for (const cycle of verdict(facts, policy({ on_restart }), berlin, Date.UTC(2024, 6, 12)).cycles) {
          expect(cycle.spans.reduce((sum, { counted_ms }) => sum + counted_ms, 0)).toBe(cycle.elapsed_ms);
          expect(cycle.spans[0]?.from).toBe(cycle.started_at);
          expect(cycle.spans.every(({ from }, i) => i === 0 || from === cycle.spans[i - 1]?.to)).toBe(true);
        }
      }),
      { numRuns: 500 }
    );
  });

  test('changes by itself only at the instant that it names', () => {
    fc.assert(
      fc.property(sets, moment, moment, (facts, a, b) => {
        const of = policy({ warn_at: 0.5, on_restart: 'new_cycle' });
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const { cycles, next } = verdict(facts, of, berlin, early);
        if (next !== null && next <= late) return;
        const told = (list: typeof cycles) =>
          list.map(({ state, breached_at, warned_at, due_at }) => [state, breached_at, warned_at, due_at]);
        expect(told(verdict(facts, of, berlin, late).cycles)).toEqual(told(cycles));
      }),
      { numRuns: 2_000 }
    );
  });
});

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
