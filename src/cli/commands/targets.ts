import { parseArgs } from 'node:util';
import type { NewTargetWithSecret } from '#lib/server/api/automation-routes.ts';
import type { AllowedHost, Target } from '#lib/server/state/targets.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection, type Connection } from '../connection.ts';
import type { Command, ExitCode } from '../throughline.ts';

interface Given {
  json?: boolean | undefined;
  url?: string | undefined;
  rate?: string | undefined;
  private?: boolean | undefined;
}

export const targetsCommand: Command = {
  usage:
    'targets list | targets allow HOST[:PORT] [--private] | targets disallow HOST[:PORT] | targets add NAME --url URL [--rate PER_MINUTE] | targets rotate NAME | targets resume NAME | targets remove NAME [--json]',
  about:
    'Where calls may go: hosts that are allowed (--private: in your own network), and targets with their signing secret, which is shown once.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        url: { type: 'string' },
        rate: { type: 'string' },
        private: { type: 'boolean' },
        json: { type: 'boolean' }
      }
    });
    const [verb = '', name, ...more] = positionals;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb as keyof typeof verbs] : undefined;
    if (!run || more.length > 0 || (name === undefined) !== (verb === 'list'))
      throw new BadUse(`targets cannot "${positionals.join(' ')}"`, `throughline ${this.usage}`);
    return withConnection(storeDirectory(values.store), (connection) => run(connection, name ?? '', values));
  }
};

const verbs = { list, allow, disallow, add, rotate, resume, remove } as const;

const print = (answer: object, words: string, json: boolean | undefined): ExitCode => {
  console.log(json ? JSON.stringify(answer, null, 2) : words);
  return 0;
};

async function list(connection: Connection, _: string, { json }: Given): Promise<ExitCode> {
  const answer = await connection.get<{ targets: Target[]; hosts: AllowedHost[] }>('/targets');
  const lines = [
    ...answer.hosts.map(({ host, port, private: own }) => `allowed: ${host}:${port}${own ? ' (private network)' : ''}`),
    ...answer.targets.map(
      ({ name, url, stopped }) => `${name}: ${url}${stopped === null ? '' : ` (stopped: ${stopped})`}`
    )
  ];
  return print(answer, lines.join('\n') || 'no host is allowed yet, and there is no target', json);
}

async function allow(connection: Connection, host: string, { json, private: own = false }: Given): Promise<ExitCode> {
  const answer = await connection.send<AllowedHost>('PUT', `/hosts/${segment(host)}`, { private: own });
  return print(answer, `calls to ${answer.host}:${answer.port} are allowed`, json);
}

async function disallow(connection: Connection, host: string, { json }: Given): Promise<ExitCode> {
  const answer = await connection.send<{ deleted: string }>('DELETE', `/hosts/${segment(host)}`);
  return print(answer, `no more calls to ${answer.deleted}`, json);
}

async function add(connection: Connection, name: string, { json, url, rate }: Given): Promise<ExitCode> {
  if (url === undefined) throw new BadUse('where is it?', 'targets add NAME --url https://…');
  const perMinute = rate === undefined ? undefined : Number(rate);
  // JSON has no NaN: it would be null, which is no limit at all.
  if (perMinute !== undefined && !(Number.isInteger(perMinute) && perMinute >= 1))
    throw new BadUse(`--rate is "${rate}"`, 'give a whole number of calls a minute, like 60');
  const answer = await connection.send<NewTargetWithSecret>('POST', '/targets', {
    name,
    url,
    ...(perMinute === undefined ? {} : { rate_per_minute: perMinute })
  });
  return print(answer, withSecret(answer), json);
}

async function rotate(connection: Connection, name: string, { json }: Given): Promise<ExitCode> {
  const answer = await connection.send<NewTargetWithSecret>('POST', `/targets/${segment(name)}/rotate`);
  return print(answer, withSecret(answer), json);
}

async function resume(connection: Connection, name: string, { json }: Given): Promise<ExitCode> {
  const answer = await connection.send<Target>('POST', `/targets/${segment(name)}/resume`);
  return print(answer, `${answer.name} is called again`, json);
}

async function remove(connection: Connection, name: string, { json }: Given): Promise<ExitCode> {
  const answer = await connection.send<{ deleted: string }>('DELETE', `/targets/${segment(name)}`);
  return print(answer, `removed ${answer.deleted}`, json);
}

const withSecret = ({ target, secret }: NewTargetWithSecret): string =>
  `${target.name}: ${target.url}\nits signing secret, shown this once: ${secret}`;
