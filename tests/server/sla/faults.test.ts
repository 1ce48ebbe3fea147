import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SlaOverview } from '#lib/server/api/sla-routes.ts';
import { Database } from '#lib/server/state/database.ts';
import { markedLogs } from '#lib/server/watch/marks.ts';
import { Watch } from '#lib/server/watch/watch.ts';
import type { Store } from '#models/store/store.ts';
import { loadRecordFile } from '../../models/log/record-fixture.ts';
import { HOUR, receiver, world, type Receiver, type World } from './world.ts';

const YEAR = 366 * 24 * HOUR;
let hook: Receiver;
let firm: World;

beforeEach(async () => {
  hook = await receiver();
  firm = await world({ pause: () => Promise.resolve() });
  await firm.load({ D1: { won: 0 } });
  await firm.target(hook);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await firm.close();
  await hook.close();
});

const always = [['00:00', '24:00']];
const everyDay = { mon: always, tue: always, wed: always, thu: always, fri: always, sat: always, sun: always };
const inBusinessTime = async () => {
  await firm.ask('PUT', '/logs/deals/calendar', { calendar: { zone: 'UTC', weekly: everyDay } });
  await firm.promise('desk', { goal: { business: 'PT2H' }, calendar: 'log' });
};
const told = () => hook.got.map(({ event }) => event.subject);
const fault = async () => (await firm.ask<SlaOverview>('GET', '/logs/deals/sla/status')).fault;

describe('what cannot be judged', () => {
  test('is one subject with a date that stands for none, said, and no other waits for it', async () => {
    await inBusinessTime();
    await firm.load({ Nobody: { won: Date.parse('0001-01-01T00:00:00Z') } }, 0);
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.send();
    expect(told()).toEqual(['deal/D1']);
    expect(await fault()).toMatch(/^"done" cannot judge deal Nobody: 0001-01-01/);
    // The source mends its date.
    await firm.load({ Nobody: { won: 3 * HOUR } }, firm.clock.now() - 3 * HOUR);
    expect(await fault()).toBeNull();
  });

  test('is no log whose now is moved on by more years than its calendar was made for', async () => {
    await firm.ask('PUT', '/logs/deals/now', { mode: 'fixed', at: new Date(firm.clock.now()).toISOString() });
    await inBusinessTime();
    for (const years of [5, 10]) {
      const at = new Date(firm.clock.now() + years * YEAR).toISOString();
      await firm.ask('PUT', '/logs/deals/now', { mode: 'fixed', at });
      await firm.look();
      expect(await fault()).toBeNull();
    }
    await firm.send();
    expect(told()).toEqual(['deal/D1']);
  });

  test('of a log is told by its status; what waits for others is sent, and its own stays as it was', async () => {
    await firm.promise('desk');
    firm.clock.by(3 * HOUR);
    await firm.look();
    vi.spyOn(firm.services.state.clocks, 'subjects').mockRejectedValue(new Error('the disk is on fire'));
    await firm.load({ D2: { won: 0 } });
    expect(await fault()).toBe('the disk is on fire');
    expect((await firm.automations()).deliveries).toMatchObject([{ subject: 'D1', state: 'waiting' }]);
    // What the newest batch says of it is not known.
    expect(await firm.send()).toBe(0);
    vi.restoreAllMocks();
    expect(await fault()).toBeNull();
    expect(await firm.send()).toBe(1);
  });
});

test('a log that cannot be judged keeps no other waiting', async () => {
  await firm.promise('desk');
  const { store, state, watch } = firm.services;
  const won = { activity: 'won', at: new Date(firm.clock.now()).toISOString() };
  await loadRecordFile(store, {
    log: 'other',
    source: 'CRM',
    records: [{ ref: 'O1', objects: [['deal', 'O1']], events: [{ ...won, objects: [['deal', 'O1']] }] }]
  });
  await firm.ask('POST', '/logs/other/sla/policies', {
    ...{ id: 'done', name: 'Done', anchor: 'deal', start: ['won'], stop: ['done'], goal: { wall: 'PT2H' } }
  });
  await firm.ask('PATCH', '/logs/other/sla/policies/done', { target: 'desk' });
  await watch.lookAtAll();
  firm.clock.by(3 * HOUR);
  const due = state.clocks.due.bind(state.clocks);
  const first = (await markedLogs(store)).find(({ name }) => name === 'deals');
  const { no } = await state.policies.find(first?.log_id ?? 0, 'done');
  vi.spyOn(state.clocks, 'due').mockImplementation(async (policy, now) => {
    if (policy === no) throw new Error('a page of the file is torn');
    return due(policy, now);
  });
  await watch.lookAtAll();
  await firm.send();
  expect(told()).toEqual(['deal/O1']);
  expect(await fault()).toBe('a page of the file is torn');
  vi.restoreAllMocks();
  await watch.lookAtAll();
  await firm.send();
  expect(told()).toEqual(['deal/O1', 'deal/D1']);
  expect(await fault()).toBeNull();
});

test('while a log is imported into, what is due there does not keep the watch awake', async () => {
  await firm.promise('desk');
  firm.clock.by(3 * HOUR);
  const { store, state } = firm.services;
  const waits: number[] = [];
  let run: () => void = () => undefined;
  const again = new Promise<void>((resolve) => {
    const watch = new Watch({
      ...{ store, state, clock: () => new Date(firm.clock.now()), busy: () => new Set(['deals']) },
      timer: (ms, next) => {
        if (waits.push(ms) === 2) resolve();
        run = next;
        return () => undefined;
      }
    });
    watch.start();
  });
  run();
  await again;
  expect(waits).toEqual([0, 1_000]);
});

test('a batch that is committed while the logs are asked is asked for too', async () => {
  let asked = 0;
  const store = {
    revision: 1,
    engine: {
      query: async () => {
        asked += 1;
        if (asked === 1) store.revision = 2;
        return [{ mark: `as of ${asked}` }];
      }
    }
  };
  const logs = await markedLogs(store as unknown as Store);
  expect(logs).toEqual([{ mark: 'as of 2' }]);
  await markedLogs(store as unknown as Store);
  expect(asked).toBe(2);
});

describe('a state that fails', () => {
  test('when an answer is to be stored: it is stored later, and nothing is sent twice', async () => {
    await firm.promise('desk');
    firm.clock.by(3 * HOUR);
    await firm.look();
    const { actions } = firm.services.state;
    const finish = actions.finish.bind(actions);
    let fails = 0;
    vi.spyOn(actions, 'finish').mockImplementation(async (claim, outcome) => {
      fails += 1;
      if (fails <= 2) throw new Error('database or disk is full');
      return finish(claim, outcome);
    });
    await firm.send();
    await firm.send();
    expect(told()).toEqual(['deal/D1']);
    expect((await firm.automations()).deliveries).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
    expect(fails).toBe(3);
  });

  test('when a call is prepared: it counts as a try that failed', async () => {
    await firm.promise('desk');
    firm.clock.by(3 * HOUR);
    await firm.look();
    const { targets } = firm.services.state;
    vi.spyOn(targets, 'dialled').mockImplementationOnce(() => {
      throw new Error('disk I/O error');
    });
    await firm.send();
    expect((await firm.automations()).deliveries).toMatchObject([
      { state: 'failed', attempts: [{ status: null, error: 'disk I/O error' }] }
    ]);
    firm.clock.by(HOUR);
    await firm.send();
    expect(told()).toEqual(['deal/D1']);
  });
});

test('no statement about an action looks at all of them', async () => {
  const texts = new Set<string>();
  const run = Database.prototype.run;
  vi.spyOn(Database.prototype, 'run').mockImplementation(function (this: Database, text, ...values) {
    texts.add(text);
    return run.call(this, text, ...values);
  });
  await firm.promise('desk', { warn_at: 0.5, act_on: ['warned', 'breached'] });
  firm.clock.by(1.5 * HOUR);
  await firm.look();
  firm.clock.by(1.5 * HOUR);
  await firm.look();
  await firm.load({ D1: { held: -2.5 * HOUR, freed: -2.2 * HOUR } });
  await firm.look();
  await firm.load({ D1: { done: -2 * HOUR } });
  await firm.look();
  await firm.ask('DELETE', '/logs/deals/sla/policies/done');
  const db = new DatabaseSync(join(firm.directory, 'store/state.sqlite'), { readOnly: true });
  const plans = [...texts].flatMap((text) =>
    (db.prepare(`explain query plan ${text}`).all() as { detail: string }[]).map(({ detail }) => detail)
  );
  db.close();
  expect(plans.filter((detail) => detail.startsWith('SEARCH action USING INDEX action_once')).length).toBeGreaterThan(
    2
  );
  expect(plans.filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
});
