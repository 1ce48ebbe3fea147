import type { Clause, Dimension, Filter } from '#models/filter/filter.ts';
import { BadUse } from '#models/log/errors.ts';
import { ident, join, list, raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from './catalogue.ts';
import { endCondition } from './end-condition.ts';
import { dimensions, foldedCases, linkedSegments } from './link.ts';

/** What a filter leaves of a view, as two relations: `from ${segments} s`, `from ${cases} c`. */
export interface Scope {
  segments: Sql;
  cases: Sql;
  /** Whether events were removed, so that neighbours in a case are not neighbours in the source. */
  relinked: boolean;
}

/**
 * Compiles a filter to SQL over a view's tables; every value is bound. Conditions are judged on whole cases, as a
 * semi-join; then `events` clauses remove events and re-link what is left (business waits are then unknown).
 *
 * @throws {BadUse} when the filter asks what the view cannot answer (open cases without an end condition)
 */
export function scope(view: View, filter: Filter): Scope {
  const conditions = filter.filter((clause) => clause.kind !== 'events').map((clause) => condition(view, clause));
  const cut = filter.filter((clause) => clause.kind === 'events');
  const chosen =
    conditions.length === 0
      ? ident(view.cases)
      : sql`(select * from ${ident(view.cases)} c where ${join(conditions, ' and ')})`;
  const kept =
    conditions.length === 0
      ? ident(view.segments)
      : sql`(select * from ${ident(view.segments)} where case_no in (select case_no from ${chosen} chosen))`;
  if (cut.length === 0) return { segments: kept, cases: chosen, relinked: false };
  const survives = cut.map(
    (clause) => sql`activity ${raw(clause.keep ? 'in' : 'not in')} ${idsOf(view, 'activity', clause.activities)}`
  );
  // Only what an event says of itself: an old link beside the new one would hide it.
  const rows = sql`(select case_no, event_no, activity, lifecycle, ${join(dimensions.map(ident), ', ')}, automatic,
    start, complete, unpaired, position as old_position from ${kept} kept where ${join(survives, ' and ')})`;
  const segments = sql`(select *, null::bigint as business_wait from (${linkedSegments(rows, raw('old_position'))}))`;
  return { segments, cases: relinkedCases(view, segments), relinked: true };
}

/** The case rows of re-linked segments; what is said of the whole case (closed, attributes) stays as it is. */
export function relinkedCases(view: View, segments: Sql): Sql {
  return sql`(
    select case_no, whole.case_id, f.first, f.last, f.events, f.variant, whole.closed, f.start_activity,
      f.end_activity, f.self_loops, f.loop_backs, null::bigint as processing_ms, whole.attributes
    from (${foldedCases(segments, view.logId)}) f
    join (select case_no, case_id, closed, attributes from ${ident(view.cases)}) whole using (case_no))`;
}

/** The ids of words of the log; a word it does not hold has none. */
function idsOf(view: View, kind: Dimension | 'activity', values: readonly string[]): Sql {
  return sql`(select id from term where log_id = ${view.logId} and kind = ${kind} and value in (${list(values)}))`;
}

const instant = (iso: string): Sql => sql`(${iso}::timestamptz at time zone 'UTC')`;

/** A condition over a case row `c`. */
function condition(view: View, clause: Exclude<Clause, { kind: 'events' }>): Sql {
  const segments = ident(view.segments);
  const among = (rows: Sql, exclude = false): Sql => sql`c.case_no ${raw(exclude ? 'not in' : 'in')} (${rows})`;
  switch (clause.kind) {
    case 'period':
      return period(clause);
    case 'attribute': {
      if (clause.scope === 'case') {
        const said = attribute(sql`c.attributes`, clause);
        return clause.exclude ? sql`not ${said}` : said;
      }
      return among(
        sql`select s.case_no from ${segments} s
          join (select event_no, attributes from event where log_id = ${view.logId}) e using (event_no)
          where ${attribute(sql`e.attributes`, clause)}`,
        clause.exclude
      );
    }
    case 'party':
      return among(
        sql`select case_no from ${segments} where ${ident(clause.dimension)} in ${idsOf(view, clause.dimension, clause.values)}`,
        clause.exclude
      );
    case 'activity': {
      const ids = idsOf(view, 'activity', clause.values);
      if (clause.match !== 'all')
        return among(sql`select case_no from ${segments} where activity in ${ids}`, clause.match === 'none');
      return among(sql`select case_no from ${segments} where activity in ${ids}
        group by case_no having count(distinct activity) = ${new Set(clause.values).size}`);
    }
    case 'endpoint':
      return sql`c.${ident(`${clause.at}_activity`)} in ${idsOf(view, 'activity', clause.values)}`;
    case 'path':
      return among(clause.relation === 'directly' ? directly(view, clause) : eventually(view, clause), clause.exclude);
    case 'handoff':
      return among(sql`select case_no from ${segments}
        where ${ident(clause.dimension)} in ${idsOf(view, clause.dimension, [clause.from])}
          and ${ident(`next_${clause.dimension}`)} in ${idsOf(view, clause.dimension, [clause.to])}
          and ${ident(clause.dimension)} <> ${ident(`next_${clause.dimension}`)}`);
    case 'variant': {
      const ids = join(
        clause.ids.map((id) => sql`${BigInt(`0x${id}`)}::ubigint`),
        ', '
      );
      return sql`c.variant ${raw(clause.exclude ? 'not in' : 'in')} (${ids})`;
    }
    case 'duration':
      return sql`c.closed and ${between(raw('(epoch_us(c.last) - epoch_us(c.first)) / 1000.0'), clause)}`;
    case 'status':
      if (endCondition(view) === 'none')
        throw new BadUse(
          `view "${view.name}" has no end condition, so open and closed are not defined`,
          'pick the activities that end a case first'
        );
      return clause.status === 'closed' ? sql`c.closed` : sql`not c.closed`;
    case 'rework': {
      if (clause.activity === undefined)
        return clause.type === 'self_loop' ? sql`c.self_loops > 0` : sql`c.loop_backs > 0`;
      return among(sql`select case_no from ${segments} where repetition = ${clause.type === 'self_loop' ? 1 : 2}
        and activity in ${idsOf(view, 'activity', [clause.activity])}`);
    }
    case 'case':
      return sql`contains(lower(c.case_id), lower(${clause.contains}))`;
  }
}

function period({ mode, from, to }: Extract<Clause, { kind: 'period' }>): Sql {
  const [late, early] = {
    active: ['c.last', 'c.first'],
    contained: ['c.first', 'c.last'],
    started: ['c.first', 'c.first'],
    ended: ['c.last', 'c.last']
  }[mode] as [string, string];
  return sql`(${from === undefined ? sql`true` : sql`${raw(late)} >= ${instant(from)}`}
    and ${to === undefined ? sql`true` : sql`${raw(early)} < ${instant(to)}`})`;
}

/** A JSON pointer takes any key as it is; an attribute that is not there satisfies nothing. */
function attribute(json: Sql, { key, values, min, max }: Extract<Clause, { kind: 'attribute' }>): Sql {
  const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const value = sql`json_extract_string(${json}, ${pointer})`;
  const number = sql`try_cast(${value} as double)`;
  return sql`coalesce(${values === undefined ? sql`true` : sql`${value} in (${list(values)})`}
    and ${min === undefined ? sql`true` : sql`${number} >= ${min}`}
    and ${max === undefined ? sql`true` : sql`${number} <= ${max}`}
    and ${value} is not null, false)`;
}

interface Bounds {
  min_ms?: number | undefined;
  max_ms?: number | undefined;
}

/** Half-open, as bins are: min ≤ value < max. */
function between(milliseconds: Sql, { min_ms, max_ms }: Bounds): Sql {
  return sql`(${min_ms === undefined ? sql`true` : sql`${milliseconds} >= ${min_ms}`}
    and ${max_ms === undefined ? sql`true` : sql`${milliseconds} < ${max_ms}`})`;
}

type Path = Extract<Clause, { kind: 'path' }>;

function directly(view: View, clause: Path): Sql {
  return sql`select case_no from ${ident(view.segments)}
    where activity in ${idsOf(view, 'activity', [clause.from])}
      and next_activity in ${idsOf(view, 'activity', [clause.to])}
      and ${between(raw('greatest(0, epoch_us(next_start) - epoch_us(complete)) / 1000.0'), clause)}`;
}

/** Some `to` after some `from`; the time is from the first `from` to the first `to` after it. */
function eventually(view: View, clause: Path): Sql {
  return sql`
    with a as (
      select case_no, min(position) as position, min_by(complete, position) as complete from ${ident(view.segments)}
      where activity in ${idsOf(view, 'activity', [clause.from])} group by case_no
    ), b as (
      select a.case_no, a.complete, min_by(s.start, s.position) as start
      from ${ident(view.segments)} s join a on a.case_no = s.case_no and s.position > a.position
      where s.activity in ${idsOf(view, 'activity', [clause.to])} group by a.case_no, a.complete
    )
    select case_no from b
    where ${between(raw('greatest(0, epoch_us(start) - epoch_us(complete)) / 1000.0'), clause)}`;
}
