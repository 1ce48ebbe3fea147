import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFile } from '#ingest/read-file.ts';
import { Imports, type ImportRequest, type Job } from '#lib/server/jobs/imports.ts';
import { SampleFirm } from '#lib/server/jobs/sample.ts';
import { dataQuality } from '#mining/data-quality.ts';
import { deleteLog, findLog, listLogs } from '#models/log/catalogue.ts';
import { listSources } from '#models/log/sources.ts';
import { Setup } from '#models/lifecycle/setup.ts';
import { sql } from '#models/store/sql.ts';
import { openStore, type Store } from '#models/store/store.ts';

let directory: string;
let store: Store;
let imports: Imports;
/** Called before a file is read. */
let beforeReading: (name: string) => Promise<void> = async () => undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-imports-'));
  store = await openStore(join(directory, 'store'));
  imports = new Imports(store, {
    openReader: () => ({
      async read(task, ...rest) {
        await beforeReading(task.name);
        return readFile(task, ...rest);
      },
      close: () => undefined
    })
  });
});
afterAll(async () => {
  await imports.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

const desk = (id: string | string[] = 'id') => ({
  system: 'Desk',
  version: '1',
  streams: [
    {
      name: 'tickets',
      file: 'tickets.csv',
      format: 'csv',
      times: { zone: { office: 'office' } },
      id,
      objects: [{ type: 'ticket', id: 'id' }],
      events: [{ activity: 'Opened', at: 'at', objects: [{ type: 'ticket', id: 'id' }] }]
    }
  ]
});
const tickets = (...rows: string[]) => ['id,part,at,office', ...rows].join('\n') + '\n';
const inBerlin = Setup.parse({ offices: { BER: 'Europe/Berlin' } });

async function files(texts: Record<string, string>): Promise<ImportRequest['files']> {
  return Promise.all(
    Object.entries(texts).map(async ([name, text], i) => {
      const path = join(directory, `${Math.random()}-${i}.csv`);
      await writeFile(path, text);
      return { path, name };
    })
  );
}
async function finished(request: ImportRequest): Promise<Job> {
  const { id } = await imports.start(request);
  return ended(id);
}
async function ended(id: string): Promise<Job> {
  const { promise, resolve } = Promise.withResolvers<Job>();
  const stop = imports.subscribe(id, (job) => {
    if (job.finished_at !== undefined) resolve(job);
  });
  const job = await promise;
  stop();
  return job;
}
const names = async () => (await listLogs(store.engine)).map(({ name }) => name);

describe('an import', () => {
  test('ends when its log is deleted meanwhile, and makes none without the set-up', async () => {
    const row = (i: number) => tickets(`${i},a,2025-07-01T09:00:00,BER`);
    const request = { log: 'gone', files: await files({ 'a.csv': row(1), 'b.csv': row(2), 'c.csv': row(3) }) };
    beforeReading = async (name) => (name === 'b.csv' ? deleteLog(store, 'gone') : undefined);
    const job = await finished({ ...request, mapping: { system: desk() }, setup: inBerlin });
    beforeReading = async () => undefined;
    expect(job).toMatchObject({ state: 'failed', error: { kind: 'bad_use' } });
    expect(job.error?.detail).toContain('was deleted while');
    expect(job.files.map(({ state }) => state)).toEqual(['done', 'failed', 'waiting']);
    expect(await names()).not.toContain('gone');
    const again = await finished({ ...request, mapping: { system: desk() }, setup: inBerlin });
    expect(again.files.map(({ batch }) => batch?.loaded)).toEqual([1, 1, 1]);
  });

  test('that is cancelled while it waits makes no log', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    beforeReading = () => promise;
    const text = tickets('1,a,2025-07-01T09:00:00,BER');
    const first = await imports.start({ log: 'first', files: await files({ 'a.csv': text }), setup: inBerlin });
    const second = await imports.start({ log: 'second', files: await files({ 'a.csv': text }), setup: inBerlin });
    imports.cancel(second.id);
    resolve();
    expect(await ended(second.id)).toMatchObject({ state: 'cancelled' });
    await ended(first.id);
    beforeReading = async () => undefined;
    expect(await names()).not.toContain('second');
  });

  test('finds the offices of its log, however its name is padded', async () => {
    const request = { files: await files({ 'a.csv': tickets('1,a,2025-07-01T09:00:00,BER') }), setup: inBerlin };
    const job = await finished({ log: ' padded ', mapping: { system: desk() }, ...request });
    expect(job.log).toBe('padded');
    expect(job.files[0]?.batch).toMatchObject({ loaded: 1, quarantined: 0 });
  });

  test('by other clocks takes effect, and by the first ones again', async () => {
    const request = { log: 'clocks', files: await files({ 'a.csv': tickets('1,a,2025-07-01T09:00:00,BER') }) };
    const hours: string[] = [];
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Europe/Berlin', 'Europe/Berlin']) {
      await finished({ ...request, mapping: { system: desk(), offices: { BER: zone } } });
      const { log_id } = await findLog(store.engine, 'clocks');
      const rows = await store.engine.query<{ hour: string }>(sql`
        select strftime(happened_at, '%H') as hour from event where log_id = ${log_id} and superseded_batch is null`);
      hours.push(rows.map(({ hour }) => hour).join());
    }
    expect(hours).toEqual(['07', '13', '07', '07']);
    expect(await listSources(store.engine, 'clocks')).toMatchObject([{ loaded: 3, duplicates: 1 }]);
  });

  test('tells records of several parts apart, whatever the parts hold', async () => {
    const text = tickets('a/b,c,2025-07-01T09:00:00Z,BER', 'a,b/c,2025-07-01T09:00:00Z,BER');
    const job = await finished({
      log: 'parts',
      files: await files({ 'a.csv': text }),
      mapping: { system: desk(['id', 'part']), offices: { BER: 'Europe/Berlin' } }
    });
    expect(job.files[0]?.batch).toMatchObject({ loaded: 2, superseded: 0 });
  });

  test('of a mended file takes its rows out of what is wrong; of a grown one adds them', async () => {
    const quarantined = async () => {
      const found = await dataQuality(store.engine, await findLog(store.engine, 'mended'));
      return found.filter(({ kind }) => kind === 'quarantined_rows').map(({ count }) => count);
    };
    const bring = async (...rows: string[]) => {
      const request = {
        files: await files({ 'a.csv': tickets(...rows) }),
        mapping: { system: desk() },
        setup: inBerlin
      };
      await finished({ log: 'mended', ...request });
    };
    const [sound, bad, worse] = ['1,a,2025-07-01T09:00:00,BER', '2,a,soon,BER', '3,a,later,BER'];
    await bring(sound, bad);
    await bring(sound, bad);
    expect(await quarantined()).toEqual([1]);
    await bring(sound, bad, worse);
    expect(await quarantined()).toEqual([2]);
    await bring(sound);
    expect(await quarantined()).toEqual([]);
  });
});

test('the sample firm does not move into a log of the user, which would be taken away with it', async () => {
  const request = { files: await files({ 'a.csv': tickets('1,a,2025-07-01T09:00:00Z,BER') }), setup: inBerlin };
  const sample = new SampleFirm(store, imports);
  await finished({ log: sample.log, mapping: { system: desk() }, ...request });
  await expect(sample.load()).rejects.toThrow('a log of yours is called "Sample firm"');
  await expect(sample.remove()).rejects.toThrow('no sample data');
  expect(await names()).toContain(sample.log);
});

test('what is derived is made before an import counts as done, and cannot make it fail', async () => {
  const prepared: [string, string | undefined][] = [];
  imports.prepareBy(async (log) => {
    prepared.push([log, imports.list()[0]?.state]);
    if (log === 'unprepared') throw new Error('cannot be made');
  });
  for (const log of ['prepared', 'unprepared']) {
    const request = {
      log,
      mapping: desk(),
      setup: inBerlin,
      files: await files({ 'tickets.csv': tickets('1,,2024-03-04 09:00,BER') })
    };
    expect((await finished(request)).state).toBe('done');
  }
  imports.prepareBy(() => Promise.resolve());
  expect(prepared).toEqual([
    ['prepared', 'loading'],
    ['unprepared', 'loading']
  ]);
});
