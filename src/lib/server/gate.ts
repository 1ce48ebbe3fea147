import type { IncomingMessage } from 'node:http';

export interface Refusal {
  type: 'about:blank';
  title: string;
  status: 403 | 421;
  detail: string;
  fix: string;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What a browser must not be talked into. A request is refused when its Host is not ours (DNS rebinding), or when an
 * unsafe one comes from another site (Origin, Sec-Fetch-Site). Programs send neither header and pass.
 */
export function refusal(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  host: string,
  port: number
): Refusal | null {
  const named = headers.host ?? '';
  if (!allowedHosts(host, port).has(named.toLowerCase()))
    return {
      type: 'about:blank',
      title: 'Not for this host',
      status: 421,
      detail: `this server does not answer as "${named}"`,
      fix: 'open the address that it printed, or set THROUGHLINE_HOSTS to the names it may have'
    };
  if (safeMethods.has(method)) return null;
  const { origin, 'sec-fetch-site': site } = headers;
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined &&
      origin.toLowerCase() !== `http://${named.toLowerCase()}` &&
      origin.toLowerCase() !== `https://${named.toLowerCase()}`);
  if (!isForeign) return null;
  return {
    type: 'about:blank',
    title: 'Cross-site request refused',
    status: 403,
    detail: `a ${method} from ${origin ?? 'another site'} was refused`,
    fix: 'send it from the dashboard itself'
  };
}

function allowedHosts(host: string, port: number): Set<string> {
  const names = ['localhost', '127.0.0.1', '[::1]', host.includes(':') ? `[${host}]` : host];
  const given = (process.env['THROUGHLINE_HOSTS'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  return new Set([...names, ...given].flatMap((name) => [name.toLowerCase(), `${name.toLowerCase()}:${port}`]));
}
