import type { Step } from '#models/lifecycle/traversal.ts';
import type { ViewDefinition } from '#models/lifecycle/view-definition.ts';
import { statedLinks } from '#models/log/links.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from './catalogue.ts';

/**
 * The objects of every case of a view by traversal, each once: (case_no, object_no). A case is its leading object and
 * what the steps reach over the links that hold now. Objects that no source describes are no members.
 *
 * One join a way, in the order of the definition: every way into a type comes before the first way out of it, so a
 * type's objects are complete when it is left. (An order that is checked when the view is made.)
 */
export function membersByTraversal(logId: number, { leading, steps }: ViewDefinition): Sql {
  const names = new Map([leading, ...steps.map(({ to }) => to)].map((type, i) => [type, ident(`at_${i}`)]));
  const at = (type: string): Sql => names.get(type) ?? ident(type);
  const ways = waysOf(steps);
  const written = new Set<string>();
  const levels: Sql[] = [];
  const write = (type: string): void => {
    if (written.has(type)) return;
    written.add(type);
    const into = ways.flatMap((way, i) =>
      way.to === type
        ? [
            sql`select r.case_no, l.far_no as object_no
            from (${join(
              way.from.map((from) => sql`select * from ${at(from)}`),
              ' union all '
            )}) r
            join way_link l on l.near_no = r.object_no and l.way = ${i}`
          ]
        : []
    );
    const own = sql`select object_no as case_no, object_no from object
      where log_id = ${logId} and type = ${type} and declared`;
    levels.push(sql`${at(type)} as materialized (
      ${type === leading ? own : sql`select distinct case_no, object_no from (${join(into, ' union all ')})`})`);
  };
  for (const { from } of steps) write(from);
  for (const type of names.keys()) write(type);
  const all = [...names.values()].map((name) => sql`select case_no, object_no from ${name}`);
  return sql`
    with way_link as materialized (${wayLinks(logId, ways)}), ${join(levels, ', ')}
    ${join(all, ' union all ')}`;
}

/** Steps that follow the same links to the same type, from whatever types. */
interface Way extends Omit<Step, 'from'> {
  from: string[];
}

function waysOf(steps: readonly Step[]): Way[] {
  const ways = Map.groupBy(steps, ({ qualifier, direction, to }) => JSON.stringify([qualifier, direction, to]));
  return [...ways.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, from: [...new Set(same.map(({ from }) => from))] }] : [];
  });
}

/**
 * The links of each way, from their near end to their far one: (way, near_no, far_no). Of the near end nothing is
 * asked: a way is only taken from objects that were reached, and their type is known.
 */
function wayLinks(logId: number, ways: readonly Way[]): Sql {
  const parts = (['out', 'in'] as const).flatMap((direction) => {
    const rows = ways.flatMap((way, i) =>
      way.direction === direction ? [sql`(${i}, ${way.qualifier}, ${way.to})`] : []
    );
    const [near, far] = direction === 'out' ? [raw('from_no'), raw('to_no')] : [raw('to_no'), raw('from_no')];
    return rows.length === 0
      ? []
      : [
          sql`
          select w.way, l.near_no, l.far_no
          from (select ${near} as near_no, ${far} as far_no, qualifier from (${statedLinks(logId)})) l
          join (
            select o.object_no, w.way, w.qualifier
            from (select object_no, type from object where log_id = ${logId} and declared) o
            join (values ${join(rows, ', ')}) w (way, qualifier, type) using (type)
          ) w on w.object_no = l.far_no and w.qualifier = l.qualifier`
        ];
  });
  return parts.length === 0 ? sql`select 0 as way, 0 as near_no, 0 as far_no where false` : join(parts, ' union all ');
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
