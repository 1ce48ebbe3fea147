import { Calendar } from '#models/calendar/calendar.ts';
import { fileRanks } from '#models/log/file-ranks.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { withBusinessWait } from './business-wait.ts';
import { builtBatch, builtBy, findView, type View } from './catalogue.ts';
import { closedWhen } from './end-condition.ts';
import { dimensions, foldedCases, linkedSegments, processingTimes } from './link.ts';
import { eventsOfCases, membersByTraversal, peopleWhoMoved, touchedCases } from './members.ts';
import { caseOrder, eventRows, instanceRows } from './rows.ts';

/** A view whose segments hold every batch of its log, ready to be analysed. Builds what is missing. */
export async function freshView(store: Store, log: string, name?: string): Promise<View> {
  const view = await findView(store.engine, log, name);
  const [newest] = await store.engine.query<{ batch_no: number }>(
    sql`select coalesce(max(batch_no), 0)::double as batch_no from batch where log_id = ${view.logId}`
  );
  if (view.builtBatch > 0 && view.builtBatch >= (newest?.batch_no ?? 0)) return view;
  await store.write(async (transaction) => {
    // Read again: its end activities or its calendar may have changed while this waited, or the view be gone.
    const current = await findView(transaction, log, view.name);
    await refresh(transaction, current);
  });
  return findView(store.engine, log, view.name);
}

/**
 * Brings segments and case rows up to the newest batch. Only cases that a newer batch touched are read and written
 * again; a view never built, or touched in more than a third of its cases, is built whole.
 */
async function refresh(transaction: Transaction, view: View): Promise<void> {
  const [state] = await transaction.query<{ built: number; newest: number }>(sql`
    select (select ${builtBatch} from view where view_id = ${view.id})::double as built,
      (select coalesce(max(batch_no), 0) from batch where log_id = ${view.logId})::double as newest`);
  if (!state || (state.built > 0 && state.built >= state.newest)) return;
  if (view.definition !== null) {
    const members = membersByTraversal(view.logId, view.definition);
    await transaction.execute(sql`create or replace temp table fresh_member as ${members}`);
  }
  const onlyTouched = state.built > 0 && (await findTouched(transaction, view, state.built));
  const rows = view.grain === 'instance' ? instanceRows : eventRows;
  const events = eventsOfCases(view, fresh, onlyTouched ? raw('touched') : undefined);
  const options = { withDirectory: await hasPeople(transaction, view.logId), few: onlyTouched };
  await transaction.execute(sql`create or replace temp table built_row as ${rows(view.logId, events, options)}`);
  const segments = await segmentRows(transaction, view);
  if (onlyTouched) {
    await transaction.execute(sql`create or replace temp table fresh_segment as ${segments}`);
    for (const table of tablesOf(view)) {
      await transaction.execute(sql`delete from ${ident(table)} where case_no in (select case_no from touched)`);
    }
    await transaction.execute(sql`insert into ${ident(view.segments)} select * from fresh_segment`);
    await transaction.execute(sql`insert into ${ident(view.cases)} ${caseRows(view, raw('fresh_segment'))}`);
    if (view.definition !== null) {
      await transaction.execute(sql`
        insert into ${ident(view.members)} select * from fresh_member
        where case_no in (select case_no from touched)`);
    }
    await transaction.execute(sql`drop table fresh_segment`);
  } else {
    for (const table of tablesOf(view)) await transaction.execute(sql`drop table if exists ${ident(table)}`);
    await transaction.execute(sql`create table ${ident(view.segments)} as ${segments}`);
    await transaction.execute(sql`create table ${ident(view.cases)} as ${caseRows(view, ident(view.segments))}`);
    if (view.definition !== null) {
      await transaction.execute(sql`create table ${ident(view.members)} as select * from fresh_member`);
    }
  }
  await transaction.execute(sql`
    update view set built_batch = ${state.newest}, built_by = ${builtBy},
      unpaired = (select count(*) from ${ident(view.segments)} where unpaired),
      ignored_transitions = ${view.grain === 'instance' ? ignoredTransitions(view) : sql`0`},
      overlap = ${canOverlap(view) ? overlap(view) : sql`null`}
    where view_id = ${view.id}`);
  for (const table of ['touched', 'built_row', 'fresh_member']) {
    await transaction.execute(sql`drop table if exists ${ident(table)}`);
  }
}

/** The members as they are now, of a view by traversal. */
const fresh = raw('fresh_member');

const tablesOf = ({ segments, cases, members, definition }: View): string[] =>
  definition === null ? [segments, cases] : [segments, cases, members];

/** Fills the temporary table `touched`. False when building whole is cheaper. */
async function findTouched(transaction: Transaction, view: View, built: number): Promise<boolean> {
  const moved = await transaction.query(sql`select 1 as one from (${peopleWhoMoved(view.logId, built)}) limit 1`);
  await transaction.execute(sql`
    create or replace temp table touched as ${touchedCases(view, built, fresh, moved.length > 0)}`);
  const [count] = await transaction.query<{ touched: number; cases: number }>(sql`
    select (select count(*) from touched)::double as touched,
      (select count(*) from ${ident(view.cases)})::double as cases`);
  return count !== undefined && count.touched <= count.cases / 3;
}

async function hasPeople(transaction: Transaction, logId: number): Promise<boolean> {
  const rows = await transaction.query(
    sql`select 1 as one from object where log_id = ${logId} and type = 'person' limit 1`
  );
  return rows.length > 0;
}

/** Rows of a plain log are events of one case each; wherever objects share events, or cases objects, some may be of more. */
const canOverlap = ({ definition, objectType }: View): boolean => definition !== null || objectType !== 'case';

function overlap(view: View): Sql {
  return sql`(
    select to_json({events: count(*), case_events: coalesce(sum(n), 0), shared_events: count(*) filter (n > 1)})::varchar
    from (select count(*) as n from ${ident(view.segments)} group by event_no))`;
}

async function segmentRows(transaction: Transaction, view: View): Promise<Sql> {
  const [known] = await transaction.query<Record<string, number>>(
    sql`select count(*)::double as rows, ${join(
      dimensions.map((dimension) => sql`count(${ident(dimension)})::double as ${ident(dimension)}`),
      ', '
    )} from built_row`
  );
  const segments = linkedSegments(raw('built_row'), caseOrder, (dimension) => {
    const values = known?.[dimension] ?? 0;
    return values > 0 && values !== known?.['rows'];
  });
  const calendar = view.calendar === null ? null : Calendar.parse(JSON.parse(view.calendar));
  return withBusinessWait(transaction, segments, calendar);
}

function caseRows(view: View, segments: Sql): Sql {
  const isInstance = view.grain === 'instance';
  const ofType = sql`select object_no from object where log_id = ${view.logId} and type = ${view.objectType}`;
  const { closed, join: ended } = closedWhen(view, segments, fresh);
  return sql`
    select case_no, o.id as case_id, first, last, events, variant, ${closed} as closed, start_activity,
      end_activity, self_loops, loop_backs, ${isInstance ? raw('processing_ms') : raw('null::bigint as processing_ms')},
      a.attributes
    from (${foldedCases(segments, view.logId)}) folded
    join (select object_no, id from object where log_id = ${view.logId}) o on o.object_no = case_no
    left join (${objectAttributes(view.logId, ofType)}) a on a.object_no = case_no
    ${ended}
    ${isInstance ? sql`left join (${processingTimes(segments)}) p using (case_no)` : sql``}`;
}

/**
 * Each attribute's newest value, as (object_no, attributes) of the given objects: by the time it changed, then by
 * source, file and position. Arrival decides only between imports of one file whose content changed: the newer wins.
 */
export function objectAttributes(logId: number, objects: Sql): Sql {
  return sql`
    with said as (
      select c.object_no, coalesce(c.changed_at, timestamp '-infinity') as changed_at, f.file_rank, c.batch_no,
        c.position, c.attributes
      from object_change c join (${fileRanks(logId)}) f using (file_id)
      where c.log_id = ${logId} and c.attributes is not null and c.superseded_batch is null and c.object_no in (${objects})
    ), once as (
      select object_no, any_value(attributes) as attributes from said group by object_no
      having count(distinct attributes) = 1
    ), merged as (
      select object_no, '{' || string_agg(to_json(key)::varchar || ':' || value::varchar, ',' order by key) || '}'
        as attributes
      from (
        select object_no, key, max_by(value, (changed_at, file_rank, batch_no, position)) as value
        from (
          select s.object_no, s.changed_at, s.file_rank, s.batch_no, s.position, j.key, j.value
          from said s, json_each(s.attributes) j where s.object_no not in (select object_no from once)
        ) group by object_no, key
      ) group by object_no
    )
    select * from once union all select * from merged`;
}

function ignoredTransitions(view: View): Sql {
  return sql`(
    select count(*) from event e semi join (${eventsOfCases(view, fresh)}) m using (event_no)
    join (select id, value from term where log_id = ${view.logId} and kind = 'lifecycle') t on t.id = e.lifecycle
    where e.log_id = ${view.logId} and e.superseded_batch is null and e.start_at is null
      and lower(t.value) not in ('start', 'complete'))`;
}
