import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SlaExplanation } from '#lib/server/watch/report.ts';
import { HOUR, isSigned, receiver, world, type Receiver, type World } from './world.ts';

let hook: Receiver;
let firm: World;
let secret: string;

beforeEach(async () => {
  hook = await receiver();
  firm = await world();
  await firm.load({ Old: { won: -30 * HOUR } });
  secret = await firm.target(hook);
});
afterEach(async () => {
  await firm.close();
  await hook.close();
});

const states = async () =>
  Object.fromEntries(
    (await firm.automations()).deliveries.map(({ subject, edge, state }) => [`${subject} ${edge}`, state])
  );

describe('a breach', () => {
  test('becomes one signed CloudEvent, however often it is looked at', async () => {
    await firm.promise('desk');
    await firm.load({ D1: { won: 0 } });
    await firm.look();
    expect(await firm.send()).toBe(0);
    firm.clock.by(2 * HOUR);
    await firm.look();
    // Equal is met.
    expect(await firm.send()).toBe(0);
    firm.clock.by(1);
    await firm.look();
    await firm.look();
    await firm.send();
    await firm.look();
    await firm.send();
    expect(hook.got).toHaveLength(1);
    const [{ headers, event }] = hook.got as [(typeof hook.got)[0]];
    expect(isSigned(hook.got[0] as (typeof hook.got)[0], secret, firm.clock.now())).toBe(true);
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(headers['webhook-id']).toBe(event.id);
    expect(event).toMatchObject({
      specversion: '1.0',
      type: 'throughline.sla.breached',
      source: 'urn:throughline:log:deals',
      subject: 'deal/D1',
      time: new Date(firm.clock.now() - 1).toISOString(),
      data: {
        policy: { id: 'done' },
        cycle: 1,
        edge: 'breached',
        open: true,
        detected_late_by_ms: 1,
        region: 'EMEA',
        replay: false
      }
    });
  });

  test('before observation is counted, and nothing is done', async () => {
    await firm.promise('desk');
    // A backfill: won and late long ago, and won ago and late since.
    await firm.load({ Backfilled: { won: -50 * HOUR }, Half: { won: -HOUR } });
    firm.clock.by(1.5 * HOUR);
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => event.subject)).toEqual(['deal/Half']);
    expect(
      (await firm.clocks()).map(({ subject, state, before_observation }) => [subject, state, before_observation])
    ).toEqual([
      ['Half', 'breached', false],
      ['Old', 'breached', true],
      ['Backfilled', 'breached', true]
    ]);
  });

  test('without a target acts on nobody, not later either', async () => {
    await firm.promise();
    await firm.load({ D1: { won: 0 } });
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.ask('PATCH', '/logs/deals/sla/policies/done', { target: 'desk' });
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.send();
    expect(hook.got).toEqual([]);
    expect((await firm.automations()).actions).toEqual({});
  });

  test('missed while nothing ran is told in true order, with how late', async () => {
    await firm.promise('desk');
    await firm.load({ Third: { won: 3 * HOUR }, First: { won: HOUR }, Second: { won: 2 * HOUR } });
    await firm.look();
    await firm.restart();
    firm.clock.by(8 * HOUR);
    await firm.look();
    await firm.send();
    const told = hook.got.map(({ event }) => [event.subject, event.data.detected_late_by_ms / HOUR]);
    expect([...told].sort((a, b) => Number(b[1]) - Number(a[1]))).toEqual([
      ['deal/First', 5],
      ['deal/Second', 4],
      ['deal/Third', 3]
    ]);
    const { deliveries } = await firm.automations();
    expect(deliveries.map(({ subject }) => subject)).toEqual(['Third', 'Second', 'First']);
  });

  test('done late is told, and resolved where that is asked for', async () => {
    await firm.promise('desk', { act_on: ['breached', 'resolved'] });
    await firm.load({ D1: { won: 0 } });
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.load({ D1: { done: 0 } });
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => event.type).sort()).toEqual([
      'throughline.sla.breached',
      'throughline.sla.resolved'
    ]);
    expect((await firm.clocks()).find(({ subject }) => subject === 'D1')).toMatchObject({
      state: 'breached',
      open: false
    });
  });
});

describe('what is not so any more', () => {
  beforeEach(async () => {
    await firm.promise('desk', { warn_at: 0.5, act_on: ['warned', 'breached'] });
    await firm.load({ D1: { won: 0 } });
    await firm.look();
  });

  test.each<[string, Record<string, number>, string]>([
    ['stopped in time', { done: -1.5 * HOUR }, 'it was done in time after all'],
    ['paused in time', { held: -1.5 * HOUR }, 'the clock is paused'],
    ['called off in time', { lost: -1.5 * HOUR }, 'it was called off']
  ])('%s, as a late fact says: the breach is withdrawn before it is sent', async (_, late, why) => {
    firm.clock.by(3 * HOUR);
    await firm.look();
    expect(await states()).toEqual({ 'D1 breached': 'waiting' });
    await firm.load({ D1: late });
    await firm.look();
    await firm.send();
    expect(hook.got).toEqual([]);
    expect((await firm.automations()).deliveries[0]).toMatchObject({ state: 'withdrawn', why });
  });

  test('a newer batch that was not read yet holds everything back', async () => {
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.load({ D1: { done: -1.5 * HOUR } });
    // Delivery has its turn before the watch.
    expect(await firm.send()).toBe(0);
    await firm.look();
    expect(await firm.send()).toBe(0);
    expect(await states()).toEqual({ 'D1 breached': 'withdrawn' });
    expect(hook.got).toEqual([]);
  });

  test('comes back under the same id when it is so again', async () => {
    firm.clock.by(3 * HOUR);
    await firm.look();
    const [{ id } = { id: '' }] = (await firm.automations()).deliveries;
    await firm.load({ D1: { done: -1.5 * HOUR } });
    await firm.look();
    // The source takes its word back: it was done just now, and late.
    await firm.load({ D1: { done: 0 } });
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => event.id)).toEqual([id]);
  });

  test('a warning is overtaken by the breach', async () => {
    firm.clock.by(1.5 * HOUR);
    await firm.look();
    expect(await states()).toEqual({ 'D1 warned': 'waiting' });
    firm.clock.by(HOUR);
    await firm.look();
    expect(await states()).toEqual({ 'D1 warned': 'withdrawn', 'D1 breached': 'waiting' });
  });

  test('what was sent is sent once, though facts turn and turn again', async () => {
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.send();
    await firm.load({ D1: { done: -1.5 * HOUR } });
    await firm.look();
    await firm.load({ D1: { done: 0 } });
    await firm.look();
    await firm.send();
    expect(hook.got).toHaveLength(1);
    const { history } = await firm.ask<SlaExplanation>('GET', '/logs/deals/sla/clocks/done/D1');
    expect(history.map(({ from, to, cause }) => [from, to, cause])).toEqual([
      ['met', 'breached', 'facts'],
      ['breached', 'met', 'facts'],
      ['running', 'breached', 'time'],
      [null, 'running', 'facts']
    ]);
  });

  test('a policy that is changed, switched off or removed takes back what waits', async () => {
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.ask('PATCH', '/logs/deals/sla/policies/done', { goal: { wall: 'PT9H' } });
    expect(await states()).toEqual({ 'D1 breached': 'withdrawn' });
    firm.clock.by(7 * HOUR);
    await firm.look();
    expect(await states()).toEqual({ 'D1 breached': 'waiting' });
    await firm.ask('PATCH', '/logs/deals/sla/policies/done', { enabled: false });
    expect(await states()).toEqual({ 'D1 breached': 'withdrawn' });
    await firm.ask('DELETE', '/logs/deals/sla/policies/done');
    expect(await firm.send()).toBe(0);
  });

  test('a shorter goal calls nobody for what is late by it at once', async () => {
    firm.clock.by(HOUR);
    await firm.look();
    await firm.ask('PATCH', '/logs/deals/sla/policies/done', { goal: { wall: 'PT30M' } });
    await firm.look();
    await firm.send();
    expect(hook.got).toEqual([]);
    expect((await firm.clocks()).find(({ subject }) => subject === 'D1')).toMatchObject({
      state: 'breached',
      before_observation: true
    });
  });

  test('a log that is deleted takes everything with it', async () => {
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.ask('DELETE', '/logs/deals');
    await firm.services.watch.lookAtAll();
    expect(await firm.send()).toBe(0);
    expect(hook.got).toEqual([]);
  });
});

describe('a log’s now', () => {
  test('a fixed one lets no time pass; moved on, clocks move', async () => {
    await firm.load({ D1: { won: 0 } });
    const fixed = firm.clock.now();
    await firm.ask('PUT', '/logs/deals/now', { mode: 'fixed', at: new Date(fixed).toISOString() });
    await firm.promise('desk');
    firm.clock.by(90 * HOUR);
    await firm.look();
    await firm.send();
    expect(hook.got).toEqual([]);
    await firm.ask('PUT', '/logs/deals/now', { mode: 'fixed', at: new Date(fixed + 3 * HOUR).toISOString() });
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => event.data.detected_late_by_ms)).toEqual([HOUR]);
  });

  test('a replay goes through the days again: facts are known when their time comes, and a second replay tells again', async () => {
    const day = 24 * HOUR;
    await firm.load({ Late: { won: -40 * HOUR, done: -30 * HOUR }, Right: { won: -40 * HOUR, done: -39 * HOUR } });
    await firm.ask('PUT', '/logs/deals/now', { mode: 'fixed', at: new Date(firm.clock.now()).toISOString() });
    await firm.promise('desk');
    await firm.look();
    expect((await firm.automations()).actions).toEqual({});
    for (const round of [1, 2]) {
      // Two days in 48 seconds.
      await firm.ask('PUT', '/logs/deals/now', { mode: 'replay', days: 2, speed: 3_600 });
      await firm.look();
      expect((await firm.clocks()).map(({ subject }) => subject)).toEqual([]);
      // 39.5 hours before the end both run; an hour later one is done.
      firm.clock.by(8_500);
      await firm.look();
      expect((await firm.clocks()).map(({ subject, state }) => `${subject} ${state}`).sort()).toEqual([
        'Late running',
        'Right running'
      ]);
      firm.clock.by(3_000);
      await firm.look();
      await firm.send();
      expect((await firm.clocks()).map(({ subject, state }) => `${subject} ${state}`).sort()).toEqual([
        'Late breached',
        'Right met'
      ]);
      firm.clock.by(day);
      await firm.look();
      await firm.send();
      expect(hook.got.map(({ event }) => [event.subject, event.data.replay])).toContainEqual(['deal/Late', true]);
      expect(new Set(hook.got.map(({ event }) => event.id)).size).toBe(2 * round);
    }
    expect(hook.got.map(({ event }) => event.subject)).toEqual(['deal/Late', 'deal/Old', 'deal/Late', 'deal/Old']);
  });
});

describe('a replay', () => {
  test('is watched from its begin, however late the first look comes, and tells nothing of what was before', async () => {
    await firm.load({ First: { won: -41 * HOUR }, Before: { won: -50.5 * HOUR } });
    await firm.promise('desk');
    // Two days, an hour in a second: First is late after nine.
    await firm.ask('PUT', '/logs/deals/now', { mode: 'replay', days: 2, speed: 3_600 });
    firm.clock.by(10_000);
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => [event.subject, event.data.detected_late_by_ms])).toEqual([
      ['deal/First', HOUR]
    ]);
    expect((await firm.clocks()).find(({ subject }) => subject === 'Before')).toMatchObject({
      state: 'breached',
      before_observation: true
    });
    // A process that is killed in the midst of it goes on with it.
    await firm.restart();
    firm.clock.by(1_000);
    await firm.look();
    await firm.send();
    expect(hook.got).toHaveLength(1);
    // Over: it is now again. What the replay had not come to yet is told as its own.
    firm.clock.by(60 * 1_000);
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => [event.subject, event.data.replay])).toEqual([
      ['deal/First', true],
      ['deal/Old', true]
    ]);
    // And what is late from now on as what it is.
    await firm.load({ Next: { won: 0 } });
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.send();
    expect(hook.got.at(-1)?.event).toMatchObject({ subject: 'deal/Next', data: { replay: false } });
  });

  test('that is broken off tells nothing of its rest', async () => {
    await firm.promise('desk');
    await firm.ask('PUT', '/logs/deals/now', { mode: 'replay', days: 2, speed: 3_600 });
    firm.clock.by(1_000);
    await firm.look();
    await firm.ask('PUT', '/logs/deals/now', { mode: 'live' });
    await firm.look();
    firm.clock.by(1_000);
    await firm.look();
    expect(await firm.send()).toBe(0);
    expect((await firm.clocks())[0]).toMatchObject({ subject: 'Old', before_observation: true });
  });

  test('takes back nothing that waits of the true now, and that is still taken back by facts', async () => {
    await firm.promise('desk');
    await firm.load({ D1: { won: 0 }, D2: { won: 0 } });
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.ask('PUT', '/logs/deals/now', { mode: 'replay', days: 0.01, speed: 1 });
    await firm.look();
    expect(await states()).toEqual({ 'D1 breached': 'waiting', 'D2 breached': 'waiting' });
    await firm.load({ D2: { done: -2 * HOUR } });
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => [event.subject, event.data.replay])).toEqual([['deal/D1', false]]);
    expect(await states()).toEqual({ 'D1 breached': 'delivered', 'D2 breached': 'withdrawn' });
  });
});

describe('the state', () => {
  test('is readable by its owner alone, and shows no secret in any answer', async () => {
    const folder = join(firm.directory, 'store');
    const files = (await readdir(folder)).filter((name) => name.startsWith('state.sqlite'));
    expect(files.length).toBeGreaterThan(1);
    for (const name of files) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await firm.promise('desk');
    await firm.load({ D1: { won: 0 } });
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.send();
    const answers = [
      '/targets',
      '/logs/deals/automations',
      '/logs/deals/sla/policies',
      '/logs/deals/sla/status',
      '/doctor'
    ];
    for (const path of answers) expect(JSON.stringify(await firm.ask('GET', path))).not.toContain(secret.slice(6));
    expect(JSON.stringify(hook.got)).not.toContain(secret.slice(6));
  });

  test('survives a restart whole: clocks, actions, secrets', async () => {
    await firm.promise('desk');
    await firm.load({ D1: { won: 0 } });
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.restart();
    await firm.look();
    await firm.send();
    expect(hook.got).toHaveLength(1);
    expect(isSigned(hook.got[0] as (typeof hook.got)[0], secret, firm.clock.now())).toBe(true);
  });

  test('refuses to be read by an older program', async () => {
    await firm.close();
    firm = await world();
    const file = join(firm.directory, 'store/state.sqlite');
    await firm.services.delivery.stop();
    firm.services.state.close();
    const db = new DatabaseSync(file);
    db.exec('pragma user_version = 99');
    db.close();
    const { openState } = await import('#lib/server/state/state.ts');
    expect(() => openState(join(firm.directory, 'store'))).toThrow('schema 99');
    expect((await readFile(file)).length).toBeGreaterThan(0);
  });
});
