import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Job } from '#lib/server/jobs/imports.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection, type Connection } from '../connection.ts';
import { readJsonObject } from '../json-file.ts';
import type { Command } from '../throughline.ts';

/** Options that name a column of the file. */
const columns = [
  'case',
  'activity',
  'timestamp',
  'start',
  'resource',
  'team',
  'role',
  'system',
  'legal-entity',
  'id'
] as const;

export const importCommand: Command = {
  usage:
    'import FILE…|FOLDER [--as NAME] [--setup FILE] [--mapping FILE] [--case C --activity A --timestamp T --start S --resource R --team T --zone Z --source NAME] [--json]',
  about:
    'Reads CSV, XES, OCEL 2.0 JSON, NDJSON or Parquet (also .gz), or a folder of exports of known systems, into a log; what it cannot read goes to quarantine.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        as: { type: 'string' },
        mapping: { type: 'string' },
        zone: { type: 'string' },
        source: { type: 'string' },
        setup: { type: 'string' },
        json: { type: 'boolean' },
        ...Object.fromEntries(columns.map((column) => [column, { type: 'string' } as const]))
      }
    });
    const given = values as Record<string, string | undefined>;
    const [first] = positionals;
    if (first === undefined) throw new BadUse('there is no file to import', 'throughline import FILE --as NAME');
    const log =
      values.as ?? basename(first).replace(/(\.(csv|tsv|txt|xes|xml|json|jsonocel|ndjson|jsonl|parquet|gz))+$/i, '');
    const mapping =
      values.mapping === undefined
        ? {}
        : await readJsonObject(values.mapping, '{"case": "order_id", "activity": "step", "timestamp": "done_at"}');
    for (const column of columns) if (given[column] !== undefined) mapping[column.replace('-', '_')] = given[column];
    if (values.zone !== undefined) mapping['zone'] = values.zone;
    const request = {
      log,
      paths: positionals.map((path) => resolve(path)),
      ...(Object.keys(mapping).length > 0 ? { mapping } : {}),
      ...(values.source === undefined ? {} : { source: values.source }),
      ...(values.setup === undefined
        ? {}
        : { setup: await readJsonObject(values.setup, '{"offices": {"BER": "Europe/Berlin"}}') })
    };
    const job = await withConnection(storeDirectory(values.store), async (connection) => {
      const started = await connection.send<{ job: string }>('POST', '/imports', request);
      return follow(connection, started.job, values.json !== true && process.stderr.isTTY === true);
    });
    if (values.json) console.log(JSON.stringify(reportOf(job), null, 2));
    else report(job);
    if (job.error) {
      console.error(`throughline: ${job.error.detail}`);
      if (job.error.fix) console.error(`  ${job.error.fix}`);
      return job.error.kind === 'bad_input' ? 3 : job.error.kind === 'bad_use' ? 2 : 1;
    }
    return job.state === 'done' ? 0 : 1;
  }
};

/** Waits for the end of an import. Ctrl-C cancels it; files already loaded stay. */
export async function follow(connection: Connection, id: string, showsProgress: boolean): Promise<Job> {
  const cancel = () => void connection.send('DELETE', `/imports/${segment(id)}`);
  process.once('SIGINT', cancel);
  try {
    for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
      const job = await connection.get<Job>(`/imports/${segment(id)}`);
      if (showsProgress) process.stderr.write(`\r\x1b[K${progressOf(job)}`);
      if (job.finished_at !== undefined) {
        if (showsProgress) process.stderr.write('\r\x1b[K');
        return job;
      }
      await sleep(pause);
    }
  } finally {
    process.off('SIGINT', cancel);
  }
}

function progressOf({ state, rows, bytes_done, bytes_total, eta_s }: Job): string {
  const share = bytes_total > 0 ? Math.floor((100 * bytes_done) / bytes_total) : 0;
  const left = eta_s === null ? '' : `, ${Math.ceil(eta_s)} s left`;
  return `${state}: ${rows} rows, ${share} %${left}`;
}

function reportOf({ log, state, files }: Job) {
  return {
    log,
    state,
    files: files.map(({ name, state: fileState, batch, error }) => ({
      name,
      state: fileState,
      ...(batch ?? {}),
      ...(error === undefined ? {} : { error })
    }))
  };
}

function report({ log, files, ignored = [] }: Job): void {
  if (ignored.length > 0) console.log(`left alone, of no system that Throughline knows: ${ignored.join(', ')}`);
  for (const { name, state, batch } of files) {
    if (!batch) {
      console.log(`${name}: ${state}`);
      continue;
    }
    console.log(
      `${name} → ${log}: ${batch.rows_in} rows in = ${batch.loaded} loaded + ${batch.quarantined} quarantined + ${batch.duplicates} duplicates`
    );
    console.log(
      `  ${batch.events} events, ${batch.objects} objects, ${batch.event_objects} event–object links, ${batch.object_objects} object–object links`
    );
    for (const { message, count, example } of batch.findings)
      console.log(`  note: ${message} (${count}${example === undefined ? '' : `, for example ${example}`})`);
  }
}
