import type { Step } from '#models/lifecycle/traversal.ts';
import type { ViewDefinition } from '#models/lifecycle/view-definition.ts';
import { links } from '#models/log/links.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from './catalogue.ts';

/**
 * The objects of every case of a view by traversal, each once: (case_no, object_no). A case is its leading object and
 * what the steps reach over the links that hold now. Objects that no source describes are no members.
 *
 * One join a step, in the order of the definition: every way into a type comes before the first way out of it, so a
 * type's objects are complete when it is left. (An order that is checked when the view is made.)
 */
export function membersByTraversal(logId: number, { leading, steps }: ViewDefinition): Sql {
  const known = sql`(select object_no, type from object where log_id = ${logId} and declared)`;
  const names = new Map([leading, ...steps.map(({ to }) => to)].map((type, i) => [type, ident(`at_${i}`)]));
  const at = (type: string): Sql => names.get(type) ?? ident(type);
  const written = new Set<string>();
  const levels: Sql[] = [];
  const write = (type: string): void => {
    if (written.has(type)) return;
    written.add(type);
    const ways = steps.flatMap(({ from, to }, i) =>
      to === type
        ? [
            sql`select r.case_no, l.far_no as object_no from ${at(from)} r
            join step_link l on l.near_no = r.object_no and l.step = ${i}`
          ]
        : []
    );
    const own = sql`select object_no as case_no, object_no from ${known} where type = ${type}`;
    levels.push(sql`${at(type)} as materialized (
      ${type === leading ? own : sql`select distinct case_no, object_no from (${join(ways, ' union all ')})`})`);
  };
  for (const { from } of steps) write(from);
  for (const type of names.keys()) write(type);
  const all = [...names.values()].map((name) => sql`select case_no, object_no from ${name}`);
  return sql`
    with step_link as materialized (${stepLinks(logId, known, steps)}), ${join(levels, ', ')}
    ${join(all, ' union all ')}`;
}

/** The links that each step follows, from its near end to its far one: (step, near_no, far_no). */
function stepLinks(logId: number, known: Sql, steps: readonly Step[]): Sql {
  if (steps.length === 0) return sql`select 0 as step, 0 as near_no, 0 as far_no where false`;
  const declared = steps.map(({ from, qualifier, direction, to }, i) => {
    const [source, target] = direction === 'out' ? [from, to] : [to, from];
    return sql`(${i}, ${qualifier}, ${source}, ${target}, ${direction === 'out'})`;
  });
  return sql`
    select d.step, case when d.is_out then l.from_no else l.to_no end as near_no,
      case when d.is_out then l.to_no else l.from_no end as far_no
    from (${links(logId)}) l
    join ${known} f on f.object_no = l.from_no
    join ${known} t on t.object_no = l.to_no
    join (values ${join(declared, ', ')}) d (step, qualifier, source, target, is_out)
      on d.qualifier = l.qualifier and d.source = f.type and d.target = t.type`;
}

/** Objects of which a newer batch said or took back an event. */
function changedObjects(logId: number, built: number): Sql {
  return sql`
    select object_no from event_object where log_id = ${logId} and (batch_no > ${built}
      or event_no in (select event_no from event where log_id = ${logId} and superseded_batch > ${built}))`;
}

/** Objects of which a newer batch said or took back an attribute. */
function describedObjects(logId: number, built: number): Sql {
  return sql`
    select object_no from object_change where log_id = ${logId} and (batch_no > ${built} or superseded_batch > ${built})`;
}

/**
 * The cases of a view that batches after `built` changed: their events, their attributes, their members, or the team
 * of somebody in them. (case_no)
 *
 * @param fresh the members as they are now, of a view by traversal
 * @param someMoved whether {@link peopleWhoMoved} names anybody
 */
export function touchedCases(view: View, built: number, fresh: Sql, someMoved: boolean): Sql {
  const { logId } = view;
  const ofType = sql`select object_no from object where log_id = ${logId} and type = ${view.objectType}`;
  const changed = changedObjects(logId, built);
  const kinds = [
    sql`select object_no from (${describedObjects(logId, built)}) where object_no in (${ofType})`,
    view.definition === null
      ? sql`select object_no from (${changed}) where object_no in (${ofType})`
      : sql`select case_no from ${fresh} where object_no in (${changed})
          union all select case_no from ${fresh} anti join ${ident(view.members)} using (case_no, object_no)
          union all select case_no from ${ident(view.members)} anti join ${fresh} using (case_no, object_no)`
  ];
  if (someMoved)
    kinds.push(sql`
      select case_no from (${eventsOfCases(view, fresh)}) m
      join (select event_no, resource from event where log_id = ${logId}) e using (event_no)
      where e.resource in (${peopleWhoMoved(logId, built)})`);
  return sql`select distinct case_no from (select null::integer as case_no where false union all ${join(kinds, ' union all ')})`;
}

/** People of whom the directory says something else since; their events may be of another team now. (id of the term) */
export function peopleWhoMoved(logId: number, built: number): Sql {
  return sql`
    select id from term where log_id = ${logId} and kind = 'resource' and value in (
      select id from object where log_id = ${logId} and type = 'person'
        and object_no in (${describedObjects(logId, built)}))`;
}

/**
 * The events of cases, each once a case: (case_no, event_no), superseded versions among them.
 *
 * @param members (case_no, object_no) of a view by traversal; in a plain view a case is its one object
 * @param only a relation with the case_no of those that are wanted
 */
export function eventsOfCases(view: View, members: Sql, only?: Sql): Sql {
  const some = (column: Sql) => (only ? sql`where ${column} in (select case_no from ${only})` : sql``);
  const links = sql`(select event_no, object_no from event_object where log_id = ${view.logId})`;
  if (view.definition !== null) {
    return sql`
      select distinct case_no, event_no from (select case_no, object_no from ${members} ${some(raw('case_no'))}) m
      join ${links} l using (object_no)`;
  }
  return sql`
    select distinct object_no as case_no, event_no
    from (select object_no from object where log_id = ${view.logId} and type = ${view.objectType}) o
    join ${links} l using (object_no) ${some(raw('object_no'))}`;
}
