import { parseArgs } from 'node:util';
import type { SavedPolicy, SlaOverview, SlaPolicy } from '#lib/server/api/sla-routes.ts';
import type { SlaClock } from '#lib/server/watch/report.ts';
import { BadUse } from '#models/log/errors.ts';
import type { SlaGoal } from '#models/sla/policy.ts';
import { segment, storeDirectory, storeOption, withConnection, type Connection } from '../connection.ts';
import { readJsonObject } from '../json-file.ts';
import type { Command, ExitCode } from '../throughline.ts';

const EXAMPLE =
  '{"id":"deal_to_erp","name":"Deal won to project in ERP","anchor":"opportunity","start":["Deal won"],"stop":["Project created in ERP"],"goal":{"business":"PT24H"},"calendar":{"function":"project_operations"}}';

interface Given {
  json?: boolean | undefined;
  policy?: string | undefined;
  limit?: string | undefined;
  none?: boolean | undefined;
}

export const slaCommand: Command = {
  usage:
    'sla list --log L | sla check --log L [--policy ID] [--limit N] | sla add FILE --log L | sla target POLICY (TARGET | --none) --log L | sla remove POLICY --log L [--json]',
  about:
    'SLA policies of a log: lists them, says how their clocks stand now and which are late, adds one from a JSON file, gives one a target (see targets) or takes it away.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        log: { type: 'string' },
        policy: { type: 'string' },
        limit: { type: 'string' },
        none: { type: 'boolean' },
        json: { type: 'boolean' }
      }
    });
    const [verb = '', ...rest] = positionals;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb as keyof typeof verbs] : undefined;
    if (!run) throw new BadUse(`sla cannot "${verb}"`, `throughline ${this.usage}`);
    if (values.log === undefined) throw new BadUse('which log?', 'add --log NAME (throughline logs lists them)');
    const path = `/logs/${segment(values.log)}/sla`;
    return withConnection(storeDirectory(values.store), (connection) => run(connection, path, rest, values));
  }
};

const verbs = { list, check, add, target, remove } as const;

async function list(connection: Connection, path: string, rest: string[], { json }: Given): Promise<ExitCode> {
  if (rest.length > 0) throw new BadUse(`"${rest[0]}" is too much`, 'sla list --log L');
  const { policies } = await connection.get<{ policies: SlaPolicy[] }>(`${path}/policies`);
  if (json) console.log(JSON.stringify(policies, null, 2));
  else if (policies.length === 0) console.log('this log has no SLA policy; sla add FILE makes one');
  else for (const policy of policies) console.log(describe(policy));
  return 0;
}

async function check(
  connection: Connection,
  path: string,
  rest: string[],
  { json, policy, limit = '20' }: Given
): Promise<ExitCode> {
  if (rest.length > 0) throw new BadUse(`"${rest[0]}" is too much`, 'sla check --log L [--policy ID]');
  const status = await connection.get<SlaOverview>(`${path}/status`);
  const late = await connection.get<{ total: number; rows: SlaClock[] }>(`${path}/clocks`, {
    policy,
    state: 'breached',
    open: 'true',
    limit
  });
  const policies = status.policies.filter(({ id }) => policy === undefined || id === policy);
  if (json) {
    console.log(JSON.stringify({ ...status, policies, late }, null, 2));
    return 0;
  }
  console.log(
    `now ${status.now} (${status.mode})${status.fault === null ? '' : `; the last look failed: ${status.fault}`}`
  );
  for (const { id, adherence, breached, open, breached_open, warned, enabled } of policies) {
    const kept = adherence
      ? `${(100 * adherence.share).toFixed(1)} % of ${adherence.n} in time`
      : 'nothing decided yet';
    console.log(
      `${id}: ${kept}, ${breached} late (${breached_open} of them open), ${open} open, ${warned} about to be late${enabled ? '' : ' (off)'}`
    );
  }
  console.log(`\n${late.total} late and open${late.rows.length < late.total ? `, ${late.rows.length} shown` : ''}`);
  for (const { policy: id, subject_type, subject, breached_at, calendar, stale_sources } of late.rows) {
    const silent = stale_sources.map(({ system, last }) => `; nothing is heard of ${system} since ${last}`).join('');
    console.log(
      `  ${id}: ${subject_type} ${subject}, late since ${breached_at}${calendar ? ` (calendar ${calendar})` : ''}${silent}`
    );
  }
  return 0;
}

async function add(connection: Connection, path: string, rest: string[], { json }: Given): Promise<ExitCode> {
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0)
    throw new BadUse('name one file', `sla add FILE --log L; FILE holds ${EXAMPLE}`);
  const { policy, warnings } = await connection.send<SavedPolicy>(
    'POST',
    `${path}/policies`,
    await readJsonObject(file, EXAMPLE)
  );
  if (json) console.log(JSON.stringify({ policy, warnings }, null, 2));
  else {
    console.log(`added ${describe(policy)}`);
    for (const warning of warnings) console.error(`  note: ${warning}`);
  }
  return 0;
}

async function target(connection: Connection, path: string, rest: string[], { json, none }: Given): Promise<ExitCode> {
  const [id, to, ...more] = rest;
  if (id === undefined || more.length > 0 || (to === undefined) === (none !== true))
    throw new BadUse('say which policy, and which target', 'sla target POLICY (TARGET | --none) --log L');
  const { policy } = await connection.send<SavedPolicy>('PATCH', `${path}/policies/${segment(id)}`, {
    target: to ?? null
  });
  console.log(json ? JSON.stringify(policy, null, 2) : describe(policy));
  return 0;
}

async function remove(connection: Connection, path: string, rest: string[], { json }: Given): Promise<ExitCode> {
  const [id, ...more] = rest;
  if (id === undefined || more.length > 0) throw new BadUse('name one policy', 'sla remove POLICY --log L');
  const gone = await connection.send<{ deleted: string }>('DELETE', `${path}/policies/${segment(id)}`);
  console.log(json ? JSON.stringify(gone, null, 2) : `removed ${gone.deleted}`);
  return 0;
}

function describe({ id, name, start, stop, goal, calendar, target: to, enabled }: SlaPolicy): string {
  const whose =
    calendar === undefined || calendar === 'log'
      ? ''
      : 'office' in calendar
        ? ` of ${calendar.office}`
        : ` of ${calendar.function}`;
  const acts = to ? `calls ${to.name}` : 'calls nobody';
  return `${id}: ${name}. ${start.join(' or ')} → ${stop.join(' or ')} ${inWords(goal)}${whose}; ${acts}${enabled ? '' : '; off'}`;
}

function inWords(goal: SlaGoal): string {
  if ('end_of_business_day' in goal)
    return goal.end_of_business_day === 0
      ? 'by the end of the day'
      : `by the end of business day ${goal.end_of_business_day} after`;
  return 'wall' in goal ? `within ${goal.wall} on the wall clock` : `within ${goal.business} of business time`;
}
