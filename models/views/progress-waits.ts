import type { DeclaredWait, Stage } from '#models/lifecycle/schema.ts';
import { ident, list, sql, type Sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { belongings, functionCalendars, firmMark, lifecyclesOf, ofSome, type Firm } from './firm.ts';
import { freshTables } from './fresh-tables.ts';
import { reach, reachedEvents } from './lifecycle-events.ts';
import { withWorkingTime } from './working-time.ts';

/** Raised when what is stored in the tables changes. */
const LAYOUT = 3;

/** Names of the tables that `freshProgressWaits` makes. */
export interface ProgressWaits {
  waits: string;
  declared: string;
}

/**
 * How long projects waited from one sign of progress to the next, in two tables.
 *
 * - `waits`: (project_no, stage, activity, event_no, system, from_at, to_at, ended_by, calendar, net_us), one row for
 *   each sign of progress, up to the next; to_at is null after the last, and there is none after the last of a closed
 *   project.
 * - `declared`: (project_no, stage, from_at, to_at), when a wait that the stage declares ran; none touches another.
 *
 * Progress is what a stage of the lifecycle calls so, and entering and leaving it, while the anchor object is in it;
 * that of a milestone or a change counts for its project. It counts from when it was recorded, since nobody could know
 * before: else every project would seem to rest until its time sheets are written. The stage of a wait is the one that
 * the project itself entered last and has not left, else the one it left last. A stage after which none follows keeps
 * nothing open, and hence no project: the stage before it lasts until the project is closed.
 *
 * net_us is the working time of the owner of the stage, where the project belongs, without the declared waits; null
 * while the wait lasts. Tables are made anew after an import, another setup, or a code that was settled.
 */
export async function freshProgressWaits(store: Store, firm: Firm): Promise<ProgressWaits> {
  const tables = { waits: `progress_wait_${firm.logId}`, declared: `declared_wait_${firm.logId}` };
  await freshTables(store, [tables.declared, tables.waits], firmMark(firm, LAYOUT), (transaction) =>
    build(transaction, firm, tables)
  );
  return tables;
}

async function build(transaction: Transaction, firm: Firm, { waits, declared }: ProgressWaits): Promise<void> {
  const { logId, projects } = firm;
  await transaction.execute(sql`create or replace temp table belonging as ${belongings(firm)}`);
  await transaction.execute(sql`create or replace temp table function_calendar as ${functionCalendars(firm)}`);
  await transaction.execute(sql`
    create or replace temp table project_of as
    select object_no, min(case_no) as project_no from ${ident(projects.members)} group by object_no`);
  await transaction.execute(sql`
    create or replace temp table visit (project_no integer, stage varchar, owner varchar, rank integer,
      entered_at timestamp, left_at timestamp)`);
  await transaction.execute(sql`
    create or replace temp table sign (project_no integer, name varchar, event_no bigint, system integer,
      seen_at timestamp, place bigint)`);
  await transaction.execute(sql`
    create or replace table ${ident(declared)} (project_no integer, stage varchar, from_at timestamp, to_at timestamp)`);
  for (const { lifecycle, belongings: some } of await lifecyclesOf(transaction, firm)) {
    const known = some === null ? sql`` : sql`and p.project_no in (${ofSome(some)})`;
    // Stages after which none follows keep nothing open, and hence no project; those before them last until it is closed.
    const isLast = (id: string): boolean => lifecycle.stages.find((stage) => stage.id === id)?.next.length === 0;
    for (const [rank, stage] of lifecycle.stages.entries()) {
      if (isLast(stage.id)) continue;
      const lasts = stage.next.every(isLast);
      await reach(transaction, logId, stage);
      await findVisits(transaction, firm, stage, { known, rank, lasts });
      for (const wait of stage.waits) await findDeclared(transaction, firm, stage, wait, { known, table: declared });
    }
  }
  await mergeDeclared(transaction, declared);
  await transaction.execute(sql`create or replace temp table between_signs as ${betweenSigns(firm)}`);
  await transaction.execute(sql`
    create or replace table ${ident(waits)} as ${withNetTime(firm, sql`select * from between_signs`, declared)}`);
  for (const temporary of [
    'belonging',
    'function_calendar',
    'project_of',
    'visit',
    'visited',
    'sign',
    'reached',
    'staged_event',
    'between_signs'
  ])
    await transaction.execute(sql`drop table if exists ${ident(temporary)}`);
}

/** When each anchor object was in a stage, and what happened then that counts as progress. */
async function findVisits(
  transaction: Transaction,
  { logId, projects }: Firm,
  { id, anchor, owner, enter, leave, progress }: Stage,
  { known, rank, lasts }: { known: Sql; rank: number; lasts: boolean }
): Promise<void> {
  const words = [...new Set([...enter, ...leave, ...progress])];
  await transaction.execute(sql`create or replace temp table staged_event as ${reachedEvents(logId, words)}`);
  await transaction.execute(sql`
    create or replace temp table visited as
    with turn as (
      select anchor_no, place, happened_at, enters,
        lag(enters) over (partition by anchor_no order by place) as was_in,
        min(place) filter (not enters) over (partition by anchor_no order by place
          rows between 1 following and unbounded following) as left_place,
        min(happened_at) filter (not enters) over (partition by anchor_no order by place
          rows between 1 following and unbounded following) as left_at
      from (
        select *, name in (${list(enter)}) as enters from staged_event where name in (${list(lasts ? enter : [...enter, ...leave])})
      )
    )
    select anchor_no, p.project_no, place as entered_place, happened_at as entered_at, left_place, left_at
    from turn t join project_of p on p.object_no = t.anchor_no
    where enters and not coalesce(was_in, false) ${known}`);
  await transaction.execute(sql`
    insert into sign
    select v.project_no, e.name, e.event_no, e.system, greatest(e.happened_at, coalesce(e.recorded_at, e.happened_at)),
      e.place
    from staged_event e join visited v on v.anchor_no = e.anchor_no
      and e.place >= v.entered_place and (v.left_place is null or e.place <= v.left_place)`);
  // Only the project's own stages say where it is.
  if (anchor === projects.objectType)
    await transaction.execute(sql`
      insert into visit select project_no, ${id}, ${owner}, ${rank}, entered_at, left_at from visited`);
}

/**
 * When a declared wait of a stage ran: from each event that begins it to the next that ends it, on the objects that
 * events of both kinds touch; of several such types on the one with the most objects, which is what waits.
 */
async function findDeclared(
  transaction: Transaction,
  { logId }: Firm,
  { id }: Stage,
  { from, until }: DeclaredWait,
  { known, table }: { known: Sql; table: string }
): Promise<void> {
  await transaction.execute(sql`
    create or replace temp table staged_event as ${reachedEvents(logId, [...from, ...until])}`);
  await transaction.execute(sql`
    insert into ${ident(table)}
    with touched as (
      select p.project_no, r.object_no, o.type, e.happened_at, e.place, e.name in (${list(from)}) as begins
      from staged_event e
      join (select event_no, object_no from event_object where log_id = ${logId}) l using (event_no)
      join reached r on r.anchor_no = e.anchor_no and r.object_no = l.object_no
      join (select object_no, type from object where log_id = ${logId}) o on o.object_no = r.object_no
      join project_of p on p.object_no = e.anchor_no where true ${known}
    ), waiting as (
      select type from touched group by type having bool_or(begins) and bool_or(not begins)
      order by count(distinct object_no) filter (begins) desc, type limit 1
    )
    select project_no, ${id}, happened_at, min(happened_at) filter (not begins) over (
      partition by project_no, object_no order by place rows between 1 following and unbounded following)
    from touched where type in (select type from waiting) qualify begins`);
}

/** Waits that overlap, or follow at once, are one. */
async function mergeDeclared(transaction: Transaction, table: string): Promise<void> {
  await transaction.execute(sql`
    create or replace table ${ident(table)} as
    select project_no, stage, min(from_at) as from_at,
      case when max(end_at) < timestamp 'infinity' then max(end_at) end as to_at
    from (
      select *, sum(opens) over (partition by project_no, stage order by from_at, end_at) as island from (
        select *, (from_at > coalesce(max(end_at) over (partition by project_no, stage order by from_at, end_at
          rows between unbounded preceding and 1 preceding), timestamp '-infinity'))::integer as opens
        from (select project_no, stage, from_at, coalesce(to_at, timestamp 'infinity') as end_at from ${ident(table)})
      )
    ) group by project_no, stage, island`);
}

/** From each sign of progress to the next, with the stage that the project is in then and the calendar that counts. */
function betweenSigns({ projects }: Firm): Sql {
  return sql`
    with once as (
      select project_no, event_no, any_value(name) as name, any_value(system) as system, any_value(seen_at) as seen_at,
        min(place) as place
      from sign group by all
    ), linked as (
      select project_no, name as activity, event_no, system, seen_at as from_at, lead(seen_at) over w as to_at,
        lead(system) over w as ended_by
      from once window w as (partition by project_no order by seen_at, place, event_no)
    )
    select l.project_no, v.stage, l.activity, l.event_no, l.system, l.from_at, l.to_at, l.ended_by,
      coalesce(f.calendar, u.calendar) as calendar
    from linked l join (
      select l.project_no, l.event_no, v.stage, v.owner from linked l
      join visit v on v.project_no = l.project_no and v.entered_at <= l.from_at
      qualify row_number() over (partition by l.project_no, l.event_no
        order by v.left_at is null or v.left_at > l.from_at desc, v.entered_at desc, v.rank desc) = 1
    ) v using (project_no, event_no)
    left join belonging b on b.case_no = l.project_no
    left join function_calendar f on f.function = v.owner and not f.usual
      and f.region is not distinct from b.region and f.legal_entity is not distinct from b.legal_entity
    left join function_calendar u on u.function = v.owner and u.usual
    where l.to_at is not null or l.project_no in (select case_no from ${ident(projects.cases)} where not closed)`;
}

/**
 * Waits with `net_us`: the working time from `from_at` to `to_at`, less that of the declared waits of their stage.
 *
 * @param waits a relation with project_no, stage, event_no, calendar, from_at and to_at
 */
export function withNetTime({ windows }: Firm, waits: Sql, declared: string): Sql {
  const overlaps = sql`
    select w.project_no, w.event_no, w.calendar, greatest(w.from_at, d.from_at) as begin_at,
      least(w.to_at, coalesce(d.to_at, w.to_at)) as end_at
    from wait w join ${ident(declared)} d on d.project_no = w.project_no and d.stage = w.stage
      and d.from_at < w.to_at and coalesce(d.to_at, timestamp 'infinity') > w.from_at`;
  return sql`
    with wait as materialized (${waits}), excluded as (
      select project_no, event_no, sum(end_us - begin_us) as us
      from (${withWorkingTime(overlaps, windows, { begin_at: 'begin_us', end_at: 'end_us' })}) group by all
    )
    select w.* exclude (from_us, to_us), (to_us - from_us - coalesce(x.us, 0))::bigint as net_us
    from (${withWorkingTime(sql`select * from wait`, windows, { from_at: 'from_us', to_at: 'to_us' })}) w
    left join excluded x using (project_no, event_no)`;
}
