import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { createApi } from '#lib/server/api/app.ts';
import type { Automations } from '#lib/server/api/automation-routes.ts';
import { closeServices, createServices, type Sending, type Services } from '#lib/server/services.ts';
import type { CloudEvent, SlaEventData } from '#lib/server/watch/cloud-event.ts';
import { openStore } from '#models/store/store.ts';
import { loadRecordFile, type WrittenRecord } from '../../models/log/record-fixture.ts';

export const HOUR = 3_600_000;
const LOG = 'deals';

/** A call as a receiver got it. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  event: CloudEvent<SlaEventData>;
  at: number;
}

export interface Receiver {
  url: string;
  port: number;
  got: Received[];
  /** How the n-th call (from 1) is answered; 200 unless said otherwise. */
  answer: (n: number, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A real HTTP server on this machine that notes what it is sent. */
export async function receiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const event = JSON.parse(body || '{}') as CloudEvent<SlaEventData>;
      made.got.push({ headers: request.headers, body, event, at: Date.now() });
      made.answer(made.got.length, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const made: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    got: [],
    answer: (_, response) => void response.end('thanks'),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      })
  };
  return made;
}

/** Whether a call is signed by a secret as the specification says: asked of its own library, at the receiver's time. */
export function isSigned({ body, headers }: Received, secret: string, now: number = Date.now()): boolean {
  const clock = Date.now;
  Date.now = () => now;
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  } finally {
    Date.now = clock;
  }
}

export type World = Awaited<ReturnType<typeof world>>;

/** A store with a log of deals that are won and done, a clock that is moved by hand, and the real services on them. */
export async function world(sending: Sending = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'throughline-sla-'));
  // Signatures are checked against the real clock, so this one begins there.
  let now = Date.now();
  const clock = () => new Date(now);
  const made: { services: Services } = { services: undefined as unknown as Services };
  const open = async () => {
    const store = await openStore(join(directory, 'store'));
    // Never called: nothing happens unless a test asks for it.
    made.services = createServices(store, 'token', clock, {
      random: () => 0.5,
      timer: () => () => undefined,
      ...sending
    });
  };
  await open();
  let batch = 0;
  const call = async (method: string, path: string, body?: object): Promise<Response> =>
    createApi(made.services).fetch(
      new Request(`http://test/api/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
    );
  const ask = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const response = await call(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  return {
    directory,
    call,
    ask,
    get services() {
      return made.services;
    },
    clock: {
      now: () => now,
      to: (at: number) => (now = at),
      by: (ms: number) => (now += ms)
    },
    /** Loads a batch: `{ D1: { won: 0, done: 5 * HOUR } }`, instants as ms before (−) or after the clock's now. */
    async load(deals: Record<string, Record<string, number>>, at = now): Promise<void> {
      batch += 1;
      const records = Object.entries(deals).flatMap(([id, events]): WrittenRecord[] => [
        { ref: id, objects: [['deal', id, { region: 'EMEA' }]] },
        ...Object.entries(events).map(([activity, offset]): WrittenRecord => ({
          ref: `${id}:${activity}`,
          events: [{ activity, at: new Date(at + offset).toISOString(), objects: [['deal', id]] }]
        }))
      ]);
      await loadRecordFile(made.services.store, { log: LOG, source: 'CRM', file: `batch ${batch}`, records });
    },
    /** A policy of two hours on the wall clock, with a target where there is one. */
    async promise(target?: string, more: object = {}): Promise<void> {
      await ask('POST', `/logs/${LOG}/sla/policies`, {
        ...{ id: 'done', name: 'Deal is done', anchor: 'deal', start: ['won'], stop: ['done'], cancel: ['lost'] },
        ...{ pause: ['held'], resume: ['freed'], goal: { wall: 'PT2H' } },
        ...more
      });
      if (target !== undefined) await ask('PATCH', `/logs/${LOG}/sla/policies/done`, { target });
    },
    /** A target at a receiver, with its secret. */
    async target({ url, port }: Pick<Receiver, 'url' | 'port'>, name = 'desk'): Promise<string> {
      await ask('PUT', `/hosts/127.0.0.1:${port}`, { private: true });
      return (await ask<{ secret: string }>('POST', '/targets', { name, url, rate_per_minute: null })).secret;
    },
    look: () => made.services.watch.look(LOG),
    send: () => made.services.delivery.sendDue(),
    automations: () => ask<Automations>('GET', `/logs/${LOG}/automations?limit=1000`),
    clocks: async () =>
      (
        await ask<{ rows: { subject: string; state: string; open: boolean; before_observation: boolean }[] }>(
          'GET',
          `/logs/${LOG}/sla/clocks?limit=1000`
        )
      ).rows,
    /** As if the process had ended and begun again. */
    async restart(): Promise<void> {
      await closeServices(made.services);
      await open();
    },
    async close(): Promise<void> {
      await closeServices(made.services);
      await rm(directory, { recursive: true, force: true });
    }
  };
}
