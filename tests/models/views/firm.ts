import { readSetup } from '#models/lifecycle/setup.ts';
import { setUp } from '#models/log/catalogue.ts';
import { ident, sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';
import { ensureDefaultViews, type View } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { loadRecordFile, type WrittenRecord } from '../log/record-fixture.ts';

/** `08:00` and further hours of one day, so that fixtures read in order. */
export const at = (hour: number, day = 1): string => new Date(Date.UTC(2024, 2, day, hour)).toISOString();

/** Makes a log of a firm, so that it gets the views of the lifecycle. */
export async function startFirm(store: Store, log: string, setup: object = {}): Promise<void> {
  await setUp(store, log, readSetup(JSON.stringify(setup)));
}

export async function load(store: Store, log: string, records: WrittenRecord[], file = 'records.json'): Promise<void> {
  await loadRecordFile(store, { log, source: 'source', file, records }, ensureDefaultViews);
}

/** One record: an object with its events, and where it points. `type:id`, `qualifier type:id`. */
export function thing(
  name: string,
  events: [activity: string, at: string, more?: { resource?: string; team?: string; also?: string[] }][] = [],
  links: string[] = [],
  attributes: Record<string, unknown> = {}
): WrittenRecord {
  const own = named(name);
  return {
    ref: name,
    objects: [[...own, attributes]],
    events: events.map(([activity, at, { also = [], ...more } = {}]) => ({
      activity,
      at,
      ...more,
      objects: [own, ...also.map(named)]
    })),
    links: links.map((link) => {
      const [qualifier = '', target = ''] = link.split(' ');
      return [own, qualifier, named(target)];
    })
  };
}

const named = (name: string): [string, string] => {
  const [type = '', id = ''] = name.split(':');
  return [type, id];
};

/** Each case with its activities in order, and `open` before those of open ones. */
export async function traces(store: Store, log: string, name: string): Promise<Record<string, string>> {
  const view = await freshView(store, log, name);
  const rows = await store.engine.query<{ id: string; closed: boolean; trace: string }>(sql`
    select c.case_id as id, c.closed, string_agg(t.value, ', ' order by s.position) as trace
    from ${ident(view.segments)} s join ${ident(view.cases)} c using (case_no)
    join (select id, value from term where log_id = ${view.logId} and kind = 'activity') t on t.id = s.activity
    group by all order by 1`);
  return Object.fromEntries(rows.map(({ id, closed, trace }) => [id, closed ? trace : `open: ${trace}`]));
}

/** What each segment of a view holds in one column of words, by case and position. */
export async function wordsOf(store: Store, view: View, kind: 'team' | 'role'): Promise<(string | null)[]> {
  const rows = await store.engine.query<{ value: string | null }>(sql`
    select t.value from ${ident(view.segments)} s join ${ident(view.cases)} c using (case_no)
    left join (select id, value from term where log_id = ${view.logId} and kind = ${kind}) t on t.id = s.${ident(kind)}
    order by c.case_id, s.position`);
  return rows.map(({ value }) => value);
}
