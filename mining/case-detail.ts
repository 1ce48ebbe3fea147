import { NotFound } from '#models/log/errors.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from '#models/views/catalogue.ts';
import { dimensions } from '#models/views/link.ts';
import { objectAttributes } from '#models/views/materialise.ts';
import { caseStruct, namedEnds, times, type CaseRow } from './cases.ts';
import { ask, elapsed, instant, words, type ViewContext } from './context.ts';

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
  team: string | null;
  role: string | null;
  system: string | null;
  legal_entity: string | null;
  lifecycle: string | null;
  attributes: Record<string, unknown>;
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

export interface CaseObject {
  type: string;
  id: string;
  /** Each attribute's newest value. */
  attributes: Record<string, unknown>;
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
  events: CaseEvent[];
  /** The case's own object first, then those its events touch and those linked to it, by type and id; at most 1,000. */
  objects: CaseObject[];
  /** Links between those objects. */
  links: CaseLink[];
}

/**
 * One case with everything that is known of it: its events in order, each with where it came from, the objects around
 * it and their links.
 *
 * @throws {NotFound} when the view holds no case of this id
 * @example
 * const { events } = await caseDetail({ engine, view, now }, 'A10005');
 */
export async function caseDetail({ engine, view, now }: ViewContext, caseId: string): Promise<CaseDetail> {
  const answer = await ask<Omit<CaseDetail, 'case'> & { case: CaseRow | null }>(
    engine,
    sql`
    with chosen as (
      select *, ${times(now)} from ${ident(view.cases)} where case_id = ${caseId}
    ), around as (${objectsAround(view)})
    select to_json({
      "case": (select ${caseStruct} from chosen ${namedEnds(view)}),
      events: (${eventList(view)}),
      objects: (
        select coalesce(list({type: type, id: id, attributes: coalesce(attributes, '{}')::json}
          order by distance, type, id), [])
        from around left join (${objectAttributes(view.logId, sql`select object_no from around`)}) a using (object_no)),
      links: (
        select coalesce(list({"from": f.id, from_type: f.type, "to": t.id, to_type: t.type, qualifier: qualifier}
          order by f.distance, t.distance, f.type, f.id, t.type, t.id, qualifier), [])
        from (select from_no, to_no, qualifier from object_object where log_id = ${view.logId}) l
        join around f on f.object_no = from_no join around t on t.object_no = to_no)
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

function eventList(view: View): Sql {
  const names = people.map((kind) => sql`${ident(kind)}: ${ident(`w_${kind}`)}.value`);
  const joins = people.map(
    (kind) => sql`left join ${words(view, kind)} ${ident(`w_${kind}`)} on ${ident(`w_${kind}`)}.id = s.${ident(kind)}`
  );
  return sql`
    select coalesce(list({
      position: s.position, event_no: s.event_no, activity: w.value,
      start: ${instant(raw('s.start'))}, complete: ${instant(raw('s.complete'))},
      wait_s: case when s.previous is not null then ${elapsed(raw('s.previous'), raw('s.start'))} / 1e6 end,
      ${join(names, ', ')},
      attributes: coalesce(e.attributes, '{}')::json, precision: e.precision,
      recorded_at: ${instant(raw('e.recorded_at'))}, ingested_at: ${instant(raw('b.committed_at'))},
      batch_no: e.batch_no, source: o.name, file: f.name, "row": e.position + 1, source_ref: e.source_ref
    } order by s.position), [])
    from (
      select *, lag(complete) over (order by position) as previous from ${ident(view.segments)}
      where case_no = (select case_no from chosen)
    ) s
    join (select * from event where log_id = ${view.logId}) e using (event_no)
    join batch b on b.batch_no = e.batch_no
    join source o on o.source_id = e.source_id
    join file f on f.file_id = e.file_id
    join ${words(view, 'activity')} w on w.id = s.activity
    ${join(joins, '\n')}`;
}

/** The case's object (distance 0), what its events touch (1) and what is linked to it in either direction (2). */
function objectsAround(view: View): Sql {
  const own = sql`(select case_no from chosen)`;
  return sql`
    select object_no, min(distance) as distance, any_value(o.type) as type, any_value(o.id) as id
    from (
      select case_no as object_no, 0 as distance from chosen
      union all
      select object_no, 1 from event_object where log_id = ${view.logId} and event_no in (
        select event_no from ${ident(view.segments)} where case_no = ${own})
      union all
      select to_no, 2 from object_object where log_id = ${view.logId} and from_no = ${own}
      union all
      select from_no, 2 from object_object where log_id = ${view.logId} and to_no = ${own}
    ) join (select object_no, type, id from object where log_id = ${view.logId}) o using (object_no)
    group by object_no order by 2, 3, 4 limit 1000`;
}
