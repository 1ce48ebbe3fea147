import { rulesOf, type Lifecycle } from '#models/lifecycle/schema.ts';
import type { Store } from '#models/store/store.ts';
import { ident, join, list, raw, sql, type Sql } from '#models/store/sql.ts';
import { freshExceptions } from '#models/views/exception-table.ts';
import type { Firm } from '#models/views/firm.ts';
import { objectAttributes } from '#models/views/materialise.ts';
import { ask, instant } from './context.ts';
import { unsettledCodes } from './unsettled-codes.ts';

/** A person as the directory knows them now. */
export interface Someone {
  id: string;
  name: string;
  team: string | null;
  /** Belongs to no period of the directory any more. */
  left: boolean;
  /** The last day of the leave that they are on, yyyy-MM-dd; null when they are not. */
  away_until: string | null;
  manager: { id: string; name: string } | null;
}

interface Known {
  object_type: string;
  object_id: string;
  /** ISO 8601 UTC. */
  since: string;
}

/** Something that is open around a project. */
export type OpenFact =
  | (Known & { kind: 'approval'; step: string; approver: Someone | null })
  | (Known & {
      /** A handoff of a request or a milestone that is not done. `with`: who picked it up; null while nobody has. */
      kind: 'handoff';
      handoff: string;
      with: Someone | null;
      /** It was given back, and the sender has it. */
      returned: boolean;
    })
  | (Known & { kind: 'missing_field'; rule: string; owner: Someone | null })
  | (Omit<Known, 'since'> & { kind: 'unsettled_code'; said: string });

/** The step of an approval that waits, as approval systems are mapped. */
const opened = 'Approval step opened';
const decided = ['Approval step approved', 'Approval step rejected'];

/**
 * What is open around projects, by the number of each: steps of approvals that nobody decided, handoffs of what hangs on
 * the project that were released and not done, required fields that are missing, and codes of other systems that may
 * mean the project and that nobody settled.
 *
 * A person has left when the directory had them and no longer has, and is away while a `leave` of theirs lasts; days
 * are those of their zone.
 *
 * @param projects their numbers
 * @param now ISO 8601; what happens later is not known yet
 */
export async function openFacts(
  store: Store,
  firm: Firm,
  lifecycle: Lifecycle,
  projects: readonly number[],
  now: string
): Promise<Map<number, OpenFact[]>> {
  if (projects.length === 0) return new Map();
  const exceptions = await freshExceptions(store, firm);
  const rows = await ask<{ project_no: number; fact: OpenFact }[]>(
    store.engine,
    sql`
    with bound as (select ${now}::timestamptz::timestamp as now_at),
    wanted as (select unnest([${list(projects)}])::integer as object_no),
    member as materialized (
      select m.case_no as project_no, o.object_no, o.type, o.id from ${ident(firm.projects.members)} m
      join (select object_no, type, id from object where log_id = ${firm.logId}) o using (object_no)
      where m.case_no in (select object_no from wanted)
    ), happened as materialized (
      select m.project_no, m.object_no, m.type, m.id, e.event_no, e.happened_at, t.value as name, r.value as resource,
        e.attributes
      from member m
      join (select event_no, object_no from event_object where log_id = ${firm.logId}) l using (object_no)
      join (
        select event_no, activity, happened_at, resource, attributes from event
        where log_id = ${firm.logId} and superseded_batch is null and happened_at <= (select now_at from bound)
      ) e using (event_no)
      join (select id, value from term where log_id = ${firm.logId} and kind = 'activity') t on t.id = e.activity
      left join (select id, value from term where log_id = ${firm.logId} and kind = 'resource') r on r.id = e.resource
    ), ${people(firm.logId)},
    fact as (
      ${join([approvals(), handoffs(lifecycle), missingFields(firm.logId, lifecycle, exceptions), codes(firm.logId)], ' union all ')}
    )
    select coalesce(to_json(list({project_no: project_no, fact: fact} order by project_no)), '[]')::varchar as answer
    from fact`
  );
  const found = new Map<number, OpenFact[]>();
  for (const { project_no, fact } of rows) found.set(project_no, [...(found.get(project_no) ?? []), fact]);
  return found;
}

/** Opened and not decided in its round. */
function approvals(): Sql {
  return sql`
    select o.project_no, to_json({
      kind: 'approval', object_type: o.type, object_id: o.id, since: ${instant(raw('o.happened_at'))},
      step: o.step, approver: s.someone
    }) as fact
    from (
      select *, attributes ->> '$.step' as step, attributes ->> '$.round' as round, attributes ->> '$.approver' as approver
      from happened where type = 'approval' and name = ${opened}
    ) o left join someone s on s.id = o.approver
    where not exists (
      select 1 from happened d where d.object_no = o.object_no and d.name in (${list(decided)})
        and (d.attributes ->> '$.step') is not distinct from o.step
        and (d.attributes ->> '$.round') is not distinct from o.round and d.happened_at >= o.happened_at)`;
}

/** Of what somebody has to accept before it is done, and that is not the project itself. */
function handoffs(lifecycle: Lifecycle): Sql {
  const parts = lifecycle.handoffs
    .filter(({ anchor, accept }) => anchor !== 'project' && accept.length > 0)
    .map(({ id, anchor, release, pick_up, returns, accept, cancel }) => {
      const given = [...release, ...returns];
      return sql`
        select h.project_no, to_json({
          kind: 'handoff', object_type: h.type, object_id: h.id, since: ${instant(raw('h.since'))}, handoff: ${id},
          "with": s.someone, returned: h.returned
        }) as fact
        from (
          select project_no, object_no, type, id, max(happened_at) filter (name in (${list(given)})) as since,
            coalesce(arg_max(name in (${list([...returns, ''])}), (happened_at, event_no))
              filter (name in (${list(given)})), false) as returned,
            max(resource) filter (name in (${list(pick_up)})) as picked_up_by
          from happened where type = ${anchor}
          group by project_no, object_no, type, id
          having bool_or(name in (${list(release)})) and not bool_or(name in (${list([...accept, ...cancel])}))
        ) h left join someone s on s.id = h.picked_up_by`;
    });
  return parts.length > 0 ? join(parts, ' union all ') : sql`select null::integer, null::json where false`;
}

function missingFields(logId: number, lifecycle: Lifecycle, exceptions: string): Sql {
  const rules = rulesOf(lifecycle).flatMap((rule) => (rule.kind === 'required_field' ? [rule.id] : []));
  if (rules.length === 0) return sql`select null::integer, null::json where false`;
  const anchors = sql`select anchor_no from ${ident(exceptions)} where project_no in (select object_no from wanted)`;
  return sql`
    select x.project_no, to_json({
      kind: 'missing_field', object_type: o.type, object_id: o.id, since: ${instant(raw('x.opened_at'))}, rule: x.rule,
      owner: s.someone
    }) as fact
    from ${ident(exceptions)} x
    join (select object_no, type, id from object where log_id = ${logId}) o on o.object_no = x.object_no
    left join (${objectAttributes(logId, anchors)}) a on a.object_no = x.anchor_no
    left join someone s on s.id = (a.attributes ->> '$.owner')
    where x.rule in (${list(rules)}) and x.project_no in (select object_no from wanted)
      and x.opened_at <= (select now_at from bound) and (x.closed_at is null
        or x.closed_batch is null and x.closed_at > (select now_at from bound))`;
}

function codes(logId: number): Sql {
  return sql`
    select project_no, to_json({
      kind: 'unsettled_code', object_type: from_type, object_id: from_id, said: said
    }) as fact from (${unsettledCodes(logId, raw('wanted'))})`;
}

/** `someone`: (id, someone) of everybody whom the log describes, as they are now. */
function people(logId: number): Sql {
  const days = sql`timezone(p.zone, (select now_at from bound)::timestamptz)::date`;
  return sql`
    period as (
      select o.id, o.object_no, c.changed_at, c.attributes, coalesce(nullif(c.attributes ->> '$.zone', ''), 'UTC') as zone
      from object_change c
      join (select object_no, id from object where log_id = ${logId} and type = 'person') o using (object_no)
      where c.log_id = ${logId} and c.superseded_batch is null and c.attributes is not null
        and coalesce(c.changed_at, timestamp '-infinity') <= (select now_at from bound)
      qualify row_number() over (partition by o.object_no
        order by c.changed_at desc nulls last, c.batch_no desc, c.position desc) = 1
    ), away as (
      select p.id, max(try_cast(a.attributes ->> '$.to' as date)) as until
      from period p
      join (select from_no, to_no from object_object where log_id = ${logId} and superseded_batch is null
        and qualifier = 'of') l on l.to_no = p.object_no
      join (${objectAttributes(logId, sql`select object_no from object where log_id = ${logId} and type = 'leave'`)}) a
        on a.object_no = l.from_no
      where ${days} between try_cast(a.attributes ->> '$.from' as date) and try_cast(a.attributes ->> '$.to' as date)
      group by p.id
    ), someone as materialized (
      select p.id, {
        id: p.id, name: coalesce(p.attributes ->> '$.name', p.id), team: nullif(p.attributes ->> '$.team', ''),
        "left": coalesce(try_cast(p.attributes ->> '$.valid_to' as date) < ${days}, false),
        away_until: strftime(w.until, '%Y-%m-%d'),
        manager: case when m.id is not null then {id: m.id, name: coalesce(m.attributes ->> '$.name', m.id)} end
      } as someone
      from period p left join away w using (id) left join period m on m.id = (p.attributes ->> '$.manager')
    )`;
}
