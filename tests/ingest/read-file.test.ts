import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile as bytesOf, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { failureOf, readFile, type FromReader, type Progress } from '#ingest/read-file.ts';
import { stagedTables } from '#ingest/staging.ts';
import { inFolder, hasLogs, logs, pick, read, readPath } from './staged.ts';

const entry = fileURLToPath(new URL('../../ingest/read-file.ts', import.meta.url));
const header = 'case_id,activity,timestamp\n';

function manyRows(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, i) => `c${i % 997},A${i % 13},2020-01-01T10:00:00.${String(i % 1000).padStart(3, '0')}Z\n`
  );
  return header + rows.join('');
}

async function hashes(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.parquet')).sort();
  const pairs = await Promise.all(
    names.map(
      async (name) =>
        [
          name,
          createHash('sha256')
            .update(await bytesOf(join(folder, name)))
            .digest('hex')
        ] as const
    )
  );
  return Object.fromEntries(pairs);
}

describe('reading a file', () => {
  it('writes all tables, the same bytes each time', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'log.csv');
      await writeFile(path, manyRows(150_000));
      const [a, b] = [join(folder, 'a'), join(folder, 'b')];
      await readFile({ path, name: 'log.csv', staging: a });
      await readFile({ path, name: 'log.csv', staging: b });
      expect(Object.keys(await hashes(a))).toEqual(
        Object.keys(stagedTables)
          .map((table) => `${table}.parquet`)
          .sort()
      );
      expect(await hashes(a)).toEqual(await hashes(b));
      expect((await readdir(a)).filter((name) => !name.endsWith('.parquet'))).toEqual([]);
    });
  });

  it('tells how far it is, at most ten times a second, and at the end', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'log.csv');
      await writeFile(path, manyRows(200_000));
      const seen: { at: number; progress: Progress }[] = [];
      await readFile({ path, name: 'log.csv', staging: join(folder, 's') }, (progress) =>
        seen.push({ at: performance.now(), progress })
      );
      const last = seen.at(-1)?.progress;
      expect(last).toEqual({ bytesDone: last?.bytesTotal, bytesTotal: last?.bytesTotal, rows: 200_000 });
      const steps = seen.slice(1, -1).map(({ at }, i) => at - (seen[i]?.at ?? 0));
      expect(Math.min(...steps, 100)).toBeGreaterThan(90);
    });
  });

  it('stops soon after it is told to', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'log.csv');
      await writeFile(path, manyRows(400_000));
      const abort = new AbortController();
      let toldAt = 0;
      const reading = readFile(
        { path, name: 'log.csv', staging: join(folder, 's') },
        () => {
          toldAt ||= performance.now();
          abort.abort();
        },
        abort.signal
      );
      await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
      expect(toldAt).toBeGreaterThan(0);
      expect(performance.now() - toldAt).toBeLessThan(2_000);
    });
  });

  it.each([
    ['a zip', 'log.csv', Buffer.from('PK\x03\x04rest'), 'CSV, XES, OCEL 2.0 JSON, NDJSON and Parquet'],
    ['a database', 'log.sqlite', Buffer.from('SQLite format 3\0rest'), 'is an SQLite database'],
    ['an image', 'log.png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0', 'latin1'), 'none of the formats']
  ])('refuses %s and says what can be read', async (_, name, bytes, message) => {
    await expect(read(name, bytes)).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining(message),
      fix: expect.any(String)
    });
  });

  it('refuses what is not there and what is no file', async () => {
    await expect(readPath('/nowhere/log.csv', 'log.csv')).rejects.toMatchObject({
      name: 'BadInput',
      message: 'log.csv: there is no such file'
    });
    await inFolder(async (folder) => {
      await expect(readPath(folder, 'folder')).rejects.toMatchObject({
        name: 'BadInput',
        message: 'folder is not a file'
      });
    });
  });

  it('goes by what a file holds, whatever it is called', async () => {
    const staged = await read('log.xes', `${header}1,A,2020-01-01T10:00:00Z\n`);
    expect(staged.report.format).toBe('csv');
  });
});

describe('the reader as a child process', () => {
  async function inChild(content: string, mapping?: unknown): Promise<FromReader[]> {
    return inFolder(async (folder) => {
      const path = join(folder, 'log.csv');
      await writeFile(path, content);
      const child = fork(entry, { execArgv: ['--disable-warning=ExperimentalWarning'] });
      const messages: FromReader[] = [];
      child.send({ path, name: 'log.csv', staging: join(folder, 's'), mapping });
      await new Promise<void>((resolve) => {
        child.on('message', (message: FromReader) => {
          messages.push(message);
          if (message.type !== 'progress') child.disconnect();
        });
        child.on('exit', () => resolve());
      });
      return messages;
    });
  }

  it('answers with a report and ends when its parent leaves', async () => {
    const messages = await inChild(`${header}1,A,2020-01-01T10:00:00Z\n`);
    expect(messages.at(-1)).toMatchObject({ type: 'done', report: { format: 'csv', rowsIn: 1 } });
  });

  it('answers with what is wrong, where, and what mends it', async () => {
    expect((await inChild('a,b\n1,2\n')).at(-1)).toMatchObject({
      type: 'failed',
      error: { kind: 'BadInput', file: 'log.csv', field: 'case', fix: expect.stringContaining('--case') }
    });
    expect((await inChild('a,b\n1,2\n', { case: 'x' })).at(-1)).toMatchObject({
      type: 'failed',
      error: { kind: 'BadUse' }
    });
  });
});

describe('a failure', () => {
  it('of ours is told in one line, without SQL', () => {
    const error = new Error('Binder Error: no column x\nLINE 1: select secret\nin: select secret');
    expect(failureOf(error, 'log.csv')).toEqual({
      kind: 'Internal',
      message: 'Binder Error: no column x',
      file: 'log.csv'
    });
  });
  it("of the time format is the user's", async () => {
    await expect(
      read('log.csv', `${header}1,A,2020-01-01T10:00:00Z\n`, { timestamp_format: '%Y%k%' })
    ).rejects.toMatchObject({ name: 'BadUse', fix: expect.stringContaining('%d.%m.%Y') });
  });
});

describe.skipIf(!hasLogs)('public tables (needs ../shared/logs)', () => {
  const end = { case: 'case_id', activity: 'activity', timestamp: 'end_time', resource: 'resource' };
  it.each([
    ['P2PFin.csv.gz', end, 30_040, 3_965],
    ['P2P-stable_train.csv.gz', end, 53_037, 2_500],
    ['mobis_challenge_log_2019_snippet.csv', undefined, 464, 118],
    ['aea_jira_anon.csv.gz', { case: 'ticket', activity: 'Status', timestamp: 'As.Of.Date' }, 25_636, 649]
  ])('%s', async (name, mapping, events, cases) => {
    const staged = await readPath(join(logs, 'csv', name), name, mapping);
    expect([staged.event.length, staged.object.length, staged.quarantine.length]).toEqual([events, cases, 0]);
  });

  it('takes decimal commas and day-first dates as they are meant', async () => {
    const name = 'mobis_challenge_log_2019_snippet.csv';
    const { event } = await readPath(join(logs, 'csv', name), name);
    expect(pick(event.slice(0, 1), 'activity', 'start_at', 'happened_at', 'resource', 'role', 'attributes')).toEqual([
      ['pay expenses', '2017-01-16 13:29:00', '2017-01-16 13:40:00', 'FI12', 'Accounting', '{"cost":167.52}']
    ]);
  });

  it.each([
    'LoanApp_fewRes_24-7_noTimers.csv.gz',
    'manual_log_1.csv',
    'manual_log_2.csv',
    'manual_log_3.csv',
    'double_ping_pong_case.csv',
    'prioritization.csv',
    'resource_contention.csv'
  ])('handoffs/%s reads with its starts and without a mapping', async (name) => {
    const staged = await readPath(join(logs, 'handoffs', name), name);
    expect(staged.event.length).toBeGreaterThan(0);
    expect(staged.event.every((row) => row['start_at'] !== null && row['resource'] !== null)).toBe(true);
    expect(staged.quarantine).toEqual([]);
  });
});
