import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QueryError } from '#models/store/engine.ts';
import { raw, sql } from '#models/store/sql.ts';
import { openStore, StoreBusy } from '#models/store/store.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-store-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('openStore', () => {
  test('keeps what was committed and nothing of what was not', async () => {
    const first = await openStore(directory);
    await first.write((transaction) => transaction.execute(sql`insert into counter values ('kept', 3)`));
    await expect(
      first.write(async (transaction) => {
        await transaction.execute(sql`insert into counter values ('lost', 1)`);
        throw new Error('a crash in the middle');
      })
    ).rejects.toThrow('a crash in the middle');
    await first.close();
    const again = await openStore(directory);
    expect(await again.engine.query(sql`select name, value::double as value from counter`)).toEqual([
      { name: 'kept', value: 3 }
    ]);
    await again.close();
  });

  test('refuses a second instance in this process, and says who holds it in another', async () => {
    const store = await openStore(directory);
    await expect(openStore(directory)).rejects.toBeInstanceOf(StoreBusy);
    await store.close();
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { DuckDBInstance } from '@duckdb/node-api';
       await DuckDBInstance.create(${JSON.stringify(join(directory, 'log.duckdb'))});
       console.log('held'); setInterval(() => {}, 1000);`
    ]);
    try {
      await once(holder.stdout, 'data');
      await expect(openStore(directory, { waitMs: 50 })).rejects.toThrow(`process ${holder.pid}`);
    } finally {
      holder.kill('SIGKILL');
    }
  });

  test('reads and writes no file outside its staging folder, loads no extension, and locks its settings', async () => {
    const outside = join(directory, 'secret.csv');
    await writeFile(outside, 'a\n1\n');
    const { engine, write, staging, close } = await openedBound();
    for (const escape of [
      sql`select * from read_csv(${outside})`,
      sql`select * from read_text(${'/etc/passwd'})`,
      sql`select * from read_blob(${'/etc/passwd'})`,
      sql`select * from glob(${'/etc/*'})`,
      sql`select * from sniff_csv(${outside})`,
      sql`select * from read_parquet(${join(staging, '../secret.csv')})`,
      raw(`copy (select 1) to '${join(directory, 'out.csv')}'`),
      raw(`attach '${join(directory, 'other.duckdb')}'`),
      raw('install httpfs'),
      raw('load httpfs'),
      raw('set enable_external_access = true'),
      raw("set memory_limit = '1TB'"),
      raw(`select getenv('HOME')`)
    ])
      await expect(engine.query(escape)).rejects.toBeInstanceOf(QueryError);
    await write((transaction) =>
      transaction.execute(raw(`copy (select 1 as a) to '${join(staging, 'in.parquet')}' (format parquet)`))
    );
    expect(await engine.query(sql`select a from read_parquet(${join(staging, 'in.parquet')})`)).toEqual([{ a: 1 }]);
    await close();
  });

  test('compares instants in UTC whatever the zone of the process', async () => {
    const { engine, close } = await openedBound();
    expect(
      await engine.query(sql`select (${'2024-03-31T10:00:00+02:00'}::timestamptz at time zone 'UTC')::varchar as at,
        current_setting('TimeZone') as zone`)
    ).toEqual([{ at: '2024-03-31 08:00:00', zone: 'UTC' }]);
    await close();
  });
});

describe('engine.query(statement)', () => {
  test('gives plain values, and refuses what JavaScript would garble', async () => {
    const { engine, close } = await openedBound();
    expect(
      await engine.query(sql`select count(*) as n, ${'é'} as t, null as nothing, true as yes from range(3)`)
    ).toEqual([{ n: 3, t: 'é', nothing: null, yes: true }]);
    await expect(engine.query(sql`select 9007199254740993 as wide`)).rejects.toThrow('no JavaScript number');
    await expect(engine.query(sql`select timestamp '2024-01-01' as at`)).rejects.toThrow('convert it in SQL');
    await close();
  });

  test('an error carries its SQL and its cause', async () => {
    const { engine, close } = await openedBound();
    const error = await engine.query(sql`select nowhere from log`).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(QueryError);
    expect((error as QueryError).statement).toBe('select nowhere from log');
    expect((error as QueryError).cause).toBeInstanceOf(Error);
    await close();
  });
});

describe('engine.arrow(statement)', () => {
  test('encodes words, numbers, booleans and NULLs over several chunks', async () => {
    const { engine, close } = await openedBound();
    const bytes = await engine.arrow(sql`
      select case when i % 3 <> 0 then 'w' || (i % 3) end as word, i::integer as whole, i / 2 as half,
        case when i % 2 = 0 then i % 4 = 0 end as flag from range(5000) t(i) order by i`);
    const table = tableFromIPC(bytes);
    expect(table.numRows).toBe(5000);
    const row = (n: number) => table.get(n)?.toJSON();
    expect(row(0)).toEqual({ word: null, whole: 0, half: 0, flag: true });
    expect(row(4999)).toEqual({ word: 'w1', whole: 4999, half: 2499.5, flag: null });
    expect(row(2050)).toEqual({ word: 'w1', whole: 2050, half: 1025, flag: false });
    await close();
  });

  test('an empty result keeps its columns', async () => {
    const { engine, close } = await openedBound();
    const table = tableFromIPC(await engine.arrow(sql`select 'a' as word, 1.5::double as n where false`));
    expect(table.numRows).toBe(0);
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['word', 'n']);
    await close();
  });

  test('refuses a type that it would garble', async () => {
    const { engine, close } = await openedBound();
    await expect(engine.arrow(sql`select timestamp '2024-01-01' as at`)).rejects.toThrow('convert it in SQL');
    await close();
  });
});

async function openedBound() {
  const store = await openStore(directory);
  return { engine: store.engine, write: store.write.bind(store), staging: store.staging, close: () => store.close() };
}
