import { endInWords, type EndPart } from '#models/lifecycle/view-definition.ts';
import { join, list, sql, type Sql } from '#models/store/sql.ts';
import type { View } from './catalogue.ts';

/** What closes a case, in words; `none` where nothing is said, and then every case counts as closed. */
export function endCondition({
  endActivities,
  definition
}: Pick<View, 'endActivities' | 'definition'>): string[] | 'none' {
  if (endActivities.length > 0) return endActivities;
  if (!definition?.end) return 'none';
  return definition.end.all.map((part) => endInWords({ all: [part] }));
}

/**
 * Whether a case is closed: an expression over its folded row, and what must be joined to it.
 *
 * End activities that a reader picked decide over the view's own condition: the last activity is one of them.
 *
 * @param segments of the cases that are judged
 * @param members (case_no, object_no) of a view by traversal; what `every` is asked of
 */
export function closedWhen(view: View, segments: Sql, members: Sql): { closed: Sql; join: Sql } {
  if (view.endActivities.length > 0) {
    const ends = sql`select id from term where log_id = ${view.logId} and kind = 'activity'
      and value in (${list(view.endActivities)})`;
    return { closed: sql`end_activity in (${ends})`, join: sql`` };
  }
  const parts = view.definition?.end?.all ?? [];
  if (parts.length === 0) return { closed: sql`true`, join: sql`` };
  const each = parts.map((part) =>
    part.every === undefined ? ofCase(view, part, segments) : ofEach(view, part, segments, members)
  );
  return {
    // A case that none of the parts speaks of, for it has none of their objects, is held open by nothing.
    closed: sql`coalesce(ended.closed, true)`,
    join: sql`left join (
      select case_no, bool_and(closed) as closed from (${join(each, ' union all ')}) group by case_no
    ) ended using (case_no)`
  };
}

/** The words that decide: (activity, reached). */
function wordsOf(view: View, { reached, undone_by }: Pick<EndPart, 'reached' | 'undone_by'>): Sql {
  return sql`
    select id as activity, value in (${list(reached)}) as reached from term
    where log_id = ${view.logId} and kind = 'activity' and value in (${list([...reached, ...undone_by])})`;
}

/** `max_by` passes over the events that do not matter: they have no `reached`. */
function ofCase(view: View, part: EndPart, segments: Sql): Sql {
  return sql`
    select s.case_no, coalesce(max_by(t.reached, s.position), false) as closed
    from ${segments} s left join (${wordsOf(view, part)}) t on t.activity = s.activity group by s.case_no`;
}

/** A case without an object of the type is not held open by it. */
function ofEach(view: View, part: EndPart, segments: Sql, members: Sql): Sql {
  return sql`
    select m.case_no, bool_and(coalesce(l.reached, false)) as closed
    from ${members} m
    join (select object_no from object where log_id = ${view.logId} and type = ${part.every ?? ''}) o using (object_no)
    left join (
      select s.case_no, eo.object_no, max_by(t.reached, s.position) as reached
      from ${segments} s join (${wordsOf(view, part)}) t on t.activity = s.activity
      join (select event_no, object_no from event_object where log_id = ${view.logId}) eo on eo.event_no = s.event_no
      group by s.case_no, eo.object_no
    ) l on l.case_no = m.case_no and l.object_no = m.object_no
    where m.case_no in (select case_no from ${segments})
    group by m.case_no`;
}
