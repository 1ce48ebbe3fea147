import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AllowedHost } from '../state/targets.ts';
import { reachOf } from './address.ts';

/** What a receiver answered, or why there is no answer. */
export interface Answer {
  status: number | null;
  error: string | null;
  /** The begin of the body, for people. */
  response: string | null;
  /** As the receiver wrote it. */
  retryAfter: string | null;
}

export interface Call {
  url: string;
  headers: Record<string, string>;
  body: string;
  host: AllowedHost | undefined;
}

export interface CallLimits {
  /** For all of it: name, connection, answer and body. */
  deadlineMs: number;
  /** Of the answer; what is beyond is not read. */
  bodyBytes: number;
  /** Finds the addresses of a name. */
  lookup: (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;
  signal?: AbortSignal;
}

const limits: CallLimits = {
  deadlineMs: 15_000,
  bodyBytes: 128 * 1024,
  lookup: (host, done) => systemLookup(host, { all: true }, done)
};
const SHOWN_LETTERS = 2_000;

/**
 * Posts to a host that somebody allowed. The address that is dialled is the one that was judged, in every attempt anew: no
 * answer of a name server between the two can lead elsewhere. Redirects are not followed, answers not unpacked.
 *
 * Never throws: what goes wrong is an answer too.
 */
export async function call({ url, headers, body, host }: Call, given: Partial<CallLimits> = {}): Promise<Answer> {
  const { deadlineMs, bodyBytes, lookup, signal } = { ...limits, ...given };
  const failed = (error: string): Answer => ({ status: null, error, response: null, retryAfter: null });
  const { protocol, hostname, port, pathname, search } = new URL(url);
  if (!host) return failed(`calls to ${hostname} are not allowed (any more)`);
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const named = (address: string) => (hostname === address ? hostname : `${hostname} is ${address}, which`);
  const refusal = (address: string) => {
    const reach = reachOf(address);
    if (reach === 'public' || (reach === 'private' && host.private)) return undefined;
    return reach === 'private'
      ? `${named(address)} is in a private network, and was not allowed as a host of your own`
      : hostname === address
        ? `no call may reach ${hostname}`
        : `${hostname} is ${address}, which no call may reach`;
  };
  const refused = isIP(literal) === 0 ? undefined : refusal(literal);
  if (refused !== undefined) return failed(refused);
  const judged: LookupFunction = (name, options, done) =>
    lookup(name, (error, addresses) => {
      if (error) return done(error, '', 0);
      // All of them must be fit: of several the system picks any.
      const unfit = addresses.map(({ address }) => refusal(address)).find((reason) => reason !== undefined);
      const [first] = addresses;
      if (unfit !== undefined || first === undefined) return done(new Error(unfit ?? `${name} has no address`), '', 0);
      if (options.all === true) return done(null, addresses);
      return done(null, first.address, first.family);
    });

  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer in ${deadlineMs / 1_000} s`)), deadlineMs);
  const onStop = () => abort.abort(new Error('Throughline was stopped'));
  if (signal?.aborted) onStop();
  signal?.addEventListener('abort', onStop);
  try {
    const options = {
      method: 'POST',
      host: literal,
      ...(port === '' ? {} : { port: Number(port) }),
      path: `${pathname}${search}`,
      headers: { ...headers, 'accept-encoding': 'identity', 'content-length': Buffer.byteLength(body) },
      lookup: judged,
      // A connection each: one that is kept open was judged by what its name meant before.
      agent: false,
      maxHeaderSize: 16_384,
      signal: abort.signal
    } as const;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request =
        protocol === 'https:'
          ? requestHttps({ ...options, servername: isIP(literal) ? '' : literal })
          : requestHttp(options);
      request.on('response', resolve).on('error', reject);
      request.end(body);
    });
    const text = await begin(response, bodyBytes);
    const { statusCode = 0 } = response;
    const retryAfter = response.headers['retry-after'] ?? null;
    const error = statusCode >= 300 && statusCode < 400 ? 'it points elsewhere, and redirects are not followed' : null;
    return { status: statusCode, error, response: text, retryAfter };
  } catch (error) {
    const reason = abort.signal.aborted ? (abort.signal.reason as Error) : (error as NodeJS.ErrnoException);
    return failed(inWords(reason));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onStop);
  }
}

/** Reads at most so many bytes, and hangs up. The status is the answer: a body that breaks off takes nothing back. */
async function begin(response: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, most - bytes));
      bytes += chunk.length;
      if (bytes >= most) break;
    }
  } catch {
    // What came is shown.
  }
  response.destroy();
  return Buffer.concat(chunks).toString('utf8').replaceAll('\0', '').slice(0, SHOWN_LETTERS);
}

function inWords(error: NodeJS.ErrnoException): string {
  const words: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there',
    ECONNRESET: 'the receiver hung up',
    ENOTFOUND: 'no such host',
    EHOSTUNREACH: 'the host cannot be reached',
    ENETUNREACH: 'the network cannot be reached',
    ETIMEDOUT: 'no connection in time'
  };
  return words[error.code ?? ''] ?? error.message;
}
