import { listLogs } from '#models/log/catalogue.ts';
import { engineVersion } from '#models/store/store.ts';
import type { Store } from '#models/store/store.ts';
import { ident, sql } from '#models/store/sql.ts';
import { listViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

export interface Diagnosis {
  ok: boolean;
  versions: { node: string; duckdb: string };
  store: string;
  checks: Check[];
  logs: {
    name: string;
    events: number;
    objects: number;
    event_objects: number;
    object_objects: number;
    quarantined: number;
    views: { name: string; grain: string; cases: number; segments: number; segments_hash: string }[];
  }[];
}

/**
 * Says whether the store is sound and what it holds. Every view is brought up to date first, so that its hash speaks
 * of all that was imported.
 */
export async function doctor(store: Store): Promise<Diagnosis> {
  const { engine } = store;
  const logs: Diagnosis['logs'] = [];
  for (const { name, events, objects, event_objects, object_objects, quarantined } of await listLogs(engine)) {
    const views = [];
    for (const { name: viewName } of await listViews(engine, name)) {
      const view = await freshView(store, name, viewName);
      const [count] = await engine.query<{ cases: number; segments: number }>(sql`
        select (select count(*) from ${ident(view.cases)})::double as cases,
          (select count(*) from ${ident(view.segments)})::double as segments`);
      views.push({
        name: viewName,
        grain: view.grain,
        cases: count?.cases ?? 0,
        segments: count?.segments ?? 0,
        segments_hash: await segmentsHash(engine, view)
      });
    }
    logs.push({ name, events, objects, event_objects, object_objects, quarantined, views });
  }
  const checks = await soundness(store);
  return {
    ok: checks.every((check) => check.ok),
    versions: { node: process.versions.node, duckdb: await engineVersion(engine) },
    store: store.directory,
    checks,
    logs
  };
}

async function soundness({ engine }: Store): Promise<Check[]> {
  const [row] = await engine.query<{ unbalanced: number; homeless: number; uncounted: number; unlinked: number }>(sql`
    select
      (select count(*) from batch where rows_in <> loaded + quarantined + duplicates)::double as unbalanced,
      (select count(*) from event where batch_no not in (select batch_no from batch))::double as homeless,
      (select count(*) from (
        select b.batch_no from batch b
        left join (select batch_no, count(*) as n from event group by batch_no) e using (batch_no)
        where b.events <> coalesce(e.n, 0)))::double as uncounted,
      (select count(*) from event_object where event_no not in (select event_no from event))::double as unlinked`);
  const check = (name: string, bad: number | undefined, detail: string): Check => ({
    name,
    ok: bad === 0,
    detail: bad === 0 ? detail : `${bad} violations`
  });
  return [
    check('rows in = loaded + quarantined + duplicates', row?.unbalanced, 'holds for every batch'),
    check('every event belongs to a committed batch', row?.homeless, 'holds'),
    check('every batch has the events that it counted', row?.uncounted, 'holds'),
    check('every link belongs to an event', row?.unlinked, 'holds')
  ];
}
