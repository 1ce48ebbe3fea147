import type { Engine } from '#models/store/engine.ts';
import { ident, join, list, sql, type Sql } from '#models/store/sql.ts';
import { fileRanks } from '#models/log/file-ranks.ts';
import { belongings, type Firm } from '#models/views/firm.ts';
import { objectAttributes } from '#models/views/materialise.ts';
import { membersByTraversal } from '#models/views/members.ts';
import { activitiesOf, type Policy } from './policy.ts';

export interface Belongs {
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}

/** An object whose clock was started, or will be: the facts that move it, and where it belongs. */
export interface Subject extends Belongs {
  /** The object's id. */
  subject: string;
  /** As `readFacts` reads them: of activities as `activitiesOf(policy)` lists them, in the order of a case. */
  facts: string;
}

/**
 * Every subject of a policy, in the order of its id. Where a subject belongs is what it says itself, else the project
 * that it hangs on (the first by code, where there are several).
 *
 * @param firm of a log of a firm; undefined where there are no projects
 */
export async function subjectsOf(
  engine: Pick<Engine, 'query'>,
  logId: number,
  policy: Policy,
  firm: Firm | undefined
): Promise<Subject[]> {
  const activities = activitiesOf(policy);
  const members = membersByTraversal(logId, { leading: policy.anchor, grain: 'event', steps: policy.reach });
  const named = activities.map((name, i) => sql`(${name}, ${i}, ${policy.start.includes(name)})`);
  const ofAnchor = sql`
    select object_no from object where log_id = ${logId} and type = ${policy.anchor} and declared`;
  return engine.query<Subject>(sql`
    with moves as (
      select t.id as activity, n.i, n.starts from (values ${join(named, ', ')}) n (name, i, starts)
      join (select id, value from term where log_id = ${logId} and kind = 'activity') t on t.value = n.name
    ), fact as materialized (
      select event_no, m.i, m.starts, epoch_us(happened_at) // 1000 as at_ms, epoch_us(recorded_at) // 1000 as seen_ms,
        happened_at, file_rank, position, source_ref, fact_key
      from event join moves m using (activity) join (${fileRanks(logId)}) using (file_id)
      where log_id = ${logId} and superseded_batch is null and isfinite(happened_at)
    ), reached as (
      select distinct m.case_no, l.event_no from (${members}) m
      join (select event_no, object_no from event_object
        where log_id = ${logId} and event_no in (select event_no from fact)) l using (object_no)
    ), said as (
      select r.case_no as object_no, string_agg(
        concat_ws(',', event_no, at_ms, i, case when seen_ms > at_ms then seen_ms end), ';'
        order by happened_at, file_rank, position, source_ref, fact_key) as facts
      from reached r join fact using (event_no) group by r.case_no having bool_or(starts)
    )
    select o.id as subject, s.facts, b.region, b.legal_entity, b.service_line
    from said s join (select object_no, id from object where log_id = ${logId}) o using (object_no)
    left join (${belonging(logId, ofAnchor, firm)}) b using (object_no)
    where ${isOnly(policy)}
    order by subject`);
}

function belonging(logId: number, ofAnchor: Sql, firm: Firm | undefined): Sql {
  const project = firm
    ? sql`
      select m.object_no, b.region, b.legal_entity, b.service_line,
        row_number() over (partition by m.object_no order by c.case_id) as n
      from ${ident(firm.projects.members)} m
      join (${belongings(firm)}) b using (case_no) join ${ident(firm.projects.cases)} c using (case_no)`
    : sql`select 0 as object_no, null as region, null as legal_entity, null as service_line, 1 as n where false`;
  const own = (key: string) => sql`nullif(a.attributes ->> ${`$.${key}`}, '')`;
  const column = (key: string) => sql`coalesce(${own(key)}, p.${ident(key)}) as ${ident(key)}`;
  return sql`
    select o.object_no, ${join(['region', 'legal_entity', 'service_line'].map(column), ', ')}
    from (${ofAnchor}) o left join (${objectAttributes(logId, ofAnchor)}) a using (object_no)
    left join (${project}) p on p.object_no = o.object_no and p.n = 1`;
}

function isOnly({ only }: Policy): Sql {
  const parts = Object.entries(only ?? {}).flatMap(([key, values]) =>
    values === undefined ? [] : [sql`b.${ident(key)} in (${list(values)})`]
  );
  return parts.length === 0 ? sql`true` : join(parts, ' and ');
}

/**
 * What of a policy nothing in the log can ever meet, in words: an activity that no event of the types reached has. Not
 * wrong, for it may still come, but most often a name that was mistyped.
 */
export async function unmetParts(engine: Pick<Engine, 'query'>, logId: number, policy: Policy): Promise<string[]> {
  const types = [...new Set([policy.anchor, ...policy.reach.map(({ to }) => to)])];
  const rows = await engine.query<{ activity: string }>(sql`
    select distinct t.value as activity
    from event e join (
      select id, value from term where log_id = ${logId} and kind = 'activity' and value in (${list(activitiesOf(policy))})
    ) t on t.id = e.activity
    where e.log_id = ${logId} and e.superseded_batch is null and e.event_no in (
      select event_no from event_object where log_id = ${logId} and object_no in (
        select object_no from object where log_id = ${logId} and type in (${list(types)})))`);
  const met = new Set(rows.map(({ activity }) => activity));
  const consequences = {
    start: 'so it starts no clock',
    pause: 'so it pauses none',
    resume: 'so it resumes none',
    stop: 'so it stops none',
    cancel: 'so it cancels none'
  } as const;
  return Object.entries(consequences).flatMap(([part, so]) =>
    policy[part as keyof typeof consequences]
      .filter((name) => !met.has(name))
      .map((name) => `no ${types.join(', ')} in this log has an event "${name}" yet, ${so}`)
  );
}
