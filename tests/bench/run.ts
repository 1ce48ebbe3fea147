/**
 * How fast imports and analyses are, beside plain DuckDB on the same file in the same run. `npm run bench`, or
 * `-- --events N` for another size (default 1,000,000) and `-- --runs N` for the median of N (default 5).
 *
 * Seconds differ from machine to machine; the ratios say whether segments still pay for themselves. The baseline is
 * what one would write without Throughline: read_csv into a table, then window functions over its strings. Both answers
 * are compared, and a difference fails the run.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { Imports } from '#lib/server/jobs/imports.ts';
import { cycleTime } from '#mining/cycle-time.ts';
import { directlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import { transitionHandoffs } from '#mining/handoffs.ts';
import { variants } from '#mining/variants.ts';
import { openStore } from '#models/store/store.ts';
import { freshView } from '#models/views/materialise.ts';
import { temporaryFolder } from '../cli/command.ts';
import { writeRandomLog } from '../faults/random-log.ts';

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '5' } }
});
const RUNS = Number(options.runs);

using folder = temporaryFolder();
const csv = join(folder.path, 'bench.csv');
const events = await writeRandomLog(csv, Number(options.events), 1);
console.log(`bench: ${events.toLocaleString('en')} events, ${(statSync(csv).size / 1e6).toFixed(0)} MB of CSV`);

// The baseline has a database file of its own, and the same number of threads.
const instance = await DuckDBInstance.create(join(folder.path, 'baseline.duckdb'));
const plain = await instance.connect();
const rows = async <Row>(text: string) => (await plain.runAndReadAll(text)).getRowObjectsJson() as unknown as Row[];
const readCsv = await seconds(() =>
  plain.run(`create table raw as select row_number() over () as n, * from read_csv('${csv}')`)
);

const store = await openStore(join(folder.path, 'store'));
const imports = new Imports(store);
const ownImport = await seconds(async () => {
  const job = await imports.start({ log: 'bench', files: [{ path: csv, name: 'bench.csv' }] });
  await new Promise<void>((done) => {
    const stop = imports.subscribe(job.id, ({ finished_at }) => {
      if (finished_at !== undefined) queueMicrotask(() => (stop(), done()));
    });
  });
  if (job.state !== 'done') throw new Error(`the import ${job.state}: ${JSON.stringify(job.error)}`);
});
const view = await freshView(store, 'bench', 'case');
const context = { engine: store.engine, view, now: new Date().toISOString() };

const linked = (partner: string, among = 'true') => `
  select ${partner} as a, lead(${partner}) over w as b, case_id,
    epoch_us(lead(timestamp) over w) - epoch_us(timestamp) as took
  from raw where ${among} window w as (partition by case_id order by timestamp, n)`;
const perEdge = (from: string) => `
  select a, b, count(*)::integer as count, count(distinct case_id)::integer as cases, avg(took) / 1e6 as mean,
    quantile_cont(took, [0.5, 0.9]) as quantiles
  from (${from}) where b is not null`;

const results = [
  await compare(
    'directly-follows graph',
    async () => checksum((await directlyFollowsGraph(context)).directly_follows),
    async () => checksum(await rows(`${perEdge(linked('activity'))} group by a, b`))
  ),
  await compare(
    'variants',
    async () => (await variants(context)).total_variants,
    async () =>
      (
        await rows<{ way: unknown }>(`
        select way, count(*) as cases from (select list(activity order by timestamp, n) as way from raw group by case_id)
        group by way order by cases desc`)
      ).length
  ),
  await compare(
    'handoffs between teams',
    async () => checksum((await transitionHandoffs(context, [], { dimension: 'team' })).pairs),
    async () => checksum(await rows(`${perEdge(linked('team', 'team is not null'))} and a <> b group by a, b`))
  ),
  await compare(
    'cycle time, with histogram and months',
    async () => Math.round((await cycleTime(context)).closed?.median_s ?? 0),
    async () =>
      Math.round(
        (
          await rows<{ median: number }>(`
          select quantile_cont(took, 0.5) / 1e6 as median, quantile_cont(took, 0.9) as p90, avg(took) as mean
          from (select epoch_us(max(timestamp)) - epoch_us(min(timestamp)) as took from raw group by case_id)`)
        )[0]?.median ?? 0
      )
  )
];

const rate = (took: number) => `${Math.round(events / took).toLocaleString('en')} events/s`;
console.log(`import        ${ownImport.toFixed(2)} s, ${rate(ownImport)}, with views built`);
console.log(
  `read_csv only ${readCsv.toFixed(2)} s, ${rate(readCsv)}: the import takes ${(ownImport / readCsv).toFixed(1)} times as long`
);
for (const { name, own, baseline } of results) {
  const ratio = (baseline / own).toFixed(1);
  console.log(`${name.padEnd(38)} ${ms(own)} on segments, ${ms(baseline)} by window functions: ${ratio} times as fast`);
}
console.log(
  `store ${(statSync(join(store.directory, 'log.duckdb')).size / 1e6).toFixed(0)} MB, peak memory of this process ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`
);
await imports.close();
await store.close();
plain.closeSync();
instance.closeSync();

interface Measured {
  name: string;
  own: number;
  baseline: number;
}

/** Runs both ways in turn, compares their answers, and takes the median of each. */
async function compare(name: string, own: () => Promise<unknown>, baseline: () => Promise<unknown>): Promise<Measured> {
  const took = { own: [] as number[], baseline: [] as number[] };
  for (let n = 0; n < RUNS; n += 1) {
    let [ours, theirs]: unknown[] = [];
    took.own.push(await seconds(async () => (ours = await own())));
    took.baseline.push(await seconds(async () => (theirs = await baseline())));
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
      throw new Error(`${name}: ${JSON.stringify(ours)} on segments, ${JSON.stringify(theirs)} by window functions`);
    }
  }
  return { name, own: median(took.own), baseline: median(took.baseline) };
}

/** What must agree between the two ways: how many pairs, how many transitions, and the first by count. */
function checksum(pairs: unknown[]): unknown {
  const counted = pairs as { count: number; cases: number }[];
  const total = (key: 'count' | 'cases') => counted.reduce((sum, pair) => sum + pair[key], 0);
  return [counted.length, total('count'), total('cases'), Math.max(...counted.map(({ count }) => count))];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ms(value: number): string {
  return `${(value * 1000).toFixed(0).padStart(6)} ms`;
}
