import { goalMs } from '#models/lifecycle/goal.ts';
import type { FieldRule, Rule, StatedRule } from '#models/lifecycle/schema.ts';
import { directory } from '#models/log/directory.ts';
import { fileRanks } from '#models/log/file-ranks.ts';
import { list, sql, type Sql } from '#models/store/sql.ts';
import { reachedEvents } from './lifecycle-events.ts';
import { withDueTime, withWorkingTime, workingDays } from './working-time.ts';

type Of<Kind extends StatedRule['kind']> = Extract<StatedRule, { kind: Kind }>;

/** What a rule is asked of: a log, and its working windows. */
export interface RuleScope {
  logId: number;
  windows: string;
}

/**
 * When each anchor object in `reached` entered a stage first, and by which batch that was first known, of all versions of
 * the events that enter it: (anchor_no, entered_at, event_no, batch_no). Every required field of the stage asks for it.
 */
export function firstEntries(logId: number, enter: readonly string[]): Sql {
  return sql`
    with e as materialized (${reachedEvents(logId, enter)}), known as (
      select r.anchor_no, min(e.batch_no) as batch_no
      from (
        select event_no, batch_no from event where log_id = ${logId} and activity in (
          select id from term where log_id = ${logId} and kind = 'activity' and value in (${list(enter)}))
      ) e
      join (select event_no, object_no from event_object where log_id = ${logId}) l using (event_no)
      join reached r using (object_no)
      group by r.anchor_no
    )
    select anchor_no, first_at as entered_at, event_no, batch_no
    from (${firstOf(enter)}) join known using (anchor_no)`;
}

/**
 * The violations of one rule whose anchor objects and their reach stand in `reached`, in a transaction that has the
 * temporary tables `belonging`, `project_of` and `function_calendar`, and for a required field the first entries into its
 * stage as `stage_entry`. They do not depend on now: whoever reads them
 * leaves out what is opened later, and takes what is closed later for open.
 *
 * @returns (anchor_no, opened_at, closed_at, opening, other, closing, n, object_no, closed_batch): the events that open
 *   and close it, another that belongs to it, how many events violate it, the object that lacks a field, and the batch
 *   that filled it in
 */
export function violations(scope: RuleScope, rule: Rule): Sql {
  switch (rule.kind) {
    case 'must_precede':
      return mustPrecede(scope, rule);
    case 'must_happen':
      return mustHappen(scope, rule);
    case 'two_people':
      return twoPeople(scope, rule);
    case 'required_field':
      return requiredField(scope, rule);
  }
}

function mustPrecede({ logId }: RuleScope, rule: Of<'must_precede'>): Sql {
  return sql`
    with e as materialized (${reachedEvents(logId, [...rule.before, ...rule.after])}),
    first_before as (${firstOf(rule.before)})
    select e.anchor_no, min(e.happened_at) as opened_at, any_value(b.first_at) as closed_at,
      arg_min(e.event_no, e.place) as opening, null::bigint as other, any_value(b.event_no) as closing,
      count(*)::bigint as n, null::integer as object_no, null::bigint as closed_batch
    from e left join first_before b using (anchor_no)
    where e.name in (${list(rule.after)}) and (b.first_at is null or e.happened_at < b.first_at)
    group by e.anchor_no`;
}

const firstOf = (activities: readonly string[]): Sql => sql`
  select anchor_no, min(happened_at) as first_at, arg_min(event_no, place) as event_no from e
  where name in (${list(activities)}) group by anchor_no`;

function mustHappen({ logId, windows }: RuleScope, rule: Of<'must_happen'>): Sql {
  const { within } = rule;
  const isBusiness = within !== undefined && 'business' in within;
  // What a goal says in days is as long as the calendar's days are; the rest is what it is.
  const rest = within ? goalMs(within, 0) : 0;
  const days = isBusiness ? (goalMs(within, 1) - rest) / 3_600_000 : 0;
  const goal = isBusiness
    ? sql`(${rest * 1000}::double + ${days}::double * coalesce(d.day_us, 24 * 3600e6))::bigint`
    : sql`${(within ? goalMs(within) : 0) * 1000}::bigint`;
  const begun = sql`
    select o.anchor_no, o.first_at, o.event_no, t.first_at as then_at, t.event_no as then_event,
      ${isBusiness ? sql`coalesce(f.calendar, u.calendar)` : sql`null::varchar`} as calendar
    from first_once o left join first_then t using (anchor_no)
    left join project_of p on p.object_no = o.anchor_no
    left join belonging b on b.case_no = p.project_no
    left join function_calendar f on f.function = ${rule.owner} and not f.usual
      and f.region is not distinct from b.region and f.legal_entity is not distinct from b.legal_entity
    left join function_calendar u on u.function = ${rule.owner} and u.usual`;
  const due = sql`
    select w.*, w.worked + ${goal} as due_us from (${withWorkingTime(begun, windows, { first_at: 'worked' })}) w
    left join (${workingDays(windows)}) d on d.calendar = w.calendar`;
  return sql`
    with e as materialized (${reachedEvents(logId, [...rule.once, ...rule.then])}),
    first_once as (${firstOf(rule.once)}), first_then as (${firstOf(rule.then)})
    select anchor_no, due_at as opened_at, then_at as closed_at, event_no as opening, null::bigint as other,
      then_event as closing, 1::bigint as n, null::integer as object_no, null::bigint as closed_batch
    from (${withDueTime(due, windows, 'due_at')})
    where due_at is not null and (then_at is null or due_at < then_at)`;
}

function twoPeople({ logId }: RuleScope, rule: Of<'two_people'>): Sql {
  return sql`
    with e as materialized (
      select e.* from (${reachedEvents(logId, [...rule.first, ...rule.second])}) e
      anti join (select * from (${directory(logId)}) where integration) i
        on i.resource = e.resource and e.happened_at >= i.valid_from and e.happened_at < i.valid_to
      where e.resource is not null
    ), pair as (
      select a.anchor_no, greatest(a.happened_at, b.happened_at) as both_at, a.event_no as asked, b.event_no as agreed,
        (greatest(a.happened_at, b.happened_at), b.place, a.place) as nth
      from e a join e b on b.anchor_no = a.anchor_no and b.resource = a.resource and b.event_no <> a.event_no
      where a.name in (${list(rule.first)}) and b.name in (${list(rule.second)})
    )
    select anchor_no, min(both_at) as opened_at, null::timestamp as closed_at, arg_min(agreed, nth) as opening,
      arg_min(asked, nth) as other, null::bigint as closing, count(distinct agreed)::bigint as n,
      null::integer as object_no, null::bigint as closed_batch
    from pair group by anchor_no`;
}

/**
 * What is known now of a field at the stage's entry, and what was: a saying of the source that lacked it and stood,
 * after the entry was known, until a later import of the source brought the value.
 */
function requiredField({ logId }: RuleScope, rule: FieldRule & { kind: 'required_field' }): Sql {
  const path = `$.${JSON.stringify(rule.attribute)}`;
  return sql`
    with wanted as materialized (
      select n.anchor_no, n.entered_at, n.event_no, o.object_no
      from stage_entry n join reached using (anchor_no)
      join (select object_no from object where log_id = ${logId} and type = ${rule.object} and declared) o
        using (object_no)
    ), said as materialized (
      select c.object_no, coalesce(c.changed_at, timestamp '-infinity') as changed_at, c.source_id, c.batch_no,
        c.superseded_batch, (coalesce(c.changed_at, timestamp '-infinity'), f.file_rank, c.batch_no, c.position) as nth,
        c.record_no, json_exists(c.attributes, ${path}) as speaks,
        coalesce(trim(c.attributes ->> ${path}), '') <> '' as filled
      from object_change c join (${fileRanks(logId)}) f using (file_id)
      where c.log_id = ${logId} and c.attributes is not null and c.object_no in (select object_no from wanted)
    ), holding as materialized (
      select w.anchor_no, w.object_no, w.entered_at, w.event_no,
        max_by(s.filled, s.nth) filter (s.changed_at <= w.entered_at) as filled_then,
        max_by(s.filled, s.nth) as filled_now,
        min(s.changed_at) filter (s.filled and s.changed_at > w.entered_at) as filled_at,
        min(s.batch_no) filter (s.filled and s.changed_at <= w.entered_at) as filled_batch
      from wanted w left join said s on s.object_no = w.object_no and s.superseded_batch is null and s.speaks
      group by all
    ), filled_later as (
      -- A saying lasts until it is superseded, else until the batch that fills it in.
      select distinct h.anchor_no, h.object_no, h.filled_batch
      from holding h join stage_entry k using (anchor_no)
      join said n on n.object_no = h.object_no and n.batch_no = h.filled_batch and n.filled
      join said o on o.object_no = h.object_no and o.source_id = n.source_id and not o.filled
        and o.changed_at <= h.entered_at and o.batch_no < h.filled_batch
        and coalesce(o.superseded_batch, h.filled_batch) > greatest(o.batch_no, k.batch_no)
      where h.filled_then and not exists (
        select 1 from said p where p.object_no = o.object_no and p.filled and p.changed_at <= h.entered_at
          and p.batch_no <= o.batch_no and coalesce(p.superseded_batch, h.filled_batch) > o.batch_no)
    ), filling as (
      select l.anchor_no, l.object_no, l.filled_batch, min(coalesce(r.recorded_at, t.committed_at)) as filled_at
      from filled_later l
      join said n on n.object_no = l.object_no and n.batch_no = l.filled_batch and n.filled
      left join (select record_no, recorded_at from record where log_id = ${logId}) r using (record_no)
      join (select batch_no, committed_at from batch where log_id = ${logId}) t on t.batch_no = l.filled_batch
      group by all
    )
    select h.anchor_no, h.entered_at as opened_at,
      case when f.filled_at is not null then greatest(f.filled_at, h.entered_at) when h.filled_now then h.filled_at end as closed_at,
      h.event_no as opening, null::bigint as other, null::bigint as closing, 1::bigint as n, h.object_no,
      f.filled_batch as closed_batch
    from holding h left join filling f using (anchor_no, object_no)
    where f.filled_at is not null or not coalesce(h.filled_then, false)`;
}
