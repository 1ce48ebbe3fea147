import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoInstant } from '#ingest/formats/xes/values.ts';
import {
  describeTimeFormat,
  detectTime,
  isIsoTime,
  parseTimeFormat,
  timeReader,
  type Placement
} from '#ingest/mapping/times.ts';
import { BadUse } from '#models/log/errors.ts';
import { query } from '#models/store/engine.ts';
import { sql } from '#models/store/sql.ts';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run("set TimeZone = 'UTC'");

async function readTime(text: string, format: string, placement: Partial<Placement> = {}) {
  const reader = timeReader(sql`v`, parseTimeFormat(format), { zone: 'UTC', dayAt: 'start', ...placement });
  const { instant, isDay, isLocal } = reader.read(sql`parts`);
  const [row] = await query<{ instant: string | null; day: boolean; local: boolean }>(
    connection,
    sql`select ${instant}::varchar as instant, ${isDay} as day, ${isLocal} as local from (select ${reader.parts} as parts from (select ${text} as v))`
  );
  return row;
}
const instantOf = async (...read: Parameters<typeof readTime>) => (await readTime(...read))?.instant;

describe('a time', () => {
  it.each([
    ['2020-01-01T10:00:00.123456Z', 'iso', '2020-01-01 10:00:00.123456'],
    ['2020-01-01 10:00:00.1234567+02:00', 'iso', '2020-01-01 08:00:00.123456'],
    ['2025-10-01T15:22:55.068-0400', 'iso', '2025-10-01 19:22:55.068'],
    ['2020-01-01 10:00:00-03', 'iso', '2020-01-01 13:00:00'],
    ['2020-01-01T10:00+05:30', 'iso', '2020-01-01 04:30:00'],
    ['2020-1-5 1:02', 'iso', '2020-01-05 01:02:00'],
    ['2020/01/05 10:00', 'iso', '2020-01-05 10:00:00'],
    [' 2020-01-01 10:00:00 UTC ', 'iso', '2020-01-01 10:00:00'],
    ['2020-01-01 24:00', 'iso', '2020-01-02 00:00:00'],
    ['9999-12-31T23:59:59.999999Z', 'iso', '9999-12-31 23:59:59.999999'],
    ['0001-01-01T00:00:00Z', 'iso', '0001-01-01 00:00:00'],
    ['29/2/2016 01:16', 'dmy', '2016-02-29 01:16:00'],
    ['31.12.2016 8:05:01,25', 'dmy', '2016-12-31 08:05:01.25'],
    ['2/29/16 1:16 PM', 'mdy', '2016-02-29 13:16:00'],
    ['12/31/1999 12:16:05 a.m.', 'mdy', '1999-12-31 00:16:05'],
    ['1.2.2020 10:00:00+01:00', 'dmy', '2020-02-01 09:00:00'],
    ['1590000000', 'epoch_s', '2020-05-20 18:40:00'],
    ['1590000000.123456', 'epoch_s', '2020-05-20 18:40:00.123456'],
    ['1590000000123', 'epoch_ms', '2020-05-20 18:40:00.123'],
    ['1590000000123456', 'epoch_us', '2020-05-20 18:40:00.123456'],
    ['1590000000123456789', 'epoch_ns', '2020-05-20 18:40:00.123456'],
    ['05.01.2020 10:02', 'dd.MM.yyyy HH:mm', '2020-01-05 10:02:00'],
    ['20200105T100200', '%Y%m%dT%H%M%S', '2020-01-05 10:02:00'],
    ['05.01.2020 10:02 +0200', '%d.%m.%Y %H:%M %z', '2020-01-05 08:02:00']
  ])('%s as %s is %s', async (text, format, expected) => {
    expect(await instantOf(text, format)).toBe(expected);
  });

  it.each([
    ['x', 'iso'],
    ['', 'iso'],
    ['infinity', 'iso'],
    ['2020-13-01', 'iso'],
    ['2020-02-30 10:00', 'iso'],
    ['2020-02-30T10:00:00Z', 'iso'],
    ['2020-01-01 25:00', 'iso'],
    ['2020-01-01 10:00:60Z', 'iso'],
    ['2020-01-01T10:00:00+99:00', 'iso'],
    ['2020-01-01 10:00 and more', 'iso'],
    ['31/12/2016', 'mdy'],
    ['1/1/2016 13:00 PM', 'mdy'],
    ['99999999999999999999', 'epoch_s'],
    ['yesterday', 'epoch_s'],
    ['05.01.2020', '%Y-%m-%d']
  ])('%j as %s is unreadable', async (text, format) => {
    expect(await instantOf(text, format)).toBeNull();
  });

  it('without a zone is local in the one that is given', async () => {
    const amsterdam = { zone: 'Europe/Amsterdam' };
    expect(await readTime('2020-07-01 10:00', 'iso', amsterdam)).toEqual({
      instant: '2020-07-01 08:00:00',
      day: false,
      local: true
    });
    expect(await readTime('2020-07-01T10:00:00Z', 'iso', amsterdam)).toEqual({
      instant: '2020-07-01 10:00:00',
      day: false,
      local: false
    });
    // Daylight saving: the skipped hour goes on as if the clock had not been changed, the repeated one is its second pass.
    expect(await instantOf('2020-03-29 02:30', 'iso', amsterdam)).toBe('2020-03-29 01:30:00');
    expect(await instantOf('2020-10-25 02:30', 'iso', amsterdam)).toBe('2020-10-25 01:30:00');
  });

  it('that is a date is the first or the last microsecond of its day', async () => {
    const zone = 'Europe/Amsterdam';
    expect(await readTime('2020-07-01', 'iso', { zone })).toEqual({
      instant: '2020-06-30 22:00:00',
      day: true,
      local: true
    });
    expect(await instantOf('2020-10-25', 'iso', { zone, dayAt: 'end' })).toBe('2020-10-25 22:59:59.999999');
    expect(await instantOf('1.7.2020', 'dmy', { dayAt: 'end' })).toBe('2020-07-01 23:59:59.999999');
    expect(await readTime('05.01.2020', 'dd.MM.yyyy')).toEqual({
      instant: '2020-01-05 00:00:00',
      day: true,
      local: true
    });
  });

  it('is read the same in JavaScript and in SQL', async () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const text = fc
      .tuple(
        fc.integer({ min: 1900, max: 2100 }),
        two(13),
        two(32),
        two(24),
        two(60),
        two(60),
        fc.constantFrom('', '.5', '.123456', '.1234567'),
        fc.constantFrom('Z', '+02:00', '-0430')
      )
      .map(([y, m, d, h, min, s, fraction, zone]) => `${y}-${m}-${d}T${h}:${min}:${s}${fraction}${zone}`)
      .filter((iso) => !iso.includes('T24'));
    await fc.assert(
      fc.asyncProperty(text, async (iso) => {
        const read = (await instantOf(iso, 'iso')) ?? undefined;
        const inSql = read?.replace(/(\.\d+)?$/, (fraction) => (fraction || '.').padEnd(7, '0'));
        const inJs = isoInstant(iso)
          ?.replace('T', ' ')
          .replace(/\.(\d+)Z$/, (_, digits: string) => `.${digits.padEnd(6, '0')}`);
        expect(inJs).toBe(inSql);
        expect(isIsoTime(iso)).toBe(read !== undefined);
      }),
      { numRuns: 300 }
    );
  });
});

describe('the format of a column', () => {
  const kindOf = (...samples: string[]) => detectTime(samples)?.format;
  it.each([
    [['2020-01-01', ''], { kind: 'parts', order: 'ymd' }],
    [['29/2/2016 01:16', '1/2/2016 01:16'], { kind: 'parts', order: 'dmy' }],
    [['1/2/2016', '2/29/2016'], { kind: 'parts', order: 'mdy' }],
    [['1.2.2016'], { kind: 'parts', order: 'dmy' }],
    [['5-Jan-2020 10:00'], { kind: 'parts', order: 'd_month_y' }],
    [['Jan 5, 2020'], { kind: 'parts', order: 'month_d_y' }],
    [['1590000000'], { kind: 'epoch', unit: 's' }],
    [['1590000000123'], { kind: 'epoch', unit: 'ms' }],
    [['1590000000123456'], { kind: 'epoch', unit: 'us' }],
    [['2020-01-01', 'hello', 'you'], undefined],
    [['12', 'x'], undefined],
    [[''], undefined]
  ])('%j', (samples, expected) => {
    expect(kindOf(...samples)).toEqual(expected);
  });
  it('may be ambiguous', () => {
    expect(detectTime(['1/2/2016', '3/4/2016'])?.isAmbiguous).toBe(true);
    expect(detectTime(['1.2.2016'])?.isAmbiguous).toBe(false);
  });
  it.each(['iso', 'dmy', 'mdy', 'd_month_y', 'month_d_y', 'epoch_us', '%d.%m.%Y 100%% %-H:%M'])(
    '%s is reported so',
    (format) => {
      expect(describeTimeFormat(parseTimeFormat(format))).toBe(format);
    }
  );
  it.each(['%Y%k%', '%Y%', '%Y %-Y', '%Y%%%', '%Y %s', '%-'])('%s is refused before it is used', (format) => {
    expect(() => parseTimeFormat(format)).toThrow(BadUse);
  });
  it('may hold all that the database knows', async () => {
    for (const directive of 'aAwubBYfgnpzZUWcxXGVTh%dmyHIMSj')
      expect(await instantOf('nothing', `%Y %${directive}`)).toBeNull();
    for (const directive of 'dmyHIMSj') expect(await instantOf('nothing', `%Y %-${directive}`)).toBeNull();
    expect(await readTime('5.1.2020 9:02', '%-d.%-m.%Y %-H:%M')).toMatchObject({ day: false });
  });
  it('may be named wrongly', () => {
    expect(() => parseTimeFormat('whenever')).toThrow('no time format');
  });
});
