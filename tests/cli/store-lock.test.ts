import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openStore } from '#models/store/store.ts';
import { run, temporaryFolder } from './command.ts';

test('a command waits some seconds for another process to let go of the store, then says which process has it', async () => {
  using folder = temporaryFolder();
  const holder = await openStore(folder.path);
  try {
    const began = performance.now();
    const outcome = await run('logs', '--store', folder.path);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(String(process.pid));
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(performance.now() - began).toBeGreaterThan(2_000);
    expect(performance.now() - began).toBeLessThan(30_000);
  } finally {
    await holder.close();
  }
});

test('a command that waited goes on when the store is let go', async () => {
  using folder = temporaryFolder();
  const holder = await openStore(folder.path);
  const waiting = run('logs', '--json', '--store', folder.path);
  await sleep(1_500);
  await holder.close();
  expect(await waiting).toMatchObject({ code: 0 });
});

test('a process opens a store once: a second opening would drop the lock of the first', async () => {
  using folder = temporaryFolder();
  const store = await openStore(folder.path);
  await expect(openStore(folder.path, { waitMs: 0 })).rejects.toThrow(/open in this process/);
  expect(await run('logs', '--store', folder.path)).toMatchObject({ code: 1 });
  await store.close();
  await (await openStore(folder.path)).close();
});
