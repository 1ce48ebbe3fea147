import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inFolder, jsonArray, ndjson, offices, pick, query, readStream, type Staged } from '../../staged.ts';
import { readFile } from '#ingest/read-file.ts';
import { createHash } from 'node:crypto';
import { readFile as bytesOf, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const actions = ['planned', 'reached', 'evidence_submitted', 'evidence_bounced', 'odd'];
const milestone = fc
  .record({
    n: fc.nat({ max: 4 }),
    office: fc.constantFrom('BER', 'NYC', 'LON'),
    amount: fc.constantFrom(1, 2.5, 'x'),
    colour: fc.constantFrom(undefined, 'red'),
    steps: fc.array(fc.record({ action: fc.constantFrom(...actions), day: fc.integer({ min: 28, max: 31 }) }), {
      maxLength: 3
    })
  })
  .map(({ n, office, amount, colour, steps }) => ({
    id: `MS-${n}`,
    project: 'PRJ-1',
    office,
    amount,
    colour,
    history: steps.map(({ action, day }) => ({ at: `2025-03-${day} 02:30:00`, by: 'E1', action }))
  }));

/** What was said, without where it stood. */
const said = (parts: readonly Staged[]) =>
  Object.fromEntries(
    (['event', 'event_object', 'object', 'object_object', 'record', 'quarantine'] as const).map((table) => [
      table,
      parts
        .flatMap((part) => part[table])
        .map((row) => JSON.stringify(Object.entries(row).filter(([name]) => name !== 'position' && name !== 'locator')))
        .sort()
    ])
  );

describe('a file that is cut in two', () => {
  it('says the same, record by record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(milestone, { minLength: 2, maxLength: 6 }), fc.nat(), async (records, place) => {
        const cut = 1 + (place % (records.length - 1));
        const whole = await readStream('planbase/milestones', jsonArray(...records));
        const parts = [
          await readStream('planbase/milestones', jsonArray(...records.slice(0, cut))),
          await readStream('planbase/milestones', jsonArray(...records.slice(cut)))
        ];
        expect(said(parts)).toEqual(said([whole]));
        // The second part's records follow those of the first.
        expect(
          parts.flatMap(({ record }, i) =>
            pick(record, 'position')
              .flat()
              .map((at) => Number(at) + i * cut)
          )
        ).toEqual(pick(whole.record, 'position').flat());
      }),
      { numRuns: 15 }
    );
  }, 120_000);
});

describe('a file of records', () => {
  it('may be gzipped', async () => {
    const record = { id: 'MS-1', project: 'PRJ-1', office: 'BER', history: [] };
    const text = jsonArray(record);
    await inFolder(async (folder) => {
      const reports = [];
      for (const [name, bytes] of [
        ['milestones.json', Buffer.from(text)],
        ['milestones.json.gz', gzipSync(text)]
      ] as const) {
        const path = join(folder, name);
        await writeFile(path, bytes);
        const mapping = { stream: 'planbase/milestones', offices };
        reports.push(await readFile({ path, name, staging: join(folder, `${name}.staged`), mapping }));
      }
      expect(reports[1]).toEqual(reports[0]);
      expect(reports[1]).toMatchObject({ rowsIn: 1, format: 'json' });
    });
  });

  it('is staged in its own order and as the same bytes each time, however large', async () => {
    const rows = Array.from({ length: 150_000 }, (_, i) => ({
      id: `TE-${(i * 7919) % 150_000}`,
      timesheet: `TS-E${i % 240}-2025-W${10 + (i % 40)}`,
      project: `PRJ-${i % 1200}`,
      office: Object.keys(offices)[i % 4],
      person: `E${i % 240}`,
      started_at: `2025-0${1 + (i % 9)}-15 10:00:00`,
      hours: i % 500 === 0 ? 'x' : 1,
      entered_at: '2025-12-01 10:00:00'
    }));
    await inFolder(async (folder) => {
      const path = join(folder, 'time.ndjson');
      await writeFile(path, rows.map((row) => ndjson(row)).join(''));
      const hashes = [];
      for (const name of ['a', 'b']) {
        const staging = join(folder, name);
        const mapping = { stream: 'planbase/time', offices };
        const report = await readFile({ path, name: 'time.ndjson', staging, mapping });
        expect(report.rowsIn).toBe(150_000);
        const files = (await readdir(staging)).sort();
        const bytes = await Promise.all(files.map((file) => bytesOf(join(staging, file))));
        hashes.push(bytes.map((content, i) => [files[i], createHash('sha256').update(content).digest('hex')]));
      }
      expect(hashes[1]).toEqual(hashes[0]);
      for (const table of ['event', 'event_object', 'object', 'record', 'quarantine'])
        expect(
          await query(`select count(*)::int as n from (
            select position < lag(position) over (order by file_row_number) as backwards
            from read_parquet('${join(folder, 'a', table)}.parquet', file_row_number = true)) where backwards`)
        ).toEqual([{ n: 0 }]);
    });
  }, 120_000);
});
