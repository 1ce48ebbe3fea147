import { describe, expect, test } from 'vitest';
import { formatInstant, isoInstant } from '#models/units/instant.ts';

describe('instants', () => {
  test.each([
    ['2026-10-14T09:05:00+02:00', '2026-10-14T07:05:00Z'],
    ['2026-10-14T07:05:00.000Z', '2026-10-14T07:05:00Z'],
    ['2026-10-14T07:05:00.120Z', '2026-10-14T07:05:00.120Z'],
    ['2026-10-14T07:05:00.123456Z', '2026-10-14T07:05:00.123456Z'],
    ['2026-10-14T09:05:00.000100+02:00', '2026-10-14T07:05:00.0001Z'],
    [0, '1970-01-01T00:00:00Z'],
    [1.5, '1970-01-01T00:00:00.001Z']
  ])('%s in UTC is %s', (instant, iso) => expect(isoInstant(instant)).toBe(iso));

  test('are shown in a zone, to the day, minute or second', () => {
    const at = '2026-10-14T22:05:09.5Z';
    expect(formatInstant(at)).toBe('14 Oct 2026, 22:05');
    expect(formatInstant(at, { withZone: true })).toBe('14 Oct 2026, 22:05 UTC');
    expect(formatInstant(at, { zone: 'Europe/Berlin', withZone: true })).toBe('15 Oct 2026, 00:05 GMT+2');
    expect(formatInstant(at, { zone: 'Asia/Kolkata', precision: 'day' })).toBe('15 Oct 2026');
    expect(formatInstant(at, { precision: 'second' })).toBe('14 Oct 2026, 22:05:09');
  });

  test('tell apart the two hours of a night when clocks go back', () => {
    const shown = (at: string) => formatInstant(at, { zone: 'Europe/Berlin', withZone: true });
    expect(shown('2026-10-25T00:30:00Z')).toBe('25 Oct 2026, 02:30 GMT+2');
    expect(shown('2026-10-25T01:30:00Z')).toBe('25 Oct 2026, 02:30 GMT+1');
  });

  test('are refused when they are none', () => {
    expect(() => isoInstant('yesterday')).toThrow('is no instant');
    expect(() => formatInstant(NaN)).toThrow(RangeError);
    expect(() => formatInstant(0, { zone: 'Europe/Atlantis' })).toThrow(RangeError);
  });
});
