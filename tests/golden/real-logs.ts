import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFile } from '#ingest/read-file.ts';
import type { MappingInput } from '#ingest/mapping/mapping.ts';
import { loadStaged, type Batch } from '#models/log/load.ts';
import { openStore, type Store } from '#models/store/store.ts';
import { ensureDefaultViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { directlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import { summary } from '#mining/summary.ts';
import type { ViewContext } from '#mining/context.ts';

/** Public event logs that are not part of the project. A user's machine does not have them. */
export const folder = join(import.meta.dirname, '../../../shared/logs');
export const areHere = existsSync(folder);
/** Stands in the name of what is skipped. */
export const note = areHere ? '' : ' — SKIPPED: ../shared/logs is not there';

export interface Source {
  /** Where the file is. */
  path: string;
  log: string;
  name?: string;
  source?: string;
  mapping?: MappingInput;
}

export interface RealStore {
  store: Store;
  import(source: Source): Promise<Batch>;
  context(log: string): Promise<ViewContext>;
  hash(log: string): Promise<string>;
  close(): Promise<void>;
}

/** A store of its own in a temporary folder, filled through the real reader. */
export async function openRealStore(): Promise<RealStore> {
  const directory = await mkdtemp(join(tmpdir(), 'throughline-golden-'));
  const store = await openStore(directory, { threads: 2 });
  let reads = 0;
  const real: RealStore = {
    store,
    async import({ path, log, name = path.split('/').at(-1) ?? path, source = name, mapping }) {
      const staging = join(store.staging, `read-${++reads}`);
      const report = await readFile({ path, name, mapping, staging });
      const batch = await loadStaged(store, { log, source, file: name, folder: staging, report }, ensureDefaultViews);
      await rm(staging, { recursive: true, force: true });
      return batch;
    },
    async context(log) {
      return { engine: store.engine, view: await freshView(store, log), now: '2026-01-01T00:00:00.000Z' };
    },
    async hash(log) {
      const { engine, view } = await real.context(log);
      return segmentsHash(engine, view);
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    }
  };
  return real;
}

export interface Golden {
  log: string;
  columns?: MappingInput;
  facts: Record<string, unknown>;
}

export function golden(name: string): Golden {
  const document = JSON.parse(readFileSync(join(folder, 'golden', `${name}.json`), 'utf8')) as Record<string, unknown>;
  const { log, sha256, bytes, columns, ...facts } = document;
  void [sha256, bytes];
  return { log: log as string, facts, ...(columns !== undefined && { columns: columns as MappingInput }) };
}

/** What the golden files say of a log, said by us. */
export async function factsOf(context: ViewContext): Promise<Record<string, unknown>> {
  return { ...(await summary(context)), directly_follows: (await directlyFollowsGraph(context)).directly_follows };
}

/**
 * Everything in `expected` that `actual` does not say: counts and words exactly, instants as instants, seconds to a
 * millisecond (times that lie between two are rounded either way).
 */
export function differences(actual: unknown, expected: unknown, path = ''): string[] {
  if (/(first|last)_event$/.test(path))
    return Date.parse(String(actual)) === Date.parse(String(expected)) ? [] : [`${path}: ${actual} ≠ ${expected}`];
  if (typeof expected === 'number' && /(_s|_s\.\w+)$/.test(path))
    return Math.abs(Number(actual) - expected) < 0.001_001 ? [] : [`${path}: ${actual} ≠ ${expected}`];
  if (typeof expected !== 'object' || expected === null)
    return actual === expected ? [] : [`${path}: ${JSON.stringify(actual)} ≠ ${JSON.stringify(expected)}`];
  const entries = Object.entries(expected);
  const values = (actual ?? {}) as Record<string, unknown>;
  const extra = Object.keys(values).length - entries.length;
  const unasked = path !== '' && !/\]$/.test(path) && extra !== 0 ? [`${path}: ${extra} more than expected`] : [];
  return [
    ...unasked,
    ...entries.flatMap(([key, value]) =>
      differences(values[key], value, Array.isArray(expected) ? `${path}[${key}]` : path ? `${path}.${key}` : key)
    )
  ];
}
