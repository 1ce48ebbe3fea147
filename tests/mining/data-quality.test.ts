import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataQuality, type DataQualityOptions } from '#mining/data-quality.ts';
import { silentHours } from '#mining/silent-hours.ts';
import { findLog } from '#models/log/catalogue.ts';
import { loadRecordFile, type RecordFile, type WrittenRecord } from '../models/log/record-fixture.ts';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const load = (file: RecordFile) => loadRecordFile(fixture.store, file);
const quality = async (log: string, options?: DataQualityOptions) =>
  dataQuality(fixture.store.engine, await findLog(fixture.store.engine, log), options);
const instant = (day: string, seconds: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + seconds * 1000).toISOString();

describe('data quality', () => {
  test('a fact recorded more than seven days after it happened is late; exactly seven is not', async () => {
    const booked = (ref: string, recorded: string): WrittenRecord => ({
      ref,
      recorded,
      events: [{ activity: 'Time booked', at: '2024-01-01T09:00:00Z', system: 'PSA', objects: [['project', 'P1']] }],
      objects: [['project', 'P1']]
    });
    const records = [
      booked('T1', '2024-01-02T09:00:00Z'),
      booked('T2', '2024-01-08T09:00:00Z'),
      booked('T3', '2024-01-08T09:00:00.001Z'),
      booked('T4', '2024-02-01T09:00:00Z')
    ];
    await load({ log: 'late', source: 'PSA', records });
    expect(await quality('late')).toEqual([{ kind: 'late_facts', about: 'PSA', count: 2, example: 'rows:T3#0' }]);
    expect(await quality('late', { lateAfterDays: 20 })).toMatchObject([{ count: 1 }]);
  });

  test('an empty, blank or absent required attribute is missing, unless a later saying gives it', async () => {
    const contract = (id: string, attributes: Record<string, unknown>): WrittenRecord => ({
      ref: id,
      objects: [['contract', id, attributes]]
    });
    const records = [
      contract('C1', { tax_id: 'DE1', cost_centre: 'X' }),
      contract('C2', { tax_id: '', cost_centre: 'X' }),
      contract('C3', { tax_id: '  ' }),
      contract('C4', { tax_id: '', cost_centre: 'X' })
    ];
    await load({ log: 'fields', source: 'CRM', records });
    await load({
      log: 'fields',
      source: 'CRM',
      file: 'newer.json',
      records: [contract('C4', { tax_id: 'DE4', cost_centre: 'X' })]
    });
    const required = ['tax_id', 'cost_centre'].map((attribute) => ({ object: 'contract', attribute }));
    expect(await quality('fields', { required })).toEqual([
      { kind: 'missing_fields', about: 'contract.cost_centre', count: 1, example: 'C3' },
      { kind: 'missing_fields', about: 'contract.tax_id', count: 2, example: 'C2' }
    ]);
  });

  test('duplicates count as a file first came in, not each time', async () => {
    const row: WrittenRecord = { ref: 'a', objects: [['project', 'P1']] };
    for (let times = 0; times < 3; times += 1) await load({ log: 'again', source: 'PSA', records: [row, row, row] });
    expect(await quality('again')).toEqual([
      { kind: 'duplicate_rows', about: 'PSA', count: 2, example: 'records.json' }
    ]);
  });

  test('a fact that seems to come after its echo tells by how many minutes its clock is fast', async () => {
    const days = Array.from({ length: 30 }, (_, day) => day);
    const facts = days.map((n): WrittenRecord => {
      // True time: second 5n of the hour; the ERP writes minutes, seven of them ahead.
      const written = Math.floor((n * 5) / 60) * 60 + 7 * 60;
      return {
        ref: `E${n}`,
        objects: [['erp_project', `E${n}`]],
        events: [
          { activity: 'made', at: instant('2024-01-01', written), system: 'ERP', objects: [['erp_project', `E${n}`]] }
        ],
        links: [[['erp_project', `E${n}`], 'same_as', ['project', `P${n}`]]]
      };
    });
    const echoed = days.map((n): WrittenRecord => ({
      ref: `P${n}`,
      objects: [['project', `P${n}`]],
      events: [
        { activity: 'heard', at: instant('2024-01-01', n * 5 + 8), system: 'PSA', objects: [['project', `P${n}`]] }
      ]
    }));
    await load({ log: 'clocks', source: 'ERP', records: facts });
    await load({ log: 'clocks', source: 'PSA', records: echoed });
    const echoes = [{ fact: 'made', echo: 'heard', link: 'same_as' }];
    expect(await quality('clocks', { echoes })).toEqual([{ kind: 'fast_clock', about: 'ERP', count: 30, minutes: 7 }]);
    const other = [{ fact: 'heard', echo: 'made', link: 'same_as' }];
    expect(await quality('clocks', { echoes: other })).toEqual([]);
  });

  test('objects that are named and described nowhere are told by type', async () => {
    const records: WrittenRecord[] = [
      { ref: 'i', objects: [['invoice', 'I1']], links: [[['invoice', 'I1'], 'part_of', ['project', 'P9']]] }
    ];
    await load({ log: 'dangling', source: 'ERP', records });
    expect(await quality('dangling')).toEqual([{ kind: 'dangling_link', about: 'project', count: 1, example: 'P9' }]);
  });
});

describe('silent hours', () => {
  /** Four weeks, Monday to Friday, 8 to 18 h: `perHour` records an hour, without those that `skips` says. */
  const written = (
    system: string,
    perHour: number,
    skips: (day: number, hour: number) => boolean,
    extra: (day: number, hour: number) => number = () => 0
  ): WrittenRecord[] => {
    const events = [];
    for (let day = 0; day < 28; day += 1) {
      if (day % 7 > 4) continue;
      for (let hour = 8; hour < 18; hour += 1) {
        if (skips(day, hour)) continue;
        for (let n = 0; n < perHour + extra(day, hour); n += 1)
          events.push({
            activity: 'Ping',
            at: instant('2024-01-01', day * 86_400 + hour * 3_600 + (n % perHour) * 600 + n),
            system,
            objects: [['project', 'P1']] as [string, string][]
          });
      }
    }
    return [{ ref: system, events, objects: [['project', 'P1']] }];
  };
  const silences = async (log: string) =>
    silentHours(fixture.store.engine, (await findLog(fixture.store.engine, log)).log_id);

  const isHoliday = (day: number) => day === 14;
  const isAway = (day: number, hour: number) => isHoliday(day) || (day === 9 && hour >= 9 && hour < 15);
  const catchesUp = (day: number, hour: number) => (day === 9 && hour === 15 ? 20 : 0);

  test('a system that is silent while the others write, and then catches up, was away; a holiday of all is none', async () => {
    await load({ log: 'away', source: 'PSA', records: written('PSA', 5, isAway, catchesUp) });
    await load({ log: 'away', source: 'ERP', records: written('ERP', 3, isHoliday) });
    expect(await silences('away')).toEqual([
      { system: 'PSA', from: '2024-01-10T08:40:04.000Z', to: '2024-01-10T15:00:00.000Z', expected: 30 }
    ]);
  });

  test('a quiet morning is none: nothing is caught up', async () => {
    await load({ log: 'quiet', source: 'PSA', records: written('PSA', 5, isAway) });
    await load({ log: 'quiet', source: 'ERP', records: written('ERP', 3, isHoliday) });
    expect(await silences('quiet')).toEqual([]);
  });

  test('few missing records are chance', async () => {
    const isShort = (day: number, hour: number) => day === 9 && hour >= 13 && hour < 15;
    await load({ log: 'rare', source: 'PSA', records: written('PSA', 5, isShort, catchesUp) });
    await load({ log: 'rare', source: 'ERP', records: written('ERP', 3, () => false) });
    expect(await silences('rare')).toEqual([]);
  });

  test('a date in the year 9999 costs nothing', async () => {
    const event = (at: string) => ({
      activity: 'Done',
      at,
      system: 'PSA',
      objects: [['project', 'P1']] as [string, string][]
    });
    const events = [event('2024-01-01T08:00:00Z'), event('9999-12-31T00:00:00Z')];
    await load({ log: 'far', source: 'PSA', records: [{ ref: 'a', events, objects: [['project', 'P1']] }] });
    const since = performance.now();
    expect(await silences('far')).toEqual([]);
    // Every hour between takes forty seconds, and gigabytes.
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});

test('a link that was mended dangles no longer; a field that two stages require is missing once', async () => {
  const contract = (opportunity: string): WrittenRecord => ({
    ref: 'C1',
    objects: [['contract', 'C1', {}]],
    links: [[['contract', 'C1'], 'for', ['opportunity', opportunity]]]
  });
  const required = [1, 2].map(() => ({ object: 'contract', attribute: 'tax_id' }));
  const missing = { kind: 'missing_fields', about: 'contract.tax_id', count: 1, example: 'C1' };
  await load({
    log: 'mended',
    source: 'CRM',
    records: [{ ref: 'O1', objects: [['opportunity', 'O1']] }, contract('O11')]
  });
  const dangling = { kind: 'dangling_link', about: 'opportunity', count: 1, example: 'O11' };
  expect(await quality('mended', { required })).toEqual([dangling, missing]);
  await load({ log: 'mended', source: 'CRM', file: 'later.json', records: [contract('O1')] });
  expect(await quality('mended', { required })).toEqual([missing]);
});
