import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '#lib/server/doctor.ts';
import { ROOT, run, runJson, serve, start, temporaryFolder, type Server } from './command.ts';
import { COLUMNS, writeSmallLog } from './small-log.ts';

beforeAll(() => {
  if (!existsSync(join(ROOT, 'build/handler.js'))) throw new Error('There is no build to serve. Run: npm run build');
});

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** A request with exactly these headers, which fetch would not send. */
function ask(url: string, method = 'GET', headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('serve on an empty store', () => {
  const folder = temporaryFolder();
  let server: Server;
  beforeAll(async () => {
    server = await serve(folder.path);
  });
  afterAll(async () => {
    await server.stop();
    folder[Symbol.dispose]();
  });

  test('answers / with a page, without a redirect', async () => {
    const answer = await ask(`${server.url}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body).toContain('Throughline');
    expect(answer.headers['content-security-policy']).toMatch(/nonce-/);
    expect(answer.headers['content-security-policy']).not.toContain("'unsafe-eval'");
  });

  test('prints a loopback URL and writes it, with its process and a token, to a file that only the owner reads', () => {
    expect(server.url).toMatch(/^http:\/\/(127\.0\.0\.1|localhost):\d+$/);
    const path = join(folder.path, 'server.json');
    const note = JSON.parse(readFileSync(path, 'utf8')) as { pid: number; url: string; token: string };
    expect(note.pid).toBe(server.child.pid);
    expect(note.url).toContain(new URL(server.url).port);
    expect(note.token.length).toBeGreaterThanOrEqual(32);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('answers the API', async () => {
    const health = await ask(`${server.url}/api/v1/health`);
    expect(health.status).toBe(200);
    expect(JSON.parse((await ask(`${server.url}/api/v1/logs`)).body)).toMatchObject({ logs: [] });
    const missing = await ask(`${server.url}/api/v1/logs/nope`);
    expect(missing.status).toBe(404);
    expect(missing.headers['content-type']).toContain('application/problem+json');
  });

  test('refuses a second serve of the store, naming the first', async () => {
    const second = await run('serve', '--store', folder.path);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(server.url);
    expect(second.stderr).toContain(String(server.child.pid));
    expect(second.stderr).not.toMatch(/\n\s+at /);
    expect((await ask(`${server.url}/api/v1/health`)).status).toBe(200);
    expect(existsSync(join(folder.path, 'server.json'))).toBe(true);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example'])('refuses the host name %s', async (host) => {
    const answer = await ask(`${server.url}/api/v1/logs`, 'GET', { host });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).not.toContain('"logs"');
  });

  test.each<[string, Record<string, string>]>([
    ['from another origin', { origin: 'http://evil.example' }],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['from an origin that hides itself', { origin: 'null' }],
    ['from another site by its fetch metadata', { 'sec-fetch-site': 'cross-site' }]
  ])('refuses a POST %s', async (_what, headers) => {
    const body = JSON.stringify({ log: 'x', uploads: [] });
    const answer = await ask(
      `${server.url}/api/v1/imports`,
      'POST',
      { 'content-type': 'application/json', ...headers },
      body
    );
    expect(answer.status).toBe(403);
    const deleted = await ask(`${server.url}/api/v1/logs/x`, 'DELETE', headers);
    expect(deleted.status).toBe(403);
  });
});

describe('commands through a running server', () => {
  test('print the same bytes and end with the same codes as without one', async () => {
    using folder = temporaryFolder();
    const store = join(folder.path, 'store');
    const csv = writeSmallLog(folder.path);
    const filter = JSON.stringify([{ kind: 'activity', values: ['Check'], match: 'any' }]);
    const commands = [
      ['logs', '--json'],
      ['logs'],
      ...['summary', 'dfg', 'variants', 'cycle-time', 'transitions', 'rework'].map((name) => [
        'mine',
        name,
        '--log',
        'small',
        '--json'
      ]),
      ['mine', 'summary', '--log', 'small'],
      ['mine', 'dfg', '--log', 'small', '--filter', filter, '--json'],
      ['mine', 'summary', '--log', 'nope', '--json'],
      ['mine', 'summary', '--log', 'small', '--filter', '{', '--json'],
      ['mine', 'nope', '--log', 'small'],
      ['import', join(folder.path, 'missing.csv'), '--as', 'small']
    ];
    const outputs = async () => {
      const seen = [];
      for (const command of commands) {
        const { code, stdout, stderr } = await run(...command, '--store', store);
        seen.push({ command, code, stdout, stderr });
      }
      return seen;
    };
    expect(await run('import', csv, '--as', 'small', ...COLUMNS, '--store', store)).toMatchObject({ code: 0 });
    const without = await outputs();
    const server = await serve(store);
    try {
      expect(await outputs()).toEqual(without);
    } finally {
      await server.stop();
    }
  });

  test('import the same rows, and say the same about them', async () => {
    using folder = temporaryFolder();
    const csv = writeSmallLog(folder.path);
    const [direct, through] = [join(folder.path, 'direct'), join(folder.path, 'through')];
    const importInto = (store: string) => run('import', csv, '--as', 'small', ...COLUMNS, '--store', store);
    const alone = await importInto(direct);
    const server = await serve(through);
    try {
      const served = await importInto(through);
      expect(served.code).toBe(0);
      expect(figures(served.stdout)).toEqual(figures(alone.stdout));
    } finally {
      await server.stop();
    }
    const hash = async (store: string) =>
      (await runJson<Diagnosis>('doctor', '--store', store)).logs[0]?.views[0]?.segments_hash;
    expect(await hash(through)).toBe(await hash(direct));
    expect(await hash(direct)).toMatch(/^[0-9a-f]{32}$/);
  });
});

/** The counts of an import's report, without the seconds it took. */
function figures(report: string): string[] {
  return report.match(/[\d,]+ (rows|loaded|quarantined|duplicates)/g) ?? [];
}

describe('server.json', () => {
  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('is gone after %s, and the server ends well', async (signal) => {
    using folder = temporaryFolder();
    const server = await serve(folder.path);
    server.child.kill(signal);
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(existsSync(join(folder.path, 'server.json'))).toBe(false);
  });

  test('of a server that was killed is ignored', async () => {
    using folder = temporaryFolder();
    const server = await serve(folder.path);
    server.child.kill('SIGKILL');
    await server.ended;
    expect(existsSync(join(folder.path, 'server.json'))).toBe(true);
    expect(await run('logs', '--json', '--store', folder.path)).toMatchObject({ code: 0 });
    const next = await serve(folder.path);
    expect((await ask(`${next.url}/`)).status).toBe(200);
    await next.stop();
  });

  test('whose process id another program got is ignored', async () => {
    using folder = temporaryFolder();
    await run('logs', '--store', folder.path);
    const note = { pid: process.pid, url: 'http://127.0.0.1:9', token: 'x'.repeat(32) };
    writeFileSync(join(folder.path, 'server.json'), JSON.stringify(note), { mode: 0o600 });
    expect(await run('logs', '--json', '--store', folder.path)).toMatchObject({ code: 0 });
  });

  test('that is not JSON is ignored', async () => {
    using folder = temporaryFolder();
    await run('logs', '--store', folder.path);
    writeFileSync(join(folder.path, 'server.json'), '{"pid":');
    expect(await run('logs', '--json', '--store', folder.path)).toMatchObject({ code: 0 });
  });
});

test('a port that is taken is an error that says what to do', async () => {
  using first = temporaryFolder();
  using second = temporaryFolder();
  const server = await serve(first.path);
  try {
    const { port } = new URL(server.url);
    const outcome = await start(['serve', '--store', second.path], { PORT: port }).ended;
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(port);
    expect(outcome.stderr).toContain('PORT');
    expect(existsSync(join(second.path, 'server.json'))).toBe(false);
  } finally {
    await server.stop();
  }
});

test('the built pages hold no second copy of the store', () => {
  const files = readdirSync(join(ROOT, 'build'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(js|mjs|cjs|node)$/.test(path)
  );
  expect(files.length).toBeGreaterThan(5);
  const holding = files.filter((path) =>
    /@duckdb|node:sqlite|duckdb\.node/.test(readFileSync(join(ROOT, 'build', path), 'utf8'))
  );
  expect(holding).toEqual([]);
});

test('npx runs the command from the package root', () => {
  const outcome = spawnSync('npx', ['--no-install', 'throughline', '--help'], { cwd: ROOT, encoding: 'utf8' });
  expect(outcome.status).toBe(0);
  expect(outcome.stdout).toContain('mine');
});
