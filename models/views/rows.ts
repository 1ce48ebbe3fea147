import { directory } from '#models/log/directory.ts';
import { fileRanks } from '#models/log/file-ranks.ts';
import { raw, sql, type Sql } from '#models/store/sql.ts';

/** The total order inside a case at grain event; at grain instance, `start` decides between equal completes. */
export const caseOrder = raw('complete, start, file_rank, file_position, source_ref, fact_key');

const columns = raw(`case_no, event_no, activity, lifecycle, resource, team, role, system, legal_entity, automatic,
  file_rank, file_position, source_ref, fact_key`);

export interface EventRowsOptions {
  /** Whether the log says where people belonged: teams and roles that events do not name are taken from there. */
  withDirectory?: boolean;
  /** Whether the members are few beside the events of the log. */
  few?: boolean;
}

/**
 * The newest version of every event of the given members (case_no, event_no).
 *
 * Team and role are the event's own, else those of its resource in the people directory at that time, else unknown.
 * `automatic`: its resource is an integration user then, or at all times that the directory knows; NULL where the
 * directory does not say. The legal entity is the event's own and nobody else's: a project may be of one entity and
 * its invoice of another.
 *
 * How many rows the members are, the database cannot tell before they are committed: what is looked up of events is
 * therefore joined to the table of events, unless most of them are not wanted. (Else wide rows would be hashed to look
 * up a few small ones: twice the time.)
 */
function currentEvents(logId: number, members: Sql, { withDirectory = false, few = false }: EventRowsOptions): Sql {
  const event = sql`(select * from event where log_id = ${logId} and superseded_batch is null) e`;
  const [own, people] = withDirectory
    ? [
        sql`coalesce(e.team, d.team) as team, coalesce(e.role, d.role) as role,
          coalesce(d.integration, k.always) as automatic`,
        sql`left join (${directory(logId)}) d
            on d.resource = e.resource and e.happened_at >= d.valid_from and e.happened_at < d.valid_to
          left join (
            select resource, true as always from (${directory(logId)}) group by resource having bool_and(integration)
          ) k on k.resource = e.resource`
      ]
    : [sql`e.team, e.role, null::boolean as automatic`, sql``];
  const columns = sql`e.event_no, e.activity, e.lifecycle, e.instance, e.resource, ${own}, e.system, e.legal_entity,
    e.happened_at, e.start_at, f.file_rank, e.position as file_position, e.source_ref, e.fact_key`;
  const known = sql`left join (${fileRanks(logId)}) f on f.file_id = e.file_id ${people}`;
  return few
    ? sql`select m.case_no, ${columns} from (${members}) m join ${event} using (event_no) ${known}`
    : sql`select m.case_no, told.* from (${members}) m join (select ${columns} from ${event} ${known}) told using (event_no)`;
}

/** Grain event: every event counts, whatever its lifecycle transition. */
export function eventRows(logId: number, members: Sql, options: EventRowsOptions = {}): Sql {
  return sql`
    select ${columns}, happened_at as start, happened_at as complete, false as unpaired
    from (${currentEvents(logId, members, options)})`;
}

/**
 * Grain instance: an event with a start of its own is an instance; else start and complete are paired by
 * `concept:instance`, or, without one, first in first out per case, activity and resource. What finds no partner is
 * kept as an instance of no length (`unpaired`). Other transitions (schedule, suspend, …) belong to no instance.
 *
 * First in, first out with orphans: over the running sum of starts (+1) and completes (−1), a complete that takes the
 * sum below its lowest so far has no start before it; among the rest the k-th complete ends the k-th start.
 */
export function instanceRows(logId: number, members: Sql, options: EventRowsOptions = {}): Sql {
  const queue = raw('case_no, activity, instance, queue_resource');
  const order = raw('happened_at, file_rank, file_position, source_ref, fact_key');
  return sql`
    with current as (
      select e.*, case when instance is null then resource end as queue_resource,
        case lower(coalesce(t.value, 'complete')) when 'start' then 1 when 'complete' then -1 else 0 end as step
      from (${currentEvents(logId, members, options)}) e
      left join (select id, value from term where log_id = ${logId} and kind = 'lifecycle') t on t.id = e.lifecycle
    ), running as (
      select *, sum(step) over (partition by ${queue} order by ${order} rows unbounded preceding) as balance
      from current where start_at is null and step <> 0
    ), judged as (
      select *, step = -1 and balance < least(0, coalesce(min(balance) over (partition by ${queue} order by ${order}
        rows between unbounded preceding and 1 preceding), 0)) as orphan
      from running
    ), numbered as (
      select *, row_number() over (partition by ${queue}, step order by ${order}) as n from judged where not orphan
    ), begun as (select * from numbered where step = 1), ended as (select * from numbered where step = -1)
    select ${columns}, least(start_at, happened_at) as start, happened_at as complete, false as unpaired
    from current where start_at is not null
    union all
    select ${columns}, happened_at, happened_at, true from judged where orphan
    union all
    select b.case_no, coalesce(e.event_no, b.event_no), b.activity, coalesce(e.lifecycle, b.lifecycle),
      coalesce(e.resource, b.resource), coalesce(e.team, b.team), coalesce(e.role, b.role),
      coalesce(e.system, b.system), coalesce(e.legal_entity, b.legal_entity), coalesce(e.automatic, b.automatic),
      coalesce(e.file_rank, b.file_rank), coalesce(e.file_position, b.file_position),
      coalesce(e.source_ref, b.source_ref), coalesce(e.fact_key, b.fact_key),
      b.happened_at, coalesce(e.happened_at, b.happened_at), e.event_no is null
    from begun b left join ended e on b.case_no = e.case_no and b.activity = e.activity and b.n = e.n
      and b.instance is not distinct from e.instance and b.queue_resource is not distinct from e.queue_resource`;
}
