/**
 * Kills imports, and the watch with its deliveries, at random moments and looks at what is left. `npm run faults`
 * (50 + 10 + 200 kills) or `-- --quick` (10 + 3 + 20).
 *
 * After each `kill -9` of a command that imports, or of a server that imports for a command: the store opens, `doctor`
 * finds nothing wrong, the log is absent or whole, and the next import ends with the segments hash of an undisturbed run.
 * The moments are spread over the length of an undisturbed import; `--seed N` repeats a run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Diagnosis } from '#lib/server/doctor.ts';
import { run, runJson, serve, start, temporaryFolder, type Running, type Server } from '../cli/command.ts';
import { deliveryFaults } from './delivery-faults.ts';
import { seeded, writeRandomLog } from './random-log.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } }
});
const SEED = Number(options.seed);
const COMMAND_KILLS = options.quick ? 10 : 50;
const SERVER_KILLS = options.quick ? 3 : 10;
const DELIVERY_KILLS = options.quick ? 20 : 200;
const EVENTS = 200_000;
const LOG = 'crash';

interface Truth {
  events: number;
  hash: string;
  importMs: number;
}

const random = seeded(SEED);
using folder = temporaryFolder();
const csv = join(folder.path, 'log.csv');
const importInto = (store: string) => ['import', csv, '--as', LOG, '--store', store];

console.log(`faults: seed ${SEED}, ${COMMAND_KILLS} kills of a command and ${SERVER_KILLS} of a server`);
const rows = await writeRandomLog(csv, EVENTS, SEED);
const truth = await undisturbed();
console.log(
  `undisturbed: ${truth.events} events in ${(truth.importMs / 1000).toFixed(1)} s, segments hash ${truth.hash}`
);

let passed = 0;
const failures: string[] = [];
const left = { absent: 0, whole: 0 };
for (let n = 0; n < COMMAND_KILLS; n += 1) await round('command', n, COMMAND_KILLS, killCommand);
for (let n = 0; n < SERVER_KILLS; n += 1) await round('server', n, SERVER_KILLS, killServer);

const delivery = await deliveryFaults({ seed: SEED, kills: DELIVERY_KILLS });
passed += delivery.passed;
failures.push(...delivery.failures);

console.log(`after the kill the log was absent ${left.absent} times and whole ${left.whole} times, never in between`);
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`faults: ${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function undisturbed(): Promise<Truth> {
  const store = join(folder.path, 'undisturbed');
  const began = performance.now();
  const outcome = await run(...importInto(store));
  const importMs = performance.now() - began;
  if (outcome.code !== 0) throw new Error(`the undisturbed import failed (${outcome.code}):\n${outcome.stderr}`);
  const found = await eventsOf(store);
  if (found !== rows) throw new Error(`the undisturbed import loaded ${found} of ${rows} events`);
  return { events: rows, hash: await hashOf(store), importMs };
}

/** Kills once, in the midst of an import, and looks at what is left. */
async function round(what: string, n: number, of: number, kill: Kill) {
  // One moment in each of `of` equal parts of the import, so that every phase of it is met.
  let afterMs = ((n + random()) / of) * truth.importMs;
  let title = '';
  try {
    for (let tries = 0; tries < 20; tries += 1) {
      using store = temporaryFolder();
      title = `${what} ${n + 1}/${of}, killed after ${Math.round(afterMs)} ms`;
      if (await kill(store.path, afterMs)) {
        const found = await judge(store.path);
        left[found === 0 ? 'absent' : 'whole'] += 1;
        passed += 1;
        console.log(`ok ${title}: log ${found === 0 ? 'absent' : 'whole'}, next import right`);
        return;
      }
      // The import was quicker than the one that was measured: nothing was killed, so try an earlier moment.
      afterMs *= 0.8;
    }
    throw new Error('20 imports ended before they could be killed');
  } catch (error) {
    failures.push(title);
    console.log(`FAILED ${title}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** How many events the killed import left; throws unless that is none or all, and the next import puts it right. */
async function judge(store: string): Promise<number> {
  const found = await eventsOf(store);
  await hashOf(store);
  if (found !== 0 && found !== truth.events) throw new Error(`half a log: ${found} of ${truth.events} events`);
  const again = await run(...importInto(store));
  if (again.code !== 0) throw new Error(`the next import ended with ${again.code}: ${again.stderr.trim()}`);
  const hash = await hashOf(store);
  if (hash !== truth.hash) throw new Error(`the segments hash is ${hash}, not ${truth.hash}`);
  return found;
}

/** Kills an import that fills `store`, after so many milliseconds; false where it had ended before. */
type Kill = (store: string, afterMs: number) => Promise<boolean>;

async function killCommand(store: string, afterMs: number): Promise<boolean> {
  const command = start(importInto(store));
  await sleep(afterMs);
  await killHard(command);
  return (await command.ended).signal === 'SIGKILL';
}

/** Kills a server in the midst of an import that a command asked it for; the command must say so, and end. */
async function killServer(store: string, afterMs: number): Promise<boolean> {
  const server = await serve(store);
  const command = start(importInto(store));
  // A server killed before the command finds it is no server killed in an import: the command would do the work itself.
  await jobOf(server);
  await sleep(afterMs);
  await killHard(server);
  const ended = await Promise.race([command.ended, sleep(20_000, undefined)]);
  if (!ended) {
    await killHard(command);
    throw new Error('the command still waited 20 s after its server had died');
  }
  if (ended.code !== 0 && ended.stderr.trim() === '') throw new Error('the command failed without a word');
  return ended.code !== 0;
}

/** Waits until the server has taken an import on. */
async function jobOf({ url }: Server): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 20) {
    const { jobs } = (await (await fetch(new URL('/api/v1/imports', url))).json()) as { jobs: object[] };
    if (jobs.length > 0) return;
    await sleep(20);
  }
  throw new Error('the command asked the server for no import in 20 s');
}

/** kill -9, then waits until the children that read files have noticed and ended too. */
async function killHard(running: Running): Promise<void> {
  const children = childrenOf(running.child.pid);
  running.child.kill('SIGKILL');
  await running.ended;
  for (let waited = 0; children.some(isAlive); waited += 50) {
    if (waited > 10_000)
      throw new Error(`a child process outlived the kill by 10 s: ${children.filter(isAlive).join()}`);
    await sleep(50);
  }
}

/** The direct children of a process, where the system lists them (Linux). */
function childrenOf(pid: number | undefined): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Whether a process still runs; one that has ended and only waits to be collected does not. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

async function eventsOf(store: string): Promise<number> {
  const logs = await runJson<{ name: string; events: number }[]>('logs', '--store', store);
  return logs.find(({ name }) => name === LOG)?.events ?? 0;
}

/** The segments hash that `doctor` prints ('' while there is no log); throws where doctor finds something wrong. */
async function hashOf(store: string): Promise<string> {
  const report = await runJson<Diagnosis>('doctor', '--store', store);
  if (!report.ok) throw new Error(`doctor: ${JSON.stringify(report)}`);
  return report.logs.flatMap(({ views }) => views.map((view) => view.segments_hash)).join();
}
