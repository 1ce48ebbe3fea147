import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProblemDetails } from '#lib/server/api/problems.ts';
import { compose, findServer } from '#lib/server/start.ts';
import { BadInput, BadUse, NotFound } from '#models/log/errors.ts';

/** The option that every command takes. */
export const storeOption = { store: { type: 'string' } } as const;

/** `--store`, else THROUGHLINE_STORE, else `.throughline` beside package.json. */
export function storeDirectory(given: string | undefined): string {
  const fallback = fileURLToPath(new URL('../../.throughline', import.meta.url));
  return resolve(given ?? (process.env['THROUGHLINE_STORE'] || fallback));
}

/** The API, wherever it runs. A command cannot tell the difference, and so has one output. */
export interface Connection {
  get<Result>(path: string, query?: Record<string, string | string[] | undefined>): Promise<Result>;
  send<Result>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Result>;
}

/**
 * Runs `work` against the server that has the store open, if one is alive, else against the store itself.
 *
 * @throws {StoreBusy} when another command holds the store for longer than some seconds
 */
export async function withConnection<Result>(
  directory: string,
  work: (connection: Connection) => Promise<Result>
): Promise<Result> {
  const server = await findServer(directory);
  if (server) return work(connect((request) => fetch(request), server.url, server.token));
  const { api, services, close } = await compose(directory);
  try {
    return await work(connect(async (request) => api.fetch(request), 'http://in.process', services.token));
  } finally {
    await close();
  }
}

function connect(send: (request: Request) => Promise<Response>, origin: string, token: string): Connection {
  const call = async <Result>(path: string, init: RequestInit): Promise<Result> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await send(new Request(new URL(`/api/v1${path}`, origin), { headers, ...init }));
    if (!response.ok) throw await revive(response);
    return (await response.json()) as Result;
  };
  return {
    get: (path, query = {}) => {
      const params = new URLSearchParams();
      for (const [name, value] of Object.entries(query))
        for (const one of [value].flat()) if (one !== undefined) params.append(name, one);
      return call(`${path}${params.size > 0 ? `?${params}` : ''}`, { method: 'GET' });
    },
    send: (method, path, body) => call(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  };
}

async function revive(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    const { status, detail, fix, ...place } = JSON.parse(text) as ProblemDetails;
    if (status === 404) return new NotFound(detail, fix);
    if (status === 422) return new BadInput(detail, { ...place, fix });
    if (status === 400 || status === 403) return new BadUse(detail, fix);
    return new Error(detail);
  } catch {
    return new Error(`the server answered ${response.status}: ${text.slice(0, 500)}`);
  }
}

/** A path segment of the API. */
export const segment = (text: string): string => encodeURIComponent(text);
