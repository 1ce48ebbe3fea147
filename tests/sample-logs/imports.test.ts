import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFile } from '#ingest/read-file.ts';
import { filesAt } from '#lib/server/jobs/folder.ts';
import { Imports, type ImportFile, type Job } from '#lib/server/jobs/imports.ts';
import { listViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { openStore, type Store } from '#models/store/store.ts';
import { writeFirm } from '#sample-logs/simulate.ts';
import { cutInHalves } from './cut.ts';

/** A tenth of the sample firm: every kind of record and of dirt is in it. */
const projects = 120;

let directory: string;
let store: Store;
let imports: Imports;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-firm-'));
  store = await openStore(join(directory, 'store'), { threads: 2, memoryLimitBytes: 2e9 });
  // In this process: what a child adds is tested elsewhere.
  imports = new Imports(store, { openReader: () => ({ read: readFile, close: () => undefined }) });
  await writeFirm({ seed: 11, projects, directory: join(directory, 'whole') });
  await cutInHalves(join(directory, 'whole'), join(directory, 'halves'));
}, 120_000);
afterAll(async () => {
  await imports.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function load(log: string, folder: string, arrange: (files: ImportFile[]) => ImportFile[] = (files) => files) {
  const { files, setup } = await filesAt([join(directory, folder)]);
  const { id } = await imports.start({ log, files: arrange(files), setup });
  const job = await new Promise<Job>((done) => {
    const stop = imports.subscribe(id, (now) => {
      if (now.finished_at === undefined) return;
      queueMicrotask(() => stop());
      done(now);
    });
  });
  expect(job.error).toBeUndefined();
  return job;
}

async function hashes(log: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name } of await listViews(store.engine, log)) {
    found[name] = await segmentsHash(store.engine, await freshView(store, log, name));
  }
  return found;
}

const sum = (job: Job, key: 'rows_in' | 'loaded' | 'quarantined' | 'duplicates') =>
  job.files.reduce((total, { batch }) => total + (batch?.[key] ?? 0), 0);

test('the seven exports give one log, whatever their order, cut or repetition', { timeout: 300_000 }, async () => {
  const first = await load('in order', 'whole');
  const whole = await hashes('in order');
  expect(Object.keys(whole)).toEqual(['project', 'opportunity', 'change_request', 'milestone', 'invoice']);
  expect(new Set(Object.values(whole)).size).toBe(5);
  expect(sum(first, 'rows_in')).toBe(sum(first, 'loaded') + sum(first, 'quarantined') + sum(first, 'duplicates'));

  const again = await load('in order', 'whole');
  expect(sum(again, 'loaded')).toBe(0);
  expect(sum(again, 'quarantined')).toBe(sum(first, 'quarantined'));
  expect(await hashes('in order')).toEqual(whole);

  const backwards = await load('backwards', 'whole', (files) => [...files].reverse());
  expect(sum(backwards, 'loaded')).toBe(sum(first, 'loaded'));
  expect(await hashes('backwards')).toEqual(whole);

  // Second halves first, systems mixed: every file comes in before what it refers to.
  const halves = await load('halves', 'halves', (files) =>
    files.toSorted((a, b) => b.name.slice(-9).localeCompare(a.name.slice(-9)) || a.name.localeCompare(b.name))
  );
  expect(sum(halves, 'loaded')).toBe(sum(first, 'loaded'));
  expect(await hashes('halves')).toEqual(whole);
});
