import { randomBytes } from 'node:crypto';
import { BadUse, NotFound } from '#models/log/errors.ts';
import type { Database } from './database.ts';
import { withdrawAll } from './policies.ts';

/** Where calls go. Its secret is shown once, when it is made. */
export interface Target {
  id: string;
  name: string;
  url: string;
  rate_per_minute: number | null;
  /** Why nothing is sent there any more; null while something is. */
  stopped: string | null;
  created_at: string;
}

export interface AllowedHost {
  host: string;
  port: number;
  /** Whether it may be an address of a private network, or of this machine. */
  private: boolean;
}

export interface NewTarget {
  name: string;
  url: string;
  secret?: string | undefined;
  rate_per_minute?: number | null | undefined;
}

/** What it takes to call a target. */
export interface Dialled {
  id: string;
  url: string;
  /** The newest first: each signs. */
  secrets: string[];
  host: AllowedHost | undefined;
}

interface Row {
  target_id: string;
  name: string;
  url: string;
  secret: string;
  old_secret: string | null;
  old_secret_until: number | null;
  rate_per_minute: number | null;
  stopped: string | null;
  created_at: number;
}

/** How long the secret before still signs. */
const CHANGE_OVER_MS = 24 * 3_600_000;

export class Targets {
  private readonly db: Database;
  private readonly clock: () => Date;

  constructor(db: Database, clock: () => Date) {
    this.db = db;
    this.clock = clock;
  }

  async list(): Promise<Target[]> {
    return this.db.all<Row>('select * from target order by name').map(shown);
  }

  /** By id, or by name. @throws {NotFound} */
  async find(named: string): Promise<Target> {
    return shown(this.row(named));
  }

  /**
   * @throws {BadUse} when its host is not allowed, its name is taken or the secret is none
   * @returns the target, and its secret: for the last time
   */
  async add({ name, url, secret, rate_per_minute = 60 }: NewTarget): Promise<{ target: Target; secret: string }> {
    const key = secret === undefined ? newSecret() : checkedSecret(secret);
    const checked = checkedUrl(url);
    return this.db.transaction(() => {
      this.allowed(checked);
      if (this.db.get('select 1 from target where name = ?', name))
        throw new BadUse(`there is a target "${name}" already`, 'give it another name, or remove that one');
      const id = `tgt_${randomBytes(8).toString('hex')}`;
      const now = this.clock().getTime();
      this.db.run(
        'insert into target (target_id, name, url, secret, rate_per_minute, created_at) values (?, ?, ?, ?, ?, ?)',
        ...[id, name, checked.href, key, rate_per_minute, now]
      );
      return { target: shown(this.row(id)), secret: key };
    });
  }

  /** A new secret; the one before signs too for a day. */
  async rotate(named: string): Promise<{ target: Target; secret: string }> {
    const secret = newSecret();
    const until = this.clock().getTime() + CHANGE_OVER_MS;
    const { target_id } = this.row(named);
    this.db.run(
      'update target set old_secret = secret, old_secret_until = ?, secret = ? where target_id = ?',
      ...[until, secret, target_id]
    );
    return { target: shown(this.row(target_id)), secret };
  }

  /** Sends again to one that was stopped. */
  async resume(named: string): Promise<Target> {
    const { target_id } = this.row(named);
    this.db.run('update target set stopped = null, not_before = 0 where target_id = ?', target_id);
    return shown(this.row(target_id));
  }

  /** What waits for it is withdrawn; policies that had it have none. */
  async remove(named: string): Promise<void> {
    const { target_id } = this.row(named);
    this.db.transaction(() => {
      withdrawAll(this.db, 'target_id = ?', [target_id], 'its target was removed');
      // A look that is under way still knows the target: what it finds does not count.
      this.db.run('update policy set version = version + 1 where target_id = ?', target_id);
      this.db.run('delete from target where target_id = ?', target_id);
    });
  }

  async hosts(): Promise<AllowedHost[]> {
    return this.db
      .all<{ host: string; port: number; private: number }>(
        'select host, port, private from allowed_host order by host, port'
      )
      .map((row) => ({ host: row.host, port: row.port, private: row.private === 1 }));
  }

  /** @param address `host` or `host:port`; without a port 443 @throws {BadUse} */
  async allow(address: string, isPrivate: boolean): Promise<AllowedHost> {
    const { host, port } = hostOf(address);
    this.db.run(
      'insert into allowed_host values (?, ?, ?, ?) on conflict do update set private = excluded.private',
      ...[host, port, isPrivate ? 1 : 0, this.clock().getTime()]
    );
    return { host, port, private: isPrivate };
  }

  /** @throws {NotFound} */
  async disallow(address: string): Promise<void> {
    const { host, port } = hostOf(address);
    if (this.db.run('delete from allowed_host where host = ? and port = ?', host, port) === 0)
      throw new NotFound(`"${host}:${port}" is not allowed anyway`, 'the allowed hosts are listed with the targets');
  }

  /** What it takes to call a target now; undefined when it is gone. For the delivery alone: it holds the secrets. */
  dialled(targetId: string): Dialled | undefined {
    const row = this.db.get<Row>('select * from target where target_id = ?', targetId);
    if (!row) return undefined;
    const isKept = row.old_secret !== null && (row.old_secret_until ?? 0) > this.clock().getTime();
    const { hostname, port, protocol } = new URL(row.url);
    const host = this.db.get<{ host: string; port: number; private: number }>(
      'select host, port, private from allowed_host where host = ? and port = ?',
      ...[hostname, portOf(port, protocol)]
    );
    return {
      id: row.target_id,
      url: row.url,
      secrets: [row.secret, ...(isKept && row.old_secret !== null ? [row.old_secret] : [])],
      host: host && { host: host.host, port: host.port, private: host.private === 1 }
    };
  }

  private row(named: string): Row {
    const row = this.db.get<Row>('select * from target where target_id = ? or name = ?', named, named);
    if (row) return row;
    const names = this.db.all<{ name: string }>('select name from target order by name').map(({ name }) => name);
    throw new NotFound(
      `there is no target "${named}"`,
      names.length > 0 ? `targets: ${names.join(', ')}` : 'add one first: throughline targets add NAME --url URL'
    );
  }

  private allowed({ hostname, port, protocol }: URL): void {
    const number = portOf(port, protocol);
    if (this.db.get('select 1 from allowed_host where host = ? and port = ?', hostname, number)) return;
    throw new BadUse(
      `calls to ${hostname}:${number} are not allowed`,
      `allow the host first: throughline targets allow ${hostname}:${number}, with --private when it is in your own network`
    );
  }
}

function shown({ target_id, name, url, rate_per_minute, stopped, created_at }: Row): Target {
  return { id: target_id, name, url: redacted(url), rate_per_minute, stopped, created_at: iso(created_at) };
}

const iso = (at: number) => new Date(at).toISOString();

/** An address may be its own key (Power Automate, n8n): what could be one is not shown. */
function redacted(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

function checkedSecret(secret: string): string {
  const bytes = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const length = bytes === undefined ? 0 : Buffer.from(bytes, 'base64').length;
  if (length >= 24 && length <= 64) return secret;
  throw new BadUse(
    'this is no signing secret',
    'it is whsec_ and 24 to 64 bytes in base64; leave it out to have one made'
  );
}

function checkedUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new BadUse(`"${text}" is no address`, 'write it like https://n8n.example.com/webhook/late');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new BadUse(`"${url.protocol}" cannot be called`, 'an address begins with https://');
  if (url.username !== '' || url.password !== '')
    throw new BadUse('the address holds a password', 'leave it out: calls are signed');
  url.hash = '';
  return url;
}

const portOf = (port: string, protocol: string): number =>
  port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);

function hostOf(address: string): { host: string; port: number } {
  const text = /^[a-z]+:\/\//i.test(address) ? address : `https://${address}`;
  if (!URL.canParse(text))
    throw new BadUse(`"${address}" is no host`, 'write it like n8n.example.com or localhost:5678');
  const { hostname, port, protocol, username } = new URL(text);
  if (hostname === '' || hostname.includes('*') || username !== '')
    throw new BadUse(`"${address}" is no host`, 'name one host each: n8n.example.com or localhost:5678');
  return { host: hostname, port: portOf(port, protocol) };
}
