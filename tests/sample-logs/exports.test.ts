import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFirm, type SampleFirm } from '#sample-logs/simulate.ts';
import { files, readJson, unpacked } from './writing/read-back.ts';
import { recount } from './writing/recount.ts';

const committed = join(import.meta.dirname, '../../sample-logs/exports');
const made = mkdtempSync(join(tmpdir(), 'throughline-exports-'));
const truth = JSON.parse(readFileSync(join(committed, 'truth.json'), 'utf8')) as SampleFirm;
let counted: ReturnType<typeof recount>;

beforeAll(async () => {
  await writeFirm({ seed: 7, projects: 1_200, directory: made });
  counted = recount(committed);
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

describe('the committed exports of the sample firm', () => {
  test.each(files)('%s is what the simulation makes today (else: npm run sample)', (file) => {
    // Compared as one value: a difference of a million lines would be no help.
    expect(unpacked(committed, file) === unpacked(made, file)).toBe(true);
  });

  test.each(['setup.json', 'truth.json'])('%s too', (file) => {
    expect(readFileSync(join(committed, file), 'utf8')).toBe(readFileSync(join(made, file), 'utf8'));
  });

  test('are at most 6 MB, one file an export', () => {
    const sizes = files.map((file) => statSync(join(committed, `${file}.gz`)).size);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6 * 2 ** 20);
    expect(files).toHaveLength(Object.keys(truth.exports).length);
    expect(existsSync(join(committed, 'psa/time.ndjson'))).toBe(false);
  });

  test('hold the rows, objects, events and dirt that truth.json says, counted in the files', () => {
    expect(truth.exports).toEqual(counted.exports);
    expect(truth.objects).toEqual(counted.objects);
    expect(truth.activities).toEqual(counted.activities);
    const { halfMatched, repeated, missing, ...dirt } = counted.dirt;
    expect(truth.dirt).toMatchObject(dirt);
    expect(truth.dirt.dst).toMatchObject({ repeated, missing });
    expect(halfMatched).toBe(0);
    expect(truth.dirt.unparsable.total).toBe(40);
  });

  test('tell of facts within five days, or later than seven', () => {
    expect(counted.delays.filter((days) => days <= 0)).toEqual([]);
    expect(counted.delays.filter((days) => days > 5.3 && days <= 7)).toEqual([]);
  });

  test('have one hole of six hours on a working day, and no other', () => {
    const { from, to } = truth.dirt.outage;
    const hours = new Set(counted.recorded.map((at) => Math.floor(at / 3_600_000)));
    const holidays = new Set(
      readJson(committed, 'hr/calendars.json').records.flatMap(({ holidays: days }) => days as string[])
    );
    const holes: string[] = [];
    for (let day = Date.UTC(2024, 8, 2); day < Date.parse(truth.now); day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10);
      if ([0, 6].includes(new Date(day).getUTCDay()) || holidays.has(date)) continue;
      const isHole = [8, 9, 10, 11, 12, 13].every((hour) => !hours.has(day / 3_600_000 + hour));
      if (isHole) holes.push(date);
    }
    expect(holes).toEqual([from.slice(0, 10)]);
    expect(Date.parse(to) - Date.parse(from)).toBe(6 * 3_600_000);
  });
});
