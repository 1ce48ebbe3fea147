import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFile } from '#ingest/read-file.ts';
import { filesAt } from '#lib/server/jobs/folder.ts';
import { Imports, type ImportRequest, type Job } from '#lib/server/jobs/imports.ts';
import { findLog } from '#models/log/catalogue.ts';
import { listSources, logContent } from '#models/log/sources.ts';
import { openStore, type Store } from '#models/store/store.ts';

/** A user's own system: what it exports, and on whose clocks. */
const ticketDesk = {
  system: 'Ticket Desk',
  version: '1',
  streams: [
    {
      name: 'tickets',
      file: 'export/tickets.csv',
      format: 'csv',
      times: { format: 'yyyy-MM-dd HH:mm', zone: { office: 'Office' } },
      id: 'Number',
      required: ['Opened'],
      objects: [{ type: 'ticket', id: 'Number' }],
      events: [{ activity: 'Ticket opened', at: 'Opened', by: 'By', objects: [{ type: 'ticket', id: 'Number' }] }]
    }
  ]
};
const setup = { offices: { LIS: 'Europe/Lisbon' }, now: '2026-01-01T00:00:00Z' };

let directory: string;
let store: Store;
let imports: Imports;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-folder-'));
  store = await openStore(join(directory, 'store'));
  imports = new Imports(store, { openReader: () => ({ read: readFile, close: () => undefined }) });
  await mkdir(join(directory, 'own/export'), { recursive: true });
  await mkdir(join(directory, 'known/cs'), { recursive: true });
  await writeFile(join(directory, 'own/export/tickets.csv'), 'Number,Opened,By,Office\n1,2025-07-01 09:00,Ada,LIS\n');
  await writeFile(join(directory, 'own/setup.json'), JSON.stringify(setup));
  await writeFile(join(directory, 'own/notes.txt'), 'about the tickets');
  await writeFile(
    join(directory, 'known/cs/transitions-2.csv'),
    'id,project,created_at,created_by,accepted_at,accepted_by,completed_at,completed_by,due_date,renewal_date\nCST-1,PRJ-1,2025-01-01T10:00:00Z,E1,,,,,2025-02-01,\n'
  );
});
afterAll(async () => {
  await imports.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function finished(request: ImportRequest): Promise<Job> {
  const { id } = await imports.start(request);
  for (;;) {
    const job = imports.get(id);
    if (job.finished_at !== undefined) return job;
    await new Promise((later) => setTimeout(later, 10));
  }
}

describe('a folder of exports', () => {
  test('is recognised by file names, its set-up said of the log, the rest left alone', async () => {
    const found = await filesAt([join(directory, 'own')], { mapping: ticketDesk });
    expect(found.ignored).toEqual(['notes.txt']);
    const job = await finished({ log: 'tickets', ...found });
    expect(job).toMatchObject({ state: 'done', ignored: ['notes.txt'], files: [{ name: 'export/tickets.csv' }] });
    // Nine in the morning in Lisbon, in summer.
    expect(await listSources(store.engine, 'tickets')).toMatchObject([
      {
        name: 'Ticket Desk',
        events: 1,
        first_event: '2025-07-01T08:00:00.000Z',
        files: [{ stream: 'ticket-desk/tickets' }]
      }
    ]);
    expect(await findLog(store.engine, 'tickets')).toMatchObject({ now_at: '2026-01-01T00:00:00.000000Z' });
  });

  test('takes the offices of the log for a single file that comes later', async () => {
    const path = join(directory, 'later.csv');
    await writeFile(path, 'Number,Opened,By,Office\n2,2025-01-01 09:00,Ada,LIS\n3,2025-01-01 09:00,Ada,OPO\n');
    const job = await finished({ log: 'tickets', files: [{ path, name: 'later.csv' }], mapping: ticketDesk });
    expect(job.files[0]?.batch).toMatchObject({ rows_in: 2, loaded: 1, quarantined: 1 });
    expect(await listSources(store.engine, 'tickets')).toMatchObject([
      { name: 'Ticket Desk', files: [{ name: 'export/tickets.csv' }, { name: 'later.csv' }] }
    ]);
    expect((await logContent(store.engine, 'tickets')).activities).toEqual([
      { activity: 'Ticket opened', system: 'Ticket Desk', count: 2 }
    ]);
  });

  test('of a known system needs no mapping; one of none is refused', async () => {
    const { files } = await filesAt([join(directory, 'known')]);
    expect(files).toMatchObject([
      { name: 'cs/transitions-2.csv', source: 'Aftercare', mapping: { stream: 'aftercare/transitions' } }
    ]);
    await expect(filesAt([join(directory, 'own')])).rejects.toThrow('holds no export of a system');
  });
});
