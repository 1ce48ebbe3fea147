import type { LookupAddress } from 'node:dns';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { call } from '#lib/server/remediation/call.ts';
import { HOUR, isSigned, receiver, world, type Receiver, type World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
let hook: Receiver;
let firm: World;
let secret: string;

beforeEach(async () => {
  hook = await receiver();
  firm = await world({ limits: { deadlineMs: 10_000 } });
  await firm.load({ D1: { won: 0 } });
  secret = await firm.target(hook);
  await firm.promise('desk');
  firm.clock.by(3 * HOUR);
  await firm.look();
});
afterEach(async () => {
  await firm.close();
  await hook.close();
});

const delivery = async () => {
  const [first] = (await firm.automations()).deliveries;
  if (!first) throw new Error('there is no delivery');
  return first;
};
const answers = (...statuses: (number | [status: number, headers: Record<string, string>])[]) => {
  hook.answer = (n, response) => {
    const [status, headers] = [statuses[Math.min(n, statuses.length) - 1] ?? 200].flat() as [
      number,
      Record<string, string>?
    ];
    response.writeHead(status, headers).end(`answer ${n}`);
  };
};

describe('a delivery', () => {
  test('fails twice, then is accepted: one id, each attempt signed anew, all of them kept', async () => {
    answers(500, 503, 200);
    await firm.send();
    expect(await delivery()).toMatchObject({
      state: 'failed',
      next_at: new Date(firm.clock.now() + 5 * SECOND).toISOString()
    });
    firm.clock.by(5 * SECOND - 1);
    expect(await firm.send()).toBe(0);
    firm.clock.by(1);
    await firm.send();
    firm.clock.by(5 * MINUTE);
    await firm.send();
    const done = await delivery();
    expect(done).toMatchObject({ state: 'delivered', next_at: null });
    expect(done.attempts.map(({ status, response }) => [status, response])).toEqual([
      [500, 'answer 1'],
      [503, 'answer 2'],
      [200, 'answer 3']
    ]);
    expect(new Set(hook.got.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([done.id]));
    expect(new Set(hook.got.map(({ body }) => body)).size).toBe(1);
    expect(new Set(hook.got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    expect(isSigned(hook.got[2] as (typeof hook.got)[0], secret, firm.clock.now())).toBe(true);
    expect(isSigned(hook.got[2] as (typeof hook.got)[0], secret, firm.clock.now() + 6 * MINUTE)).toBe(false);
    firm.clock.by(900 * HOUR);
    expect(await firm.send()).toBe(0);
  });

  test('is given up after ten tries in 75.6 hours, and sent once more by hand', async () => {
    answers(500);
    const began = firm.clock.now();
    for (let tries = 0; tries < 10; tries += 1) {
      expect(await firm.send()).toBe(1);
      const { next_at } = await delivery();
      if (next_at !== null) firm.clock.to(Date.parse(next_at));
    }
    expect(await delivery()).toMatchObject({ state: 'dead', why: 'not accepted in 10 tries' });
    expect((firm.clock.now() - began) / HOUR).toBeCloseTo(75.585, 2);
    firm.clock.by(900 * HOUR);
    expect(await firm.send()).toBe(0);
    answers(200);
    await firm.ask('POST', `/logs/deals/deliveries/${(await delivery()).id}/retry`);
    await firm.send();
    expect((await delivery()).state).toBe('delivered');
    const again = await firm.call('POST', `/logs/deals/deliveries/${(await delivery()).id}/retry`);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('nothing is sent twice')]);
    expect(new Set(hook.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('waits as long as the receiver asks: the whole target, not the message alone', async () => {
    await firm.load({ D2: { won: 0 } });
    answers([429, { 'retry-after': '3600' }], 200);
    await firm.send();
    firm.clock.by(2 * HOUR + 1);
    // The hour has passed since; of two that wait, both leave.
    await firm.look();
    answers([429, { 'retry-after': '7200' }], [429, { 'retry-after': '7200' }], 200);
    await firm.load({ D3: { won: -2 * HOUR - 1 } });
    await firm.look();
    await firm.send();
    const before = hook.got.length;
    firm.clock.by(2 * HOUR - SECOND);
    expect(await firm.send()).toBe(0);
    expect(hook.got).toHaveLength(before);
    firm.clock.by(SECOND);
    expect(await firm.send()).toBeGreaterThan(0);
  });

  test('ends with 410, and so does its target, until somebody resumes it', async () => {
    answers(410, 200);
    await firm.send();
    expect(await delivery()).toMatchObject({ state: 'dead', why: 'the receiver is gone (410)' });
    expect((await firm.automations()).targets[0]?.stopped).toContain('410');
    await firm.load({ D2: { won: 0 } });
    await firm.look();
    firm.clock.by(3 * HOUR);
    await firm.look();
    expect(await firm.send()).toBe(0);
    await firm.ask('POST', '/targets/desk/resume');
    await firm.send();
    expect(hook.got.map(({ event }) => event.subject)).toEqual(['deal/D1', 'deal/D2']);
  });

  test('follows no redirect', async () => {
    const elsewhere = await receiver();
    answers([302, { location: elsewhere.url }]);
    await firm.send();
    expect((await delivery()).attempts).toMatchObject([
      { status: 302, error: expect.stringContaining('redirects') as string }
    ]);
    expect(elsewhere.got).toEqual([]);
    await elsewhere.close();
  });

  test('leaves at the rate that its target may have, and the rest waits', async () => {
    await firm.ask('DELETE', '/targets/desk');
    await firm.ask('POST', '/targets', { name: 'slow', url: hook.url, rate_per_minute: 3 });
    await firm.ask('PATCH', '/logs/deals/sla/policies/done', { target: 'slow' });
    await firm.load(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`S${i}`, { won: 0 }])));
    await firm.look();
    firm.clock.by(3 * HOUR);
    await firm.look();
    expect(await firm.send()).toBe(3);
    firm.clock.by(MINUTE - 1);
    expect(await firm.send()).toBe(0);
    firm.clock.by(1);
    expect(await firm.send()).toBe(3);
    firm.clock.by(MINUTE);
    expect(await firm.send()).toBe(2);
    expect((await firm.automations()).actions).toEqual({ delivered: 8, withdrawn: 1 });
  });

  test('in a rotation both secrets sign for a day, then the new one alone', async () => {
    const { secret: fresh } = await firm.ask<{ secret: string }>('POST', '/targets/desk/rotate');
    await firm.send();
    const [first] = hook.got as [(typeof hook.got)[0]];
    expect([isSigned(first, secret, firm.clock.now()), isSigned(first, fresh, firm.clock.now())]).toEqual([true, true]);
    await firm.load({ D2: { won: 0 } });
    await firm.look();
    firm.clock.by(25 * HOUR);
    await firm.look();
    await firm.send();
    const last = hook.got.at(-1) as (typeof hook.got)[0];
    expect(last.event.subject).toBe('deal/D2');
    expect([isSigned(last, secret, firm.clock.now()), isSigned(last, fresh, firm.clock.now())]).toEqual([false, true]);
  });

  test('that was under way when the process ended is sent again under its id', async () => {
    hook.answer = () => undefined; // Never answers: the process ends first.
    const sending = firm.send();
    while (hook.got.length === 0) await new Promise((later) => setTimeout(later, 5));
    await firm.restart();
    await sending;
    answers(200);
    await firm.look();
    expect((await delivery()).state).toBe('sending');
    await firm.services.state.actions.recover();
    await firm.send();
    const done = await delivery();
    expect([done.state, done.attempts.map(({ status, error }) => status ?? error)]).toEqual([
      'delivered',
      ['interrupted: nobody knows whether it arrived', 200]
    ]);
    expect(hook.got.map(({ headers }) => headers['webhook-id'])).toEqual([done.id, done.id]);
  });

  test('of a slow target keeps no other waiting', async () => {
    const quick = await receiver();
    await firm.target(quick, 'quick');
    const held: ServerResponse[] = [];
    hook.answer = (_, response) => void held.push(response);
    await firm.ask('POST', '/logs/deals/remediations', {
      kind: 'chase',
      subject: { type: 'deal', id: 'D1' },
      target: 'quick'
    });
    const sending = firm.send();
    await vi.waitUntil(() => quick.got.length > 0 && held.length > 0, { timeout: 10_000, interval: 2 });
    // The slow one answers at last.
    for (const response of held) response.end();
    await sending;
    expect((await delivery()).state).toBe('delivered');
    await quick.close();
  });
});

describe('a person’s remediation', () => {
  const ask = (more: object = {}) =>
    firm.ask<{ id: string }>('POST', '/logs/deals/remediations', {
      ...{ kind: 'chase_approval', subject: { type: 'deal', id: 'D1' }, target: 'desk', note: 'please', by: 'Ana' },
      ...more
    });

  test('is sent at once, and asked twice before it is sent it is one', async () => {
    const [one, two] = [await ask(), await ask()];
    expect(two.id).toBe(one.id);
    await firm.send();
    const told = hook.got.filter(({ event }) => event.type === 'throughline.remediation.requested');
    expect(told.map(({ event }) => event)).toMatchObject([
      { id: one.id, subject: 'deal/D1', data: { kind: 'chase_approval', note: 'please', by: 'Ana' } }
    ]);
    expect((await ask()).id).not.toBe(one.id);
  });

  test('of what is not in the log, or to nobody, is refused', async () => {
    await expect(ask({ subject: { type: 'deal', id: 'D404' } })).rejects.toThrow('has no deal');
    await expect(ask({ target: 'nobody' })).rejects.toThrow('there is no target');
    await expect(ask({ log: 'another' })).rejects.toThrow('this is the log');
  });
});

describe('where calls may go', () => {
  test('only to hosts that somebody allowed, to private ones only when allowed as such', async () => {
    const other = await receiver();
    const add = (url: string) => firm.call('POST', '/targets', { name: url, url });
    expect((await add(other.url)).status).toBe(400);
    expect((await add('ftp://127.0.0.1/x')).status).toBe(400);
    expect((await add('https://user:pass@example.com/x')).status).toBe(400);
    await firm.ask('PUT', `/hosts/127.0.0.1:${other.port}`, {});
    expect((await add(other.url)).status).toBe(201);
    await firm.ask('PATCH', '/logs/deals/sla/policies/done', { target: other.url });
    await firm.load({ D2: { won: 0 } });
    await firm.look();
    firm.clock.by(3 * HOUR);
    await firm.look();
    await firm.send();
    expect(other.got).toEqual([]);
    expect((await delivery()).attempts).toMatchObject([
      { status: null, error: expect.stringContaining('private network') as string }
    ]);
    await other.close();
  });

  test('a host that is disallowed is called no more', async () => {
    await firm.ask('DELETE', `/hosts/127.0.0.1:${hook.port}`);
    await firm.send();
    expect(hook.got).toEqual([]);
    expect((await delivery()).attempts[0]?.error).toContain('not allowed');
  });
});

describe('one call', () => {
  const host = (port: number, isPrivate = true) => ({ host: 'h', port, private: isPrivate });
  const post = (url: string, more: Parameters<typeof call>[1] = {}, isPrivate = true) =>
    call({ url, headers: {}, body: '{}', host: host(hook.port, isPrivate) }, more);
  const named = (...addresses: string[]) => {
    let asked = 0;
    const lookup = (_: string, done: (error: Error | null, found: LookupAddress[]) => void) => {
      const address = addresses[Math.min(asked, addresses.length - 1)] ?? '';
      asked += 1;
      done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
    };
    return lookup;
  };

  test('dials the address that was judged: a name that changes its mind leads nowhere', async () => {
    const url = `http://rebinding.example:${hook.port}/`;
    // First a harmless answer, then the cloud's metadata: whichever is dialled is judged.
    const lookup = named('127.0.0.1', '169.254.169.254');
    expect((await post(url, { lookup })).status).toBe(200);
    expect(await post(url, { lookup })).toMatchObject({
      status: null,
      error: expect.stringContaining('which no call may reach') as string
    });
    expect(await post(url, { lookup: named('127.0.0.1') }, false)).toMatchObject({
      status: null,
      error: expect.stringContaining('private network') as string
    });
    expect(hook.got).toHaveLength(1);
  });

  test('of several addresses all must be fit', async () => {
    const lookup = (_: string, done: (error: Error | null, found: LookupAddress[]) => void) =>
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 }
      ]);
    expect((await post(`http://two.example:${hook.port}/`, { lookup })).status).toBeNull();
    expect(hook.got).toEqual([]);
  });

  test('ends in time, whatever the receiver does', async () => {
    hook.answer = () => undefined;
    expect(await post(hook.url, { deadlineMs: 100 })).toMatchObject({ status: null, error: 'no answer in 0.1 s' });
    // A body that drips: the status was the answer.
    hook.answer = (_, response) => {
      response.writeHead(200);
      response.write('a');
    };
    expect(await post(hook.url, { deadlineMs: 1_500 })).toMatchObject({ status: 200 });
  });

  test('reads 128 KiB at most, keeps the begin, and unpacks nothing', async () => {
    hook.answer = (_, response) => {
      response.writeHead(200);
      const flood = () => {
        while (response.write('x'.repeat(65_536))) if (response.destroyed) return;
        response.once('drain', flood);
      };
      flood();
    };
    const { status, response } = await post(hook.url, { deadlineMs: 5_000 });
    expect([status, response?.length]).toEqual([200, 2_000]);
    hook.answer = (_, answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1e6)));
    expect((await post(hook.url)).response).not.toContain('xxxx');
    expect(hook.got.at(-1)?.headers['accept-encoding']).toBe('identity');
  });

  test('to nothing says so', async () => {
    await hook.close();
    expect(await post(hook.url)).toMatchObject({ status: null, error: 'nothing listens there' });
  });
});
