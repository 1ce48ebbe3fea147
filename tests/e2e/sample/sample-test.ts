import { startServer, type OwnServer } from '../own-server.ts';
import { test as base } from '../page-test.ts';

/** A server of its own on a store that was never used: it loads the sample firm by itself, once for these tests. */
export const test = base.extend<object, { server: OwnServer }>({
  server: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await startServer({ sample: true });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 }
  ],
  baseURL: async ({ server }, use) => {
    await use(server.url);
  }
});
