import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command, ExitCode } from '../throughline.ts';
import { follow } from './import.ts';

const committed = fileURLToPath(new URL('../../../sample-logs/exports', import.meta.url));

export const demoCommand: Command = {
  usage: 'demo [--verify [--seed N] [--exports DIR]] [--json]',
  about:
    'Loads the sample firm into the store. With --verify: loads it (or a firm simulated with a seed, or one that simulate wrote) into a temporary store, and holds what is found against what was planted.',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        ...storeOption,
        verify: { type: 'boolean' },
        seed: { type: 'string' },
        exports: { type: 'string' },
        json: { type: 'boolean' }
      }
    });
    if (!values.verify) {
      if (values.seed !== undefined || values.exports !== undefined)
        throw new BadUse('only a firm to verify can be another', 'add --verify, or use simulate and import');
      return loadSample(storeDirectory(values.store), values.json === true);
    }
    const seed = values.seed === undefined ? undefined : seedOf(values.seed);
    if (seed !== undefined && values.exports !== undefined)
      throw new BadUse('exports have their own seed', 'leave --seed or --exports away');
    const folder = await mkdtemp(join(tmpdir(), 'throughline-demo-'));
    try {
      let exports = values.exports ?? committed;
      if (seed !== undefined) {
        exports = join(folder, 'exports');
        const { writeFirm } = await import('#sample-logs/simulate.ts');
        await writeFirm({ seed, projects: 1_200, directory: exports });
      }
      return await verifyFirm(join(folder, 'store'), exports, values.json === true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
};

async function loadSample(directory: string, asJson: boolean): Promise<ExitCode> {
  return withConnection(directory, async (connection): Promise<ExitCode> => {
    const { job } = await connection.send<{ job: string }>('POST', '/sample');
    const { log, state, rows, error } = await follow(connection, job, !asJson && process.stderr.isTTY === true);
    if (asJson) console.log(JSON.stringify({ log, state, rows }, null, 2));
    else console.log(state === 'done' ? `${log}: ${rows} rows are loaded` : `${log}: ${state}`);
    if (error) console.error(`throughline: ${error.detail}`);
    return state === 'done' ? 0 : 1;
  });
}

async function verifyFirm(store: string, exports: string, asJson: boolean): Promise<ExitCode> {
  const { verify } = await import('#sample-logs/verify.ts');
  const truth = JSON.parse(await truthIn(exports)) as Parameters<typeof verify>[0];
  const facts = await withConnection(store, async (connection) => {
    const log = 'firm';
    const { job } = await connection.send<{ job: string }>('POST', '/imports', { log, paths: [exports] });
    const { state, error } = await follow(connection, job, !asJson && process.stderr.isTTY === true);
    if (state !== 'done') throw new Error(`the firm was not loaded: ${error?.detail ?? state}`);
    return verify(truth, (path) => connection.get(`/logs/${segment(log)}${path}`));
  });
  const missed = facts.filter(({ verdict }) => verdict === 'missed');
  if (asJson) console.log(JSON.stringify({ seed: truth.seed, projects: truth.projects, facts }, null, 2));
  else {
    const word = { found: 'ok    ', missed: 'MISSED', 'not yet measurable': 'later ' };
    for (const { group, name, planted, found, verdict } of facts) {
      const figures = verdict === 'found' && planted === found ? planted : `planted ${planted}, found ${found}`;
      console.log(`${word[verdict]} ${group}: ${name}: ${verdict === 'not yet measurable' ? verdict : figures}`);
    }
    const count = (verdict: string) => facts.filter((fact) => fact.verdict === verdict).length;
    console.log(
      `\nseed ${truth.seed}, ${truth.projects} projects: ${count('found')} facts found, ${count('missed')} missed, ${count('not yet measurable')} not yet measurable`
    );
  }
  return missed.length === 0 ? 0 : 1;
}

async function truthIn(exports: string): Promise<string> {
  try {
    return await readFile(join(exports, 'truth.json'), 'utf8');
  } catch (cause) {
    throw new BadUse(`${exports} holds no truth.json`, 'name a folder that throughline simulate wrote', { cause });
  }
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed < 2 ** 32) return seed;
  throw new BadUse(`"${text}" is no seed`, `a seed is a whole number from 0 to ${2 ** 32 - 1}, for example --seed 8`);
}
