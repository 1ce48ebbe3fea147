import { TZDate } from '@date-fns/tz';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isoUtc,
  isoWithOffset,
  ledgerDate,
  ledgerNumber,
  ledgerTime,
  localTime,
  wallTime
} from '#sample-logs/writing/times.ts';
import { Zone } from '#sample-logs/writing/zone.ts';

const berlin = new Zone('Europe/Berlin');
const newYork = new Zone('America/New_York');
const singapore = new Zone('Asia/Singapore');
const kolkata = new Zone('Asia/Kolkata');
const at = (iso: string) => Date.parse(iso);

describe('the night in which clocks go forward', () => {
  test.each([
    ['Berlin', berlin, '2025-03-30T00:59:59Z', '2025-03-30 01:59:59', '2025-03-30T01:59:59+01:00'],
    ['Berlin', berlin, '2025-03-30T01:00:00Z', '2025-03-30 03:00:00', '2025-03-30T03:00:00+02:00'],
    ['New York', newYork, '2026-03-08T06:59:59Z', '2026-03-08 01:59:59', '2026-03-08T01:59:59-05:00'],
    ['New York', newYork, '2026-03-08T07:00:00Z', '2026-03-08 03:00:00', '2026-03-08T03:00:00-04:00'],
    ['Singapore', singapore, '2025-03-30T01:00:00Z', '2025-03-30 09:00:00', '2025-03-30T09:00:00+08:00'],
    ['Kolkata', kolkata, '2025-03-30T01:00:00Z', '2025-03-30 06:30:00', '2025-03-30T06:30:00+05:30']
  ])('%s', (_city, zone, instant, local, iso) => {
    expect(localTime(at(instant), zone)).toBe(local);
    expect(isoWithOffset(at(instant), zone)).toBe(iso);
  });
});

describe('the night in which an hour comes twice', () => {
  test.each([
    ['Berlin', berlin, '2025-10-26T00:30:00Z', '2025-10-26 02:30:00', '2025-10-26T02:30:00+02:00'],
    ['Berlin', berlin, '2025-10-26T01:30:00Z', '2025-10-26 02:30:00', '2025-10-26T02:30:00+01:00'],
    ['New York', newYork, '2024-11-03T05:15:00Z', '2024-11-03 01:15:00', '2024-11-03T01:15:00-04:00'],
    ['New York', newYork, '2024-11-03T06:15:00Z', '2024-11-03 01:15:00', '2024-11-03T01:15:00-05:00']
  ])('%s', (_city, zone, instant, local, iso) => {
    expect(localTime(at(instant), zone)).toBe(local);
    expect(isoWithOffset(at(instant), zone)).toBe(iso);
  });
});

test('the changes of a zone are found to the second', () => {
  const of2025 = (zone: Zone) =>
    zone.changes
      .map(({ at: instant, before, after }) => [new Date(instant).toISOString(), before / 3_600_000, after / 3_600_000])
      .filter(([date]) => String(date).startsWith('2025'));
  expect(of2025(berlin)).toEqual([
    ['2025-03-30T01:00:00.000Z', 1, 2],
    ['2025-10-26T01:00:00.000Z', 2, 1]
  ]);
  expect(of2025(newYork)).toEqual([
    ['2025-03-09T07:00:00.000Z', -5, -4],
    ['2025-11-02T06:00:00.000Z', -4, -5]
  ]);
  expect(of2025(singapore)).toEqual([]);
  expect(of2025(kolkata)).toEqual([]);
});

test.each([
  ['Berlin, an hour before', berlin, '2025-10-25T23:59:59Z', false],
  ['Berlin, the first time', berlin, '2025-10-26T00:00:00Z', true],
  ['Berlin, the second time', berlin, '2025-10-26T01:59:59Z', true],
  ['Berlin, after it', berlin, '2025-10-26T02:00:00Z', false],
  ['Berlin, around the hour that is missing', berlin, '2025-03-30T01:00:00Z', false],
  ['New York, the first time', newYork, '2024-11-03T05:00:00Z', true],
  ['New York, after it', newYork, '2024-11-03T07:00:00Z', false],
  ['Singapore, ever', singapore, '2025-10-26T00:30:00Z', false]
])('an hour that comes twice is known: %s', (_what, zone, instant, isRepeated) => {
  expect(zone.isRepeated(at(instant))).toBe(isRepeated);
});

test('any instant in any order has the offset that date-fns says', () => {
  const zones = [berlin, newYork, singapore, kolkata, new Zone('Australia/Lord_Howe'), new Zone('UTC')];
  const instants = fc.array(
    fc.tuple(
      fc.integer({ min: at('2015-01-01T00:00:00Z'), max: at('2039-12-31T00:00:00Z') }),
      fc.constantFrom(...zones)
    ),
    { minLength: 1, maxLength: 20 }
  );
  fc.assert(
    fc.property(instants, (asked) => {
      for (const [instant, zone] of asked)
        expect(zone.offsetAt(instant)).toBe(-new TZDate(instant, zone.name).getTimezoneOffset() * 60_000);
    }),
    { numRuns: 300 }
  );
});

test('a time outside the years that are known is refused, and a zone that is none', () => {
  expect(() => berlin.offsetAt(at('2014-12-31T23:00:00Z'))).toThrow(RangeError);
  expect(() => berlin.offsetAt(at('2040-01-01T00:00:00Z'))).toThrow(RangeError);
  expect(() => new Zone('Europe/Atlantis')).toThrow(RangeError);
});

describe('the ERP', () => {
  test.each([
    ['winter', '2025-01-15T08:00:00Z', '15.01.2025 09:07'],
    ['summer, seconds cut off', '2025-07-01T08:00:59Z', '01.07.2025 10:07'],
    ['its seven minutes reach the next day', '2025-12-31T22:55:00Z', '01.01.2026 00:02'],
    ['its seven minutes reach over the change of clocks', '2025-03-30T00:55:00Z', '30.03.2025 03:02'],
    ['the doubled hour, first', '2025-10-26T00:23:00Z', '26.10.2025 02:30'],
    ['the doubled hour, again', '2025-10-26T01:23:00Z', '26.10.2025 02:30']
  ])('writes Berlin time seven minutes fast: %s', (_what, instant, written) => {
    expect(ledgerTime(at(instant))).toBe(written);
  });

  test('writes dates with dots and numbers with a comma', () => {
    expect(ledgerDate('2026-02-09')).toBe('09.02.2026');
    expect(ledgerNumber(1234.5)).toBe('1234,50');
    expect(ledgerNumber(0)).toBe('0,00');
    expect(ledgerNumber(-12.345, 1)).toBe('-12,3');
    expect(ledgerNumber(1.0815, 4)).toBe('1,0815');
  });
});

test('UTC and bare wall times', () => {
  expect(isoUtc(at('2026-06-30T16:00:00.999Z'))).toBe('2026-06-30T16:00:00Z');
  expect(wallTime(Date.UTC(2025, 2, 30, 2, 30))).toBe('2025-03-30 02:30:00');
});
