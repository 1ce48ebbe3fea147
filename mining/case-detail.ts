import { NotFound } from '#models/log/errors.ts';
import { links } from '#models/log/links.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from '#models/views/catalogue.ts';
import { dimensions } from '#models/views/link.ts';
import { objectAttributes } from '#models/views/materialise.ts';
import { caseStruct, namedEnds, times, type CaseRow } from './cases.ts';
import { ask, elapsed, instant, words, type ViewContext } from './context.ts';

export interface CaseDetailOptions {
  /** At most so many events, in order, after `offset`. */
  limit?: number | undefined;
  offset?: number | undefined;
}

export interface CaseEvent {
  position: number;
  event_no: number;
  activity: string;
  /** ISO 8601 UTC. */
  start: string;
  complete: string;
  /** The wait before it: `max(0, start − the previous one's complete)`, in seconds; null for the first. */
  wait_s: number | null;
  resource: string | null;
  /** The newest `name` of the log's `person` of that id. */
  resource_name: string | null;
  team: string | null;
  role: string | null;
  system: string | null;
  legal_entity: string | null;
  lifecycle: string | null;
  attributes: Record<string, unknown>;
  /** What it touches, by type and id; at most 100. */
  objects: ObjectName[];
  /** `day`: the source gave a date, and the time is ours. */
  precision: 'instant' | 'day';
  /** When the source wrote it, if it says. */
  recorded_at: string | null;
  /** When we took it, with that commit's number. */
  ingested_at: string;
  batch_no: number;
  source: string;
  file: string;
  /** Counted from 1, without a header. */
  row: number;
  /** The source's own id of the fact. */
  source_ref: string | null;
}

export interface ObjectName {
  type: string;
  id: string;
}

export interface CaseObject extends ObjectName {
  /** Each attribute's newest value. */
  attributes: Record<string, unknown>;
  /** Events of this case that touch it. */
  events: number;
  /** The last of them; null when none does. */
  last_activity: string | null;
  last_at: string | null;
}

export interface CaseLink {
  from: string;
  from_type: string;
  to: string;
  to_type: string;
  qualifier: string;
}

export interface CaseDetail {
  case: CaseRow;
  /** In order; `case.events` says how many there are in all. */
  events: CaseEvent[];
  /** The case's own object first, then those its events touch and those linked to it, by type and id; at most 1,000. */
  objects: CaseObject[];
  /** How many objects there are in all. */
  objects_total: number;
  /** Links between those objects; at most 5,000. */
  links: CaseLink[];
}

/**
 * One case with everything that is known of it: its events in order, each with where it came from and what it touched,
 * the objects around the case and their links.
 *
 * Around the case are the members of a view by traversal, what the events touch, what the case's own object is linked
 * to either way, and where the links of members and touched ones lead: an opportunity's customer, an assignment's person.
 *
 * @throws {NotFound} when the view holds no case of this id
 * @example
 * const { events } = await caseDetail({ engine, view, now }, 'A10005');
 */
export async function caseDetail(
  { engine, view, now }: ViewContext,
  caseId: string,
  { limit = 2_000, offset = 0 }: CaseDetailOptions = {}
): Promise<CaseDetail> {
  const answer = await ask<Omit<CaseDetail, 'case'> & { case: CaseRow | null }>(
    engine,
    sql`
    with chosen as (
      select *, ${times(now)} from ${ident(view.cases)} where case_id = ${caseId}
    ), whole as (
      select *, lag(complete) over (order by position) as previous from ${ident(view.segments)}
      where case_no = (select case_no from chosen)
    ), touch as materialized (
      select l.event_no, l.object_no, w.position, w.activity, w.complete
      from (select event_no, object_no from event_object where log_id = ${view.logId}
        and event_no in (select event_no from whole)) l join whole w using (event_no)
    ), link as materialized (${links(view.logId)}),
    reached as materialized (${objectsAround(view)}),
    around as materialized (select * from reached order by distance, type, id limit 1000)
    select to_json({
      "case": (select ${caseStruct} from chosen ${namedEnds(view)}),
      events: (${eventList(view, limit, offset)}),
      objects: (${objectList(view)}),
      objects_total: (select count(*) from reached),
      links: (
        select coalesce(list({"from": f.id, from_type: f.type, "to": t.id, to_type: t.type, qualifier: qualifier}
          order by f.distance, t.distance, f.type, f.id, t.type, t.id, qualifier)[:5000], [])
        from link join around f on f.object_no = from_no join around t on t.object_no = to_no)
    }) as answer`
  );
  if (answer.case === null)
    throw new NotFound(
      `view "${view.name}" of log "${view.log}" has no case "${caseId}"`,
      'find its id in the case list'
    );
  return { ...answer, case: answer.case };
}

const people: readonly ('lifecycle' | (typeof dimensions)[number])[] = [...dimensions, 'lifecycle'];

function eventList(view: View, limit: number, offset: number): Sql {
  const names = people.map((kind) => sql`${ident(kind)}: ${ident(`w_${kind}`)}.value`);
  const joins = people.map(
    (kind) => sql`left join ${words(view, kind)} ${ident(`w_${kind}`)} on ${ident(`w_${kind}`)}.id = s.${ident(kind)}`
  );
  return sql`
    select coalesce(list({
      position: s.position, event_no: s.event_no, activity: w.value,
      start: ${instant(raw('s.start'))}, complete: ${instant(raw('s.complete'))},
      wait_s: case when s.previous is not null then ${elapsed(raw('s.previous'), raw('s.start'))} / 1e6 end,
      ${join(names, ', ')}, resource_name: person.name,
      attributes: coalesce(e.attributes, '{}')::json, objects: coalesce(touched.objects, []), precision: e.precision,
      recorded_at: ${instant(raw('e.recorded_at'))}, ingested_at: ${instant(raw('b.committed_at'))},
      batch_no: e.batch_no, source: o.name, file: f.name, "row": e.position // b.per_row + 1, source_ref: e.source_ref
    } order by s.position), [])
    from (select * from whole where position >= ${offset} and position < ${offset + limit}) s
    join (select * from event where log_id = ${view.logId}) e using (event_no)
    join batch b on b.batch_no = e.batch_no
    join source o on o.source_id = e.source_id
    join file f on f.file_id = e.file_id
    join ${words(view, 'activity')} w on w.id = s.activity
    ${join(joins, '\n')}
    left join (
      select t.event_no, list({type: o.type, id: o.id} order by o.type, o.id)[:100] as objects
      from (select distinct event_no, object_no from touch) t
      join (select object_no, type, id from object where log_id = ${view.logId}) o using (object_no) group by t.event_no
    ) touched on touched.event_no = s.event_no
    left join (${namesOfPeople(view)}) person on person.id = w_resource.value`;
}

/** Names of the people who did something in the case, where the log describes them: (id, name). */
function namesOfPeople(view: View): Sql {
  const named = sql`
    select object_no, id from object where log_id = ${view.logId} and type = 'person' and id in (
      select value from ${words(view, 'resource')} r where r.id in (select resource from whole))`;
  return sql`
    select p.id, a.attributes ->> '$.name' as name from (${named}) p
    join (${objectAttributes(view.logId, sql`select object_no from (${named})`)}) a using (object_no)`;
}

function objectList(view: View): Sql {
  return sql`
    select coalesce(list({type: type, id: around.id, attributes: coalesce(attributes, '{}')::json, events: coalesce(events, 0),
      last_activity: w.value, last_at: ${instant(raw('last_at'))}} order by distance, type, around.id), [])
    from around
    left join (${objectAttributes(view.logId, sql`select object_no from around`)}) a using (object_no)
    left join (
      select object_no, count(distinct event_no) as events, max_by(activity, position) as last_activity,
        max_by(complete, position) as last_at
      from touch group by object_no) t using (object_no)
    left join ${words(view, 'activity')} w on w.id = t.last_activity`;
}

/**
 * The case's object (distance 0), its view's members and what its events touch (1), what is linked to it in either
 * direction, and where the links of the near ones lead (2).
 */
function objectsAround(view: View): Sql {
  const own = sql`(select case_no from chosen)`;
  const members =
    view.definition === null ? sql`` : sql`union select object_no from ${ident(view.members)} where case_no = ${own}`;
  return sql`
    with near as materialized (select object_no from touch ${members})
    select object_no, min(distance) as distance, any_value(o.type) as type, any_value(o.id) as id
    from (
      select case_no as object_no, 0 as distance from chosen
      union all
      select object_no, 1 from near
      union all
      select from_no, 2 from link where to_no = ${own}
      union all
      select to_no, 2 from link where from_no = ${own} or from_no in (select object_no from near)
    ) join (select object_no, type, id from object where log_id = ${view.logId}) o using (object_no)
    group by object_no`;
}
