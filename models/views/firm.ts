import { resolve, type Belonging } from '#models/lifecycle/resolve.ts';
import type { Lifecycle } from '#models/lifecycle/schema.ts';
import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { NotFound } from '#models/log/errors.ts';
import type { Engine } from '#models/store/engine.ts';
import { ident, join, list, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';
import type { View } from './catalogue.ts';
import { freshView } from './materialise.ts';
import { freshWorkingTimes, type WorkingTimes } from './working-windows.ts';

/** A log of a firm: when its people work, its setup, and its projects. */
export interface Firm extends WorkingTimes {
  /** The lifecycle's view of projects, fresh. */
  projects: View;
}

/**
 * What analyses of a firm's projects start from.
 *
 * @throws {NotFound} when there is no such log, or no project in it
 * @throws {BadUse} when the log is of no firm
 */
export async function freshFirm(store: Store, logName: string): Promise<Firm> {
  const times = await freshWorkingTimes(store, logName);
  const view = lifecycleOf(times.setup).views.find(({ definition }) => definition.leading === 'project');
  try {
    return { ...times, projects: await freshView(store, logName, view?.id ?? 'project') };
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    throw new NotFound(
      `log "${times.log}" has no project to which anything happened, so there is no lifecycle to measure`,
      'import its projects too: exports of the system that plans or bills them',
      { cause: error }
    );
  }
}

/**
 * What tables depend on that are made of a firm's log: its facts, its setup, its calendars, and what people said of its
 * codes.
 */
export function firmMark({ logId, teams }: Firm, layout: number): Sql {
  return sql`(
    select concat_ws('|', ${layout}, l.setup, (select max(batch_no) from batch where log_id = ${logId}),
      (select comment from duckdb_tables() where table_name = ${teams}),
      (select string_agg(said, ',' order by said) from (
        select concat_ws('~', from_no, qualifier, to_type, to_no) as said from confirmed_link where log_id = ${logId})))
    from log l where l.log_id = ${logId})`;
}

/** Where each project belongs: (case_no, region, legal_entity, service_line, billing_model), null where nobody says. */
export function belongings({ logId, projects }: Firm): Sql {
  return sql`
    select c.case_no, ${placeColumns(raw('c.attributes'))}, b.billing_model
    from ${ident(projects.cases)} c left join (
      select m.case_no, min(o.attributes ->> '$.billing_model') as billing_model
      from ${ident(projects.members)} m join (
        select object_no, attributes from object_change
        where log_id = ${logId} and superseded_batch is null and object_no in (
          select object_no from object where log_id = ${logId} and type = 'contract')
      ) o using (object_no) group by m.case_no
    ) b using (case_no)`;
}

/** Where something belongs by its attributes: region, legal_entity, service_line; null where nobody says, or says nothing. */
export function placeColumns(attributes: Sql): Sql {
  const columns = (['region', 'legal_entity', 'service_line'] as const).map(
    (name) => sql`${placeOf(attributes, name)} as ${ident(name)}`
  );
  return join(columns, ', ');
}

/** One of them. */
export const placeOf = (attributes: Sql, name: 'region' | 'legal_entity' | 'service_line'): Sql =>
  sql`nullif(trim(${attributes} ->> ${`$.${name}`}), '')`;

/** An effective lifecycle, and the projects that it is of: null means all, and what belongs to no project. */
export interface LifecycleOfSome {
  lifecycle: Lifecycle;
  belongings: Belonging[] | null;
}

/**
 * The lifecycles that hold in a firm: one, where no layer below the firm's changes it; else one for each set of layers
 * that some project has.
 */
export async function lifecyclesOf(engine: Pick<Engine, 'query'>, firm: Firm): Promise<LifecycleOfSome[]> {
  const layers = firm.setup.lifecycle.layers.filter(({ level }) => level !== 'firm');
  const ofFirm = lifecycleOf(firm.setup);
  if (layers.length === 0) return [{ lifecycle: ofFirm, belongings: null }];
  const rows = await engine.query<Record<keyof Belonging, string | null>>(sql`
    select distinct region, legal_entity, service_line, billing_model from (${belongings(firm)}) order by all`);
  const groups = new Map<string, LifecycleOfSome>();
  for (const row of rows) {
    const belonging: Belonging = {
      region: row.region ?? undefined,
      legal_entity: row.legal_entity ?? undefined,
      service_line: row.service_line ?? undefined,
      billing_model: row.billing_model ?? undefined
    };
    const { lifecycle, decided } = resolve(ofFirm, layers, belonging);
    const key = JSON.stringify([decided, lifecycle]);
    const group = groups.get(key) ?? { lifecycle, belongings: [] };
    group.belongings?.push(belonging);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The projects that belong so, in a statement that has `belonging`: a list of case_no. */
export function ofSome(some: readonly Belonging[]): Sql {
  const keys = ['region', 'legal_entity', 'service_line', 'billing_model'] as const;
  const rows = some.map((belonging) => sql`(${list(keys.map((key) => belonging[key] ?? null))})`);
  const equal = keys.map((key) => sql`b.${ident(key)} is not distinct from w.${ident(key)}::varchar`);
  return sql`
    select b.case_no from belonging b
    join (values ${join(rows, ', ')}) w(${join(keys.map(ident), ', ')}) on ${join(equal, ' and ')}`;
}

/**
 * By whose hours a function is counted: those of the office that acts most for it in projects of a region and legal
 * entity, and, in the row whose region and entity are null and `usual` is true, of the one that acts most in all.
 * (function, region, legal_entity, usual, calendar)
 */
export function functionCalendars(firm: Firm): Sql {
  return sql`
    select function, region, legal_entity, usual, arg_max(calendar, (n, calendar)) as calendar from (
      select t.function, b.region, b.legal_entity, t.calendar, count(*) as n,
        grouping_id(b.region, b.legal_entity) = 3 as usual
      from ${ident(firm.projects.segments)} s
      join (select team, function, calendar from ${ident(firm.teams)}
        where calendar is not null and function is not null) t on t.team = s.team
      join (${belongings(firm)}) b using (case_no)
      group by grouping sets ((t.function, t.calendar, b.region, b.legal_entity), (t.function, t.calendar))
    ) group by all`;
}
