import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { loadStaged, type Batch } from '#models/log/load.ts';
import { openStore, type Store } from '#models/store/store.ts';
import { addView, ensureDefaultViews, setEndActivities, type Grain } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import type { ViewContext } from '#mining/context.ts';
import { writeStaged } from '../staged-files.ts';

/** An event as a test writes it down: the case, the activity, the time, and whatever else matters to it. */
export interface FixtureEvent {
  case?: string;
  activity: string;
  /** ISO 8601 with zone or `Z`. */
  at: string;
  start?: string;
  ref?: string;
  recorded?: string;
  lifecycle?: string;
  instance?: string;
  resource?: string;
  team?: string;
  role?: string;
  system?: string;
  legal_entity?: string;
  precision?: 'instant' | 'day';
  attributes?: Record<string, unknown>;
  /** More objects it touches: type, id, qualifier. */
  objects?: [type: string, id: string, qualifier?: string][];
}

export interface FixtureFile {
  log: string;
  events: FixtureEvent[];
  /** Objects of type `case`, with attributes. Those that an event names need not be here. */
  cases?: Record<string, Record<string, unknown>>;
  /** Objects of other types: type, id, attributes. */
  objects?: [type: string, id: string, attributes?: Record<string, unknown>][];
  links?: [fromType: string, fromId: string, toType: string, toId: string, qualifier: string][];
  changes?: [type: string, id: string, at: string, attributes: Record<string, unknown>][];
  file?: string;
  source?: string;
}

export interface Fixture {
  store: Store;
  /** Loads a file and brings its views about. */
  load(file: FixtureFile): Promise<Batch>;
  /** A view, fresh, with the fixed now of these tests. Grain instance and end activities make a view of their own. */
  context(log: string, options?: { grain?: Grain; ends?: string[]; type?: string }): Promise<ViewContext>;
  /** Loads a log of its own and returns its context. */
  log(
    events: FixtureEvent[],
    options?: Partial<FixtureFile> & { grain?: Grain; ends?: string[] }
  ): Promise<ViewContext>;
  close(): Promise<void>;
}

export const NOW = '2020-03-01T00:00:00.000Z';

/** A store in a temporary folder, and logs written by hand into it through the same door as real imports. */
export async function openFixture(): Promise<Fixture> {
  const directory = await mkdtemp(joinPath(tmpdir(), 'throughline-mining-'));
  const store = await openStore(directory, { threads: 2, memoryLimitBytes: 2e9 });
  let files = 0;
  let logs = 0;
  const fixture: Fixture = {
    store,
    async load(file) {
      const folder = joinPath(store.staging, `fixture-${++files}`);
      await stage(store, folder, file);
      const name = file.file ?? 'log.csv';
      return loadStaged(
        store,
        {
          log: file.log,
          source: file.source ?? name,
          file: name,
          folder,
          report: { format: 'csv', rowsIn: file.events.length, countsObjects: false, mapping: null, findings: [] }
        },
        ensureDefaultViews
      );
    },
    async context(log, { grain = 'event', ends = [], type = 'case' } = {}) {
      const name = grain === 'event' && ends.length === 0 ? type : `${type} ${grain} ${ends.join('+')}`;
      const known = await freshView(store, log, name).catch(() => undefined);
      if (known) return { engine: store.engine, view: known, now: NOW };
      await addView(store, log, { name, object_type: type, grain });
      if (ends.length > 0) await setEndActivities(store, log, name, ends);
      return { engine: store.engine, view: await freshView(store, log, name), now: NOW };
    },
    async log(events, { grain, ends, ...file } = {}) {
      const log = file.log ?? `log ${++logs}`;
      await fixture.load({ ...file, log, events });
      return fixture.context(log, { ...(grain && { grain }), ...(ends && { ends }) });
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    }
  };
  return fixture;
}

async function stage(store: Store, folder: string, file: FixtureFile): Promise<void> {
  const json = (attributes?: Record<string, unknown>) => (attributes ? JSON.stringify(attributes) : null);
  const linked = new Set(file.events.flatMap((event) => (event.case === undefined ? [] : [event.case])));
  for (const id of Object.keys(file.cases ?? {})) linked.add(id);
  await writeStaged(store, folder, {
    event: file.events.map((event, position) => ({
      ...event,
      position,
      source_ref: event.ref ?? null,
      happened_at: event.at,
      start_at: event.start ?? null,
      precision: event.precision ?? 'instant',
      recorded_at: event.recorded ?? null,
      attributes: json(event.attributes)
    })),
    event_object: file.events.flatMap((event, position) => [
      ...(event.case === undefined
        ? []
        : [{ position, object_type: 'case', object_id: event.case, qualifier: '' as string }]),
      ...(event.objects ?? []).map(([object_type, object_id, qualifier = '']) => ({
        position,
        object_type,
        object_id,
        qualifier
      }))
    ]),
    object: [...[...linked].map((id) => ['case', id, file.cases?.[id]] as const), ...(file.objects ?? [])].map(
      ([object_type, object_id, attributes], position) => ({
        position,
        object_type,
        object_id,
        attributes: json(attributes)
      })
    ),
    object_change: (file.changes ?? []).map(([object_type, object_id, changed_at, attributes], position) => ({
      position,
      object_type,
      object_id,
      changed_at,
      attributes: json(attributes)
    })),
    object_object: (file.links ?? []).map(([from_type, from_id, to_type, to_id, qualifier], position) => ({
      position,
      from_type,
      from_id,
      to_type,
      to_id,
      qualifier
    }))
  });
}
