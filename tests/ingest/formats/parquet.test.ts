import { readFile as readBytes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasLogs, inFolder, kinds, logs, pick, query, read, readPath, type Staged } from '../staged.ts';

async function parquet(select: string, mapping?: unknown): Promise<Staged> {
  return inFolder(async (folder) => {
    const path = join(folder, 'log.parquet');
    await query(`copy (${select}) to '${path}' (format parquet)`);
    return readPath(path, 'log.parquet', mapping);
  });
}

describe('a Parquet file', () => {
  const typed = `select 1.0::double as case_id, 'A' as activity, timestamp '2020-07-01 10:00:00.123456' as "timestamp",
    date '2020-06-30' as start, 5::bigint as n, true as ok, 'nan'::double as odd, [1, 2] as list,
    timestamptz '2020-07-01 10:00:00+02' as seen, '' as blank, null::integer as none, 3 as __index_level_0__`;
  it('keeps its types; local times are UTC unless a zone is given', async () => {
    const staged = await parquet(typed);
    expect(pick(staged.event, 'happened_at', 'start_at', 'attributes')).toEqual([
      [
        '2020-07-01 10:00:00.123456',
        '2020-06-30 00:00:00',
        '{"list":[1,2],"n":5,"odd":"nan","ok":true,"seen":"2020-07-01T08:00:00.000Z"}'
      ]
    ]);
    expect(pick(staged.event_object, 'object_id')).toEqual([['1']]);
    expect(kinds(staged)).toContain('time_without_zone');
    const zoned = await parquet(typed, { zone: 'Europe/Amsterdam' });
    expect(pick(zoned.event, 'happened_at', 'start_at')).toEqual([
      ['2020-07-01 08:00:00.123456', '2020-06-29 22:00:00']
    ]);
  });

  it('quarantines the rows that lack something, in file order', async () => {
    const staged = await parquet(
      `select if(i % 1000 = 7, null, i % 50) as "case", 'A' as activity, timestamp '2020-01-01' + to_seconds(i) as "time" from range(300000) t(i)`
    );
    expect(staged.report.rowsIn).toBe(300_000);
    expect(staged.quarantine).toHaveLength(300);
    expect(staged.quarantine[0]).toMatchObject({ position: 7, locator: 'row 8', reason: 'no case', field: 'case' });
    expect(
      staged.event.every(({ position }, i) => i === 0 || Number(position) > Number(staged.event[i - 1]?.['position']))
    ).toBe(true);
  });

  it('may call its columns whatever it likes', async () => {
    const staged = await parquet(
      `select 7 as case_id, 'A' || i as activity, timestamp '2020-01-01 10:00:00' as "timestamp", 'p' as "Position",
        'f' as file_row_number, 'x' as c0, 'q' as "say ""so"", a.b", {"inner": [i]} as "s.t" from range(3) t(i)`
    );
    expect(pick(staged.event, 'position', 'activity', 'attributes')).toEqual(
      [0, 1, 2].map((i) => [
        i,
        `A${i}`,
        `{"Position":"p","c0":"x","file_row_number":"f","s.t":{"inner":[${i}]},"say \\"so\\", a.b":"q"}`
      ])
    );
  });

  it('keeps names that differ only in case', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'log.parquet');
      await query(`copy (select {"case": 1} as nested, 7 as "case", 'A' as activity, timestamp '2020-01-01' as time,
        'n' as position, 'other' as "Casf") to '${path}' (format parquet)`);
      // The database cannot write such a file.
      const bytes = await readBytes(path, 'latin1');
      await writeFile(path, bytes.replaceAll('Casf', 'Case'), 'latin1');
      const staged = await readPath(path, 'log.parquet', { case: 'case' });
      expect(pick(staged.event_object, 'object_id')).toEqual([['7']]);
      expect(pick(staged.event, 'position', 'attributes')).toEqual([
        [0, '{"Case":"other","nested":{"case":1},"position":"n"}']
      ]);
    });
  });

  it('is refused when it is damaged', async () => {
    await expect(read('log.parquet', 'PAR1 nothing')).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('no readable Parquet')
    });
  });
});

describe.skipIf(!hasLogs)('one log in three formats (needs ../shared/logs)', () => {
  it('gives the same events and the same cases', async () => {
    const [xes, csv, table] = await Promise.all([
      readPath(join(logs, 'xes/Receipt_WABO.xes.gz'), 'r.xes.gz'),
      readPath(join(logs, 'csv/receipt.csv'), 'r.csv'),
      readPath(join(logs, 'csv/receipt.parquet'), 'r.parquet', { zone: 'Europe/Amsterdam' })
    ]);
    const said = (staged: Staged) => {
      const cases = new Map(staged.event_object.map(({ position, object_id }) => [position, object_id]));
      return staged.event
        .map((row) =>
          [
            cases.get(row['position'] ?? null),
            ...pick([row], 'happened_at', 'activity', 'resource', 'team', 'lifecycle', 'instance', 'attributes').flat()
          ].join('|')
        )
        .sort();
    };
    expect(said(csv)).toEqual(said(xes));
    expect(said(table)).toEqual(said(xes));
    const objects = (staged: Staged) => pick(staged.object, 'object_id', 'attributes').map(String).sort();
    expect(objects(table).length).toBe(1434);
    expect(objects(xes).filter((text) => objects(table).includes(text)).length).toBeGreaterThan(0);
  });

  it('a table of events and objects is refused until it is said which object is the case', async () => {
    const path = join(logs, 'csv/opp_commercial.parquet');
    await expect(readPath(path, 'opp.parquet')).rejects.toThrow(
      'its columns are event_id, event_activity, event_timestamp'
    );
    const mapping = { case: 'opportunities', activity: 'event_activity', timestamp: 'event_timestamp' };
    const staged = await readPath(path, 'opp.parquet', mapping);
    expect([staged.event.length, staged.object.length, staged.report.rowsIn]).toEqual([922, 87, 4743]);
  });
});
