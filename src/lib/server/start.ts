import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openStore } from '#models/store/store.ts';
import { BadUse } from '#models/log/errors.ts';
import { createApi, type AppType } from './api/app.ts';
import { refusal } from './gate.ts';
import { closeServices, createServices, startServices, type Services } from './services.ts';

const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** What SvelteKit's server code finds on `globalThis`; it imports the type only, never a second copy of the store. */
export interface Throughline {
  api: AppType;
  services: Services;
}

export const throughlineKey = Symbol.for('throughline');

/** Opens the store and puts the application where the pages find it. */
export async function compose(directory: string): Promise<Throughline & { close(): Promise<void> }> {
  const store = await openStore(directory);
  const services = createServices(store, randomBytes(32).toString('base64url'));
  const throughline: Throughline = { api: createApi(services), services };
  (globalThis as Record<symbol, unknown>)[throughlineKey] = throughline;
  return {
    ...throughline,
    async close() {
      delete (globalThis as Record<symbol, unknown>)[throughlineKey];
      await closeServices(services);
    }
  };
}

export interface ServerFile {
  pid: number;
  url: string;
  token: string;
}

export interface ServeOptions {
  directory: string;
  host?: string;
  /** Without one: 3737, or any free port when that is taken. */
  port?: number | undefined;
  /** Whether a store that was never used is filled with the sample firm. */
  sample?: boolean;
}

export interface Running {
  url: string;
  /** Stops taking requests, lets running ones end, and closes the store. */
  close(): Promise<void>;
}

const serverFile = (directory: string) => join(directory, 'server.json');

/** The server that has this store open, if one is alive. */
export async function findServer(directory: string): Promise<ServerFile | null> {
  try {
    const found = JSON.parse(await readFile(serverFile(directory), 'utf8')) as ServerFile;
    process.kill(found.pid, 0);
    // Ports and process numbers are used again: only the server of this store knows the token.
    const answer = await fetch(new URL('/api/v1/health', found.url), {
      headers: { authorization: `Bearer ${found.token}` },
      signal: AbortSignal.timeout(5_000)
    });
    return answer.ok ? found : null;
  } catch {
    return null;
  }
}

/**
 * Serves the dashboard and the API.
 *
 * @throws {BadUse} when a server has this store open already, the port is taken, or the dashboard was not built
 */
export async function serve({ directory, host = '127.0.0.1', port, sample = false }: ServeOptions): Promise<Running> {
  const other = await findServer(directory);
  if (other)
    throw new BadUse(
      `a server (process ${other.pid}) has this store open at ${other.url}`,
      'use that one, stop it, or pick another --store'
    );
  if (!existsSync(join(packageRoot, 'build/handler.js')))
    throw new BadUse('the dashboard is not built', 'run npm start, or npm run build once');
  const application = await compose(directory);
  // A filter of a thousand variants is a long address.
  const server = createServer({ maxHeaderSize: 2 ** 20 });
  // Who comes while the pages are still loaded waits for them: a request without a listener would never be answered.
  const ready = Promise.withResolvers<Handler>();
  server.on('request', (request, response) => void ready.promise.then((handle) => handle(request, response)));
  try {
    if (port === undefined) await listen(server, 3737, host).catch(() => listen(server, 0, host));
    else await listen(server, port, host);
    const address = server.address() as AddressInfo;
    const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    const url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : shown}:${address.port}`;
    // Kit's adapter assumes https and caps bodies at 512 KB unless it is told before it is loaded.
    process.env['ORIGIN'] = url;
    process.env['BODY_SIZE_LIMIT'] = 'Infinity';
    const pages = await ownBuild();
    const { handler } = (await import(pathToFileURL(join(pages, 'handler.js')).href)) as { handler: PagesHandler };
    ready.resolve((request, response) => {
      const refused = refusal(request, host, address.port);
      if (refused) {
        response.writeHead(refused.status, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify(refused));
        return;
      }
      handler(request, response, () => response.writeHead(404).end());
    });
    const identity: ServerFile = { pid: process.pid, url, token: application.services.token };
    await rm(serverFile(directory), { force: true });
    await writeFile(serverFile(directory), JSON.stringify(identity), { mode: 0o600 });
    if (sample) await application.services.sample.loadAtFirst();
    await startServices(application.services);
    return {
      url,
      async close() {
        await rm(serverFile(directory), { force: true });
        const closed = new Promise<void>((done) => server.close(() => done()));
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
        await closed;
        await application.close();
        await rm(pages, { recursive: true, force: true });
      }
    };
  } catch (error) {
    server.close();
    await application.close();
    throw error;
  }
}

/**
 * A copy of the built pages for this process alone, beside the packages that they import: a new build must not take
 * files away under a running server. Copies of servers that were killed go first.
 */
async function ownBuild(): Promise<string> {
  const copies = join(packageRoot, 'node_modules/.cache/throughline');
  await mkdir(copies, { recursive: true });
  for (const name of await readdir(copies)) {
    if (!isRunning(Number(name))) await rm(join(copies, name), { recursive: true, force: true });
  }
  const own = join(copies, String(process.pid));
  await rm(own, { recursive: true, force: true });
  await cp(join(packageRoot, 'build'), own, { recursive: true });
  return own;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type PagesHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new BadUse(`port ${port} on ${host} is taken`, 'set PORT to another, for example PORT=5200 npm start')
          : error
      );
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}
