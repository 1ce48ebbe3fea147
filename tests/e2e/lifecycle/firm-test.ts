import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startServer, type OwnServer } from '../own-server.ts';
import { expect, test as base } from '../page-test.ts';

export interface Call {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver of calls: it is busy the first time, then it opens a ticket. */
export interface Receiver {
  url: string;
  host: string;
  calls: Call[];
}

interface WorkerFixtures {
  server: OwnServer;
  receiver: Receiver;
}

/** A server of its own that has loaded the sample firm, and somebody who takes its calls. */
export const test = base.extend<object, WorkerFixtures>({
  server: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await startServer({ sample: true });
      await expect
        .poll(async () => (await json<{ sample: boolean; loading?: object }>(`${server.url}/api/v1/status`)).loading, {
          timeout: 240_000,
          intervals: [1_000]
        })
        .toBeUndefined();
      // What is derived from a log is made at the first question: no test waits for that within its own time.
      for (const path of ['deal-to-cash', 'stalled']) await json(`${server.url}${firm}/${path}`);
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 300_000 }
  ],
  receiver: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const calls: Call[] = [];
      const receiver = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          calls.push({ headers: request.headers, body });
          response.writeHead(calls.length === 1 ? 503 : 200, { 'content-type': 'application/json' });
          response.end(JSON.stringify(calls.length === 1 ? { busy: true } : { ticket: 'OPS-4711' }));
        });
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
      await use({ url: `http://${host}/hooks/throughline`, host, calls });
      await new Promise((resolve) => receiver.close(resolve));
    },
    { scope: 'worker' }
  ],
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
  page: async ({ page }, use) => {
    await page.addInitScript(() => localStorage.setItem('throughline-tour', 'done'));
    await use(page);
  }
});

export const json = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;
export const firm = '/api/v1/logs/Sample%20firm';
