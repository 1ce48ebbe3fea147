/**
 * Kills a process that watches and sends, at random moments and at the two that matter most: when a call arrives that was
 * not answered yet, and when it was answered and that was not stored. Deals become late one after the other meanwhile, some
 * calls fail, some breaches are taken back. After each kill and at the end:
 *
 * - no breach is without its action, and no action without its breach;
 * - nothing is sent after its acknowledgement was stored, or of a breach that a batch between two starts took back;
 * - whatever is sent again has the id it had, one for each breach, and every attempt is signed;
 * - at the end everything was delivered or withdrawn: lost = 0.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { closeServices, createServices } from '#lib/server/services.ts';
import { Policy } from '#models/sla/policy.ts';
import { findLog } from '#models/log/catalogue.ts';
import { openStore } from '#models/store/store.ts';
import { temporaryFolder } from '../cli/command.ts';
import { GOAL_MS, LOG, loadDeals, STEP_MS } from './deals.ts';
import { seeded } from './random-log.ts';

const child = fileURLToPath(new URL('watch-child.ts', import.meta.url));
const TAKE_BACK_EVERY = 4;
/** When a kill comes: after a while, when a call has arrived, when it was answered. */
const moments = ['while', 'arrival', 'answer'] as const;

export interface DeliveryFaults {
  passed: number;
  failures: string[];
}

export async function deliveryFaults({ seed, kills }: { seed: number; kills: number }): Promise<DeliveryFaults> {
  using folder = temporaryFolder();
  const store = join(folder.path, 'store');
  const random = seeded(seed);
  const receiver = new Receiver(random);
  await receiver.listen();
  const deals = kills * 25;
  const began = await prepare(store, receiver, deals);
  const failures: string[] = [];
  let passed = 0;
  console.log(`delivery faults: seed ${seed}, ${kills} kills, ${deals} deals that become late`);
  for (let n = 0; n < kills; n += 1) {
    const moment = moments[n % moments.length] ?? 'while';
    const title = `delivery ${n + 1}/${kills}, killed ${moment === 'while' ? 'after a while' : `at the ${moment} of a call`}`;
    try {
      const running = start(store, began);
      await receiver.firstCall(running);
      if (moment === 'while') await sleep(random() * 1_200);
      else await receiver.during(running, moment, Math.floor(random() * 12));
      await kill(running);
      const found = judge(store, receiver);
      if (n % TAKE_BACK_EVERY === 0) await takeBack(store, receiver, began, n);
      passed += 1;
      console.log(`ok ${title}: ${found}`);
    } catch (error) {
      failures.push(title);
      console.log(`FAILED ${title}: ${(error as Error).message}`);
    }
  }
  try {
    const last = start(store, began);
    await settled(store, began + deals * STEP_MS);
    await kill(last);
    console.log(`ok at the end: ${judge(store, receiver, true)}`);
    passed += 1;
  } catch (error) {
    failures.push('delivery, at the end');
    console.log(`FAILED at the end: ${(error as Error).message}`);
  }
  await receiver.close();
  return { passed, failures };
}

/**
 * Between a kill and the next start a batch comes in that takes back breaches which wait and were never tried: whoever
 * starts next must read it before anything leaves.
 */
async function takeBack(directory: string, receiver: Receiver, began: number, n: number): Promise<void> {
  const db = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true });
  const untried = db
    .prepare(
      `select subject from action where state = 'waiting' and action_no not in (select action_no from attempt)
       order by action_no limit 5`
    )
    .all() as { subject: string }[];
  db.close();
  if (untried.length === 0) return;
  const store = await openStore(directory);
  await loadDeals(
    store,
    `taken back ${n}`,
    untried.map(({ subject: id }) => ({
      id,
      activity: 'done',
      at: began + Number(id.slice(1)) * STEP_MS - GOAL_MS / 2
    }))
  );
  await store.close();
  for (const { subject } of untried) receiver.takenBack.add(`deal/${subject}`);
}

/** A log of deals of which one after the other is late from the returned instant on, a policy, and where to tell it. */
async function prepare(directory: string, receiver: Receiver, deals: number): Promise<number> {
  const store = await openStore(directory);
  const services = createServices(store, 'token');
  const began = Date.now() + 4_000;
  const won = Array.from({ length: deals }, (_, i) => ({
    id: `D${i}`,
    activity: 'won',
    at: began + i * STEP_MS - GOAL_MS
  }));
  await loadDeals(store, 'won', won);
  const { state, watch } = services;
  await watch.look(LOG);
  await state.targets.allow(`127.0.0.1:${receiver.port}`, true);
  const made = await state.targets.add({
    name: 'receiver',
    url: `http://127.0.0.1:${receiver.port}/`,
    rate_per_minute: null
  });
  receiver.secret = made.secret;
  const policy = Policy.parse({
    ...{ id: 'done', name: 'Done', anchor: 'deal', start: ['won'], stop: ['done'], goal: { wall: 'PT1M' } }
  });
  const { log_id: logId } = await findLog(store.engine, LOG);
  await state.policies.add(logId, policy);
  await state.policies.change(logId, 'done', { target: made.target.id });
  await watch.look(LOG);
  await closeServices(services);
  return began;
}

interface Running {
  process: ChildProcess;
  ended: Promise<void>;
}

function start(store: string, began: number): Running {
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, store, String(began)], {
    stdio: ['ignore', 'ignore', 'inherit']
  });
  return { process: started, ended: new Promise((done) => started.on('exit', () => done())) };
}

async function kill({ process: running, ended }: Running): Promise<void> {
  running.kill('SIGKILL');
  await ended;
}

/** Takes calls as an orchestrator would that is not always well, and notes all of them. */
class Receiver {
  port = 0;
  secret = '';
  readonly accepted = new Map<string, number>();
  readonly idsOf = new Map<string, Set<string>>();
  /** Ids whose acknowledgement was stored when a process ended. */
  readonly closed = new Set<string>();
  /** Subjects that were in time after all before they were ever told. */
  readonly takenBack = new Set<string>();
  readonly faults: string[] = [];
  calls = 0;
  repeats = 0;
  private readonly random: () => number;
  private readonly server: Server;
  private readonly waiting: { moment: 'arrival' | 'answer'; left: number; done: () => void }[] = [];

  constructor(random: () => number) {
    this.random = random;
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        this.calls += 1;
        this.note(request.headers as Record<string, string>, body);
        this.tell('arrival');
        const isWell = this.random() > 0.2;
        const id = String(request.headers['webhook-id']);
        setTimeout(() => {
          response.writeHead(isWell ? 200 : 500);
          response.end(() => {
            if (!isWell) return;
            this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
            this.tell('answer');
          });
        }, this.random() * 8);
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((done) => this.server.close(() => done()));
  }

  /** When a started process has made its first call. */
  async firstCall(running: Running): Promise<void> {
    await this.during(running, 'arrival', 0);
  }

  /** A moment of a process that runs; throws where it ends before, or nothing comes. */
  async during({ ended }: Running, moment: 'arrival' | 'answer', skip: number): Promise<void> {
    const come = this.call(moment, skip).then(() => 'call');
    const outcome = await Promise.race([come, ended.then(() => 'end'), sleep(60_000, 'nothing', { ref: false })]);
    if (outcome === 'call') return;
    this.waiting.splice(0);
    throw new Error(outcome === 'end' ? 'the process ended by itself' : 'no call in 60 s');
  }

  /** Resolves at the moment itself, so that what follows it is raced with. */
  call(moment: 'arrival' | 'answer', skip: number): Promise<void> {
    return new Promise((done) => this.waiting.push({ moment, left: skip, done }));
  }

  private tell(moment: 'arrival' | 'answer'): void {
    for (const entry of [...this.waiting]) {
      if (entry.moment !== moment) continue;
      if (entry.left === 0) {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        entry.done();
      } else entry.left -= 1;
    }
  }

  private note(headers: Record<string, string>, body: string): void {
    const id = headers['webhook-id'] ?? '';
    try {
      new Webhook(this.secret).verify(body, headers);
    } catch (error) {
      this.faults.push(`${id} is not signed: ${(error as Error).message}`);
    }
    const event = JSON.parse(body) as { id: string; subject: string };
    if (event.id !== id) this.faults.push(`${id} carries the event ${event.id}`);
    if (this.closed.has(id)) this.faults.push(`${id} came after its acknowledgement was stored`);
    if (this.takenBack.has(event.subject)) this.faults.push(`${id} came after its breach was taken back`);
    if (this.accepted.has(id)) this.repeats += 1;
    const ids = this.idsOf.get(event.subject) ?? new Set();
    this.idsOf.set(event.subject, ids.add(id));
  }
}

/** Holds what the killed process left against what the receiver saw; throws at the first thing that is wrong. */
function judge(store: string, receiver: Receiver, isEnd = false): string {
  const db = new DatabaseSync(join(store, 'state.sqlite'));
  try {
    const one = (text: string): number => Number((db.prepare(text).get() as { n: number }).n);
    const must = (what: string, n: number) => {
      if (n !== 0) throw new Error(`${n} ${what}`);
    };
    const late = `clock where state = 'breached' and before_observation = 0`;
    must(
      'breaches without an action',
      one(`select count(*) as n from ${late} and not exists (select 1 from action a where a.kind = 'sla' and a.policy_no = clock.policy_no
        and a.subject = clock.subject and a.cycle = clock.cycle and a.edge = 'breached' and a.state <> 'withdrawn')`)
    );
    must(
      'actions without a breach',
      one(`select count(*) as n from action a where a.state in ('waiting', 'failed') and not exists (
        select 1 from ${late} and a.policy_no = clock.policy_no and a.subject = clock.subject and a.cycle = clock.cycle)`)
    );
    must('actions told twice', one('select count(*) - count(distinct subject) as n from action'));
    const delivered = db.prepare(`select id from action where state = 'delivered'`).all() as { id: string }[];
    must('deliveries that the receiver never took', delivered.filter(({ id }) => !receiver.accepted.has(id)).length);
    for (const { id } of delivered) receiver.closed.add(id);
    must('breaches told under several ids', [...receiver.idsOf.values()].filter((ids) => ids.size > 1).length);
    if (receiver.faults.length > 0) throw new Error(receiver.faults.splice(0).join('; '));
    const count = (state: string) => one(`select count(*) as n from action where state = '${state}'`);
    if (isEnd)
      must(
        'actions that never arrived',
        one(`select count(*) as n from action where state not in ('delivered', 'withdrawn')`)
      );
    return `${delivered.length} delivered, ${count('sending')} cut short, ${count('withdrawn')} withdrawn, ${receiver.repeats} sent again after they had arrived, of ${receiver.calls} calls`;
  } finally {
    db.close();
  }
}

/** Waits until every deal is late or done, and nothing waits to be sent: for as long as that comes nearer. */
async function settled(store: string, end: number): Promise<void> {
  const db = new DatabaseSync(join(store, 'state.sqlite'), { readOnly: true });
  const left = db.prepare(
    `select (select count(*) from clock where state = 'running') + (select count(*) from action
      where state in ('waiting', 'sending', 'failed')) as n`
  );
  try {
    let best = { n: Infinity, at: Math.max(Date.now(), end) };
    while (best.n > 0 || Date.now() < end + 1_000) {
      await sleep(250);
      const { n } = left.get() as { n: number };
      if (n < best.n) best = { n, at: Math.max(Date.now(), end) };
      if (Date.now() > best.at + 60_000) throw new Error(`${n} still wait, and none left in a minute`);
    }
  } finally {
    db.close();
  }
}
