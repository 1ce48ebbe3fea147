import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { markedLogs } from '#lib/server/watch/marks.ts';
import { HOUR, receiver, world, type Receiver, type World } from './world.ts';

let hook: Receiver;
let firm: World;

beforeEach(async () => {
  hook = await receiver();
  firm = await world();
  await firm.load({ Old: { won: -30 * HOUR } });
  await firm.target(hook);
});
afterEach(async () => {
  await firm.close();
  await hook.close();
});

const edit = (change: object) => firm.ask('PATCH', '/logs/deals/sla/policies/done', change);
const deliveries = async () => (await firm.automations()).deliveries;
const states = async () =>
  Object.fromEntries((await deliveries()).map(({ subject, edge, state }) => [`${subject} ${edge}`, state]));
const clock = async (id: string) => (await firm.clocks()).find(({ subject }) => subject === id);
const told = () => hook.got.map(({ event }) => `${event.subject} ${event.data.edge}`);
/** D1, late and waiting to be told. */
const late = async (more: object = {}) => {
  await firm.promise('desk', more);
  await firm.load({ D1: { won: 0 } });
  firm.clock.by(3 * HOUR);
  await firm.look();
  expect(await states()).toEqual({ 'D1 breached': 'waiting' });
};

describe('a policy that is edited', () => {
  test('misses no breach that was seen and not told yet, and goes on to tell its end', async () => {
    await late({ act_on: ['breached', 'resolved'] });
    // By the new goal it is late as well.
    await edit({ goal: { wall: 'PT1H' } });
    await firm.look();
    expect(await clock('D1')).toMatchObject({ state: 'breached', before_observation: false });
    await firm.load({ D1: { done: 0 } });
    await firm.look();
    await firm.send();
    expect(told()).toEqual(['deal/D1 breached', 'deal/D1 resolved']);
  });

  test('keeps a warning that still holds', async () => {
    await firm.promise('desk', { warn_at: 0.5, act_on: ['warned'] });
    await firm.load({ D1: { won: 0 } });
    firm.clock.by(1.5 * HOUR);
    await firm.look();
    await edit({ warn_at: 0.6 });
    await firm.look();
    await firm.send();
    await firm.send();
    expect(told()).toEqual(['deal/D1 warned']);
  });

  test('is watched from when it was saved, though an import puts the look off', async () => {
    await firm.promise('desk');
    await firm.load({ D1: { won: 0 } });
    await firm.look();
    // Of a deal that has an hour left.
    firm.clock.by(HOUR);
    const { state, store } = firm.services;
    const [log] = await markedLogs(store);
    const { policy } = await state.policies.find(log?.log_id ?? 0, 'done');
    await state.policies.change(log?.log_id ?? 0, 'done', { policy: { ...policy, warn_at: 0.9 } });
    firm.clock.by(2 * HOUR);
    await firm.look();
    await firm.send();
    expect(told()).toEqual(['deal/D1 breached']);
  });

  test('in a way that cannot work is not saved', async () => {
    await late();
    const refused = await firm.call('PATCH', '/logs/deals/sla/policies/done', {
      goal: { business: 'PT2H' },
      calendar: { office: 'nowhere' }
    });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('there is no office')]);
    const { policies } = await firm.ask<{ policies: { goal: object }[] }>('GET', '/logs/deals/sla/policies');
    expect(policies[0]?.goal).toEqual({ wall: 'PT2H' });
    expect(await states()).toEqual({ 'D1 breached': 'waiting' });
    const other = await firm.call('PATCH', '/logs/deals/sla/policies/done', { anchor: 'project' });
    expect([other.status, await other.text()]).toEqual([400, expect.stringContaining('keeps what it is about')]);
  });
});

describe('a policy that was switched off', () => {
  test('is watched anew when it is on again: what became late meanwhile calls nobody', async () => {
    await late();
    await firm.load({ Meanwhile: { won: 0 }, Later: { won: 5 * HOUR } });
    await firm.look();
    await edit({ enabled: false });
    firm.clock.by(4 * HOUR);
    await firm.look();
    await edit({ enabled: true });
    await firm.look();
    expect(await firm.send()).toBe(0);
    expect(await clock('Meanwhile')).toMatchObject({ state: 'breached', before_observation: true });
    firm.clock.by(4 * HOUR);
    await firm.look();
    await firm.send();
    expect(told()).toEqual(['deal/Later breached']);
    expect(await states()).toEqual({ 'D1 breached': 'withdrawn', 'Later breached': 'delivered' });
  });

  test('and removed, then added again, does not tell again', async () => {
    await late();
    await firm.send();
    await firm.ask('DELETE', '/logs/deals/sla/policies/done');
    await firm.promise('desk');
    firm.clock.by(HOUR);
    await firm.look();
    await firm.send();
    expect(told()).toEqual(['deal/D1 breached']);
  });
});

describe('an action', () => {
  test('that was not tried yet says what is so now, and keeps its id', async () => {
    await late();
    const [before] = await deliveries();
    // Half an hour of it was on hold, as is known now.
    await firm.load({ D1: { held: -2.5 * HOUR, freed: -2 * HOUR } });
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => [event.id, event.data.due_at])).toEqual([
      [before?.id, new Date(firm.clock.now() - HOUR / 2).toISOString()]
    ]);
  });

  test('that was tried says what it said', async () => {
    await late();
    hook.answer = (n, response) => void response.writeHead(n === 1 ? 500 : 200).end();
    await firm.send();
    await firm.load({ D1: { held: -2.5 * HOUR, freed: -2 * HOUR } });
    await firm.look();
    firm.clock.by(HOUR);
    await firm.send();
    expect(hook.got).toHaveLength(2);
    expect(hook.got[1]?.body).toBe(hook.got[0]?.body);
  });

  test('whose target was removed goes to the one that its policy has when it is so again', async () => {
    await late();
    const [{ id } = { id: '' }] = await deliveries();
    const other = await receiver();
    await firm.target(other, 'other');
    await firm.ask('DELETE', '/targets/desk');
    await edit({ target: 'other' });
    await firm.load({ D1: { done: -1.5 * HOUR } });
    await firm.look();
    await firm.load({ D1: { done: 0 } });
    await firm.look();
    await firm.send();
    expect(other.got.map(({ event }) => event.id)).toEqual([id]);
    expect(hook.got).toEqual([]);
    await other.close();
  });

  test('of a look that still knew a removed target is not made', async () => {
    await firm.promise('desk');
    await firm.load({ D1: { won: 0 } });
    await firm.look();
    firm.clock.by(3 * HOUR);
    const { clocks } = firm.services.state;
    const record = clocks.record.bind(clocks);
    clocks.record = async (pass) => {
      clocks.record = record;
      await firm.ask('DELETE', '/targets/desk');
      return record(pass);
    };
    await firm.look();
    await firm.look();
    expect(await deliveries()).toEqual([]);
    expect(await clock('D1')).toMatchObject({ state: 'breached' });
  });

  test('that was given up cannot be asked for again once it is not so any more', async () => {
    await late();
    hook.answer = (_, response) => void response.writeHead(500).end();
    for (let tries = 0; tries < 10; tries += 1) {
      await firm.send();
      firm.clock.by(30 * HOUR);
    }
    expect(await states()).toEqual({ 'D1 breached': 'dead' });
    await firm.load({ D1: { done: -302 * HOUR } });
    await firm.look();
    const [{ id, why } = { id: '', why: '' }] = await deliveries();
    expect(why).toBe('it was done in time after all');
    const again = await firm.call('POST', `/logs/deals/deliveries/${id}/retry`);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('it was withdrawn')]);
  });

  test('leaves at its rate though the clock is set back', async () => {
    await firm.ask('DELETE', '/targets/desk');
    await firm.ask('POST', '/targets', { name: 'slow', url: hook.url, rate_per_minute: 1 });
    await firm.promise('slow');
    await firm.load({ D1: { won: -HOUR } });
    await firm.look();
    firm.clock.by(2 * HOUR);
    await firm.look();
    await firm.send();
    firm.clock.by(-HOUR / 2);
    await firm.load({ D2: { won: -2.5 * HOUR } });
    await firm.look();
    await firm.send();
    expect(told()).toEqual(['deal/D1 breached', 'deal/D2 breached']);
  });

  test('to a target that wants no more calls is not promised', async () => {
    await late();
    hook.answer = (_, response) => void response.writeHead(410).end();
    await firm.send();
    const [{ id } = { id: '' }] = await deliveries();
    const again = await firm.call('POST', `/logs/deals/deliveries/${id}/retry`);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('targets resume desk')]);
    await firm.ask('POST', '/targets/desk/resume');
    expect((await firm.call('POST', `/logs/deals/deliveries/${id}/retry`)).status).toBe(202);
    hook.answer = (_, response) => void response.end();
    await firm.send();
    expect(new Set(hook.got.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
    expect(await states()).toEqual({ 'D1 breached': 'delivered' });
  });
});

describe('a clock that is late', () => {
  test('is acknowledged by somebody, and resolved when it is done', async () => {
    await late();
    const alert = async () =>
      (
        await firm.ask<{ rows: { subject: string; alert: string | null; acknowledged_by: string | null }[] }>(
          'GET',
          '/logs/deals/sla/clocks?subject=D1'
        )
      ).rows.map((row) => [row.alert, row.acknowledged_by]);
    expect(await alert()).toEqual([['breached', null]]);
    const seen = (subject: string, body: object) =>
      firm.call('POST', `/logs/deals/sla/clocks/done/${subject}/acknowledge`, body);
    expect((await seen('D1', { by: ' ' })).status).toBe(400);
    expect((await seen('D404', { by: 'Ana' })).status).toBe(404);
    expect((await seen('D1', { by: 'Ana' })).status).toBe(200);
    await firm.look();
    expect(await alert()).toEqual([['acknowledged', 'Ana']]);
    await firm.load({ D1: { done: 0 } });
    await firm.look();
    expect(await alert()).toEqual([['resolved', 'Ana']]);
    expect((await seen('D1', { by: 'Ben' })).status).toBe(404);
  });

  test('of the second cycle is told apart from the first', async () => {
    await late({ start: ['won', 'won again'], on_restart: 'new_cycle' });
    await firm.load({ D1: { done: 0 } });
    await firm.load({ D1: { 'won again': HOUR } });
    firm.clock.by(4 * HOUR);
    await firm.look();
    await firm.look();
    await firm.send();
    expect(hook.got.map(({ event }) => event.data.cycle).sort()).toEqual([1, 2]);
    expect(new Set(hook.got.map(({ event }) => event.id)).size).toBe(2);
  });
});
