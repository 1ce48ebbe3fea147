import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadUse } from '#models/log/errors.ts';
import type { Command } from '../throughline.ts';

const mostProjects = 1_000_000;

export const simulateCommand: Command = {
  usage: 'simulate --out DIR [--projects N] [--seed S] [--overwrite] [--json]',
  about: `Simulates a professional-services firm and writes the exports of its seven systems (gzipped), with setup.json
      and truth.json: what was planted in them. 1,200 projects and seed 7, unless told otherwise.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        projects: { type: 'string' },
        seed: { type: 'string' },
        overwrite: { type: 'boolean' },
        json: { type: 'boolean' }
      }
    });
    if (positionals.length > 0)
      throw new BadUse(`simulate takes no "${positionals[0]}"`, 'throughline simulate --projects N --seed S --out DIR');
    if (values.out === undefined) throw new BadUse('where to?', 'add --out DIR, an empty folder or a new one');
    const projects = wholeNumber('projects', values.projects ?? '1200', 1, mostProjects);
    const seed = wholeNumber('seed', values.seed ?? '7', 0, 2 ** 32 - 1);
    const directory = resolve(values.out);
    const holds = await entriesOf(directory);
    if (holds.length > 0 && values.overwrite !== true)
      throw new BadUse(
        `${directory} is not empty: it holds ${holds.slice(0, 3).join(', ')}`,
        'choose an empty folder or a new one; --overwrite replaces the exports that it holds'
      );

    const started = performance.now();
    const { writeFirm } = await import('#sample-logs/simulate.ts');
    const { cells, exports, activities } = await writeFirm({ seed, projects, directory });
    const files = Object.entries(exports).map(([file, { rows }]) => ({ file, rows }));
    const report = {
      directory,
      projects,
      seed,
      cells,
      files: files.length,
      rows: sum(files.map(({ rows }) => rows)),
      events: sum(Object.values(activities)),
      bytes: sum(await Promise.all(files.map(({ file }) => sizeOf(join(directory, `${file}.gz`))))),
      seconds: Math.round(performance.now() - started) / 1_000,
      peak_memory_bytes: process.resourceUsage().maxRSS * 1024
    };
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else {
      for (const { file, rows } of files) console.log(`${file}.gz: ${rows} rows`);
      const { rows, events, bytes, seconds, peak_memory_bytes: memory } = report;
      console.log(
        `${rows} rows in ${files.length} files (${mega(bytes)} MB), ${events} events, in ${seconds} s; peak memory ${mega(memory)} MB`
      );
    }
    return 0;
  }
};

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new BadUse(
      `--${name} "${text}" is no whole number from ${least} to ${most}`,
      `for example --${name} ${name === 'seed' ? 7 : 1200}`
    );
  return number;
}

/** What stands in a folder; nothing where there is none. */
async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new BadUse(`${directory} is a file`, 'name a folder', { cause: error });
    throw error;
  }
}

const sizeOf = async (path: string) => (await stat(path)).size;
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const mega = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
