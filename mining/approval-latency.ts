import { ident, list, raw, sql, type Sql } from '#models/store/sql.ts';
import { placeColumns } from '#models/views/firm.ts';
import { withWorkingTime } from '#models/views/working-time.ts';
import { ask, instant } from './context.ts';
import { ofSegments, within, type LedgerContext, type PeriodFilter, type SegmentFilter } from './ledger-scope.ts';

/** What an approval system says of an approval, in the words of the canonical log. */
export const approvalActivities = {
  submitted: ['Approval requested', 'Approval resubmitted'],
  opened: ['Approval step opened'],
  approved: ['Approval step approved'],
  rejected: ['Approval step rejected']
} as const;

export interface ApprovalOptions extends PeriodFilter, SegmentFilter {
  /** Steps of approvals of one kind only, as the approval says it. */
  kind?: string | undefined;
}

export interface Latency {
  /** Decided. */
  n: number;
  median_wall_ms: number | null;
  p90_wall_ms: number | null;
  median_business_ms: number | null;
  /** Not decided yet, with their age up to now. */
  open: { n: number; median_age_ms: number | null };
}

export interface OpenApproval {
  approval: string;
  kind: string | null;
  project: string | null;
  step: string;
  /** The person's number, and name where the directory has it. */
  approver: string | null;
  approver_name: string | null;
  since: string;
  age_ms: number;
  age_business_ms: number | null;
  /** Nobody of the firm any more. */
  approver_left: boolean;
}

export interface Approvals {
  steps: ({ step: string } & Latency)[];
  rounds: Latency;
  subjects: Latency;
  /** By the person who was asked, most decided first. */
  approvers: ({ step: string; approver: string; approver_name: string | null } & Latency)[];
  /** The longest waiting first. */
  open: OpenApproval[];
}

/**
 * Approval latency, by step, by round and by subject, with open ones as age and never left out.
 *
 * - **step**: decision − activation, the moment from which it could be acted on. Opened and decided are paired by
 *   approval, round and step, the k-th with the k-th.
 * - **round**: last decision − submission, of rounds in which nothing is open.
 * - **subject**: last decision − first submission, over all that was asked about it: of a change its approvals together,
 *   of everything else the approval itself. It is open while the last round of any of them is.
 *
 * Business time of a step is that of the team of whom it was asked; rounds and subjects, which go through several hands,
 * have wall-clock time only. A step whose round was submitted anew is not open any more. Latencies belong to the period
 * of their decision; without `from` and `to` to all time. Percentiles are exact and continuous (R type 7).
 *
 * @example
 * (await approvalLatency({ engine, ledger })).steps
 * // [{ step: 'finance director', n: 341, median_wall_ms: 73400000, …, open: { n: 1, median_age_ms: 14000000 } }, …]
 */
export async function approvalLatency(
  { engine, ledger }: LedgerContext,
  { kind, from, to, ...filter }: ApprovalOptions = {}
): Promise<Approvals> {
  const chosen = sql`${ofSegments(filter)} and ${kind === undefined ? raw('true') : sql`kind = ${kind}`}`;
  const inPeriod = within(raw('decided_at'), { from, to });
  const latency = (business: boolean): Sql => sql`
    n: (count(*) filter (decided_at is not null))::double,
    median_wall_ms: round(quantile_cont(wall_ms, 0.5) filter (decided_at is not null))::double,
    p90_wall_ms: round(quantile_cont(wall_ms, 0.9) filter (decided_at is not null))::double,
    median_business_ms: ${
      business
        ? raw('round(quantile_cont(business_ms, 0.5) filter (decided_at is not null))::double')
        : raw('null::double')
    },
    open: {n: (count(*) filter (decided_at is null))::double,
      median_age_ms: round(quantile_cont(wall_ms, 0.5) filter (decided_at is null))::double}`;
  return ask<Approvals>(
    engine,
    sql`
    with ${stepRows(ledger)}, chosen as materialized (
      select * from approval_step where ${chosen}
    ), counted as materialized (
      select * from chosen where is_open or ${inPeriod} and decided_at is not null
    ), round as materialized (
      select approval_no, any_value(subject_no) as subject_no, round, any_value(submitted_at) as submitted_at,
        case when bool_and(decided_at is not null) then max(decided_at) end as decided_at
      from chosen where submitted_at is not null group by approval_no, round
    ), counted_round as (
      select *, (epoch_us(coalesce(decided_at, ${at(ledger.at)})) - epoch_us(submitted_at)) // 1000 as wall_ms from round
      where decided_at is null and round = (
        select max(later.round) from round later where later.approval_no = round.approval_no) or ${inPeriod}
        and decided_at is not null
    ), subject as (
      select *, (epoch_us(coalesce(decided_at, ${at(ledger.at)})) - epoch_us(submitted_at)) // 1000 as wall_ms from (
        select subject_no, min(submitted_at) as submitted_at,
          case when bool_and(decided_at is not null or not is_last) then max(decided_at) end as decided_at
        from (select *, round = max(round) over (partition by approval_no) as is_last from round) group by subject_no
      ) where decided_at is null or ${inPeriod}
    )
    select to_json({
      steps: (select coalesce(list(told order by told.n desc, told.step), []) from (
        select {step: step, ${latency(true)}} as told from counted group by step)),
      rounds: (select {${latency(false)}} from counted_round),
      subjects: (select {${latency(false)}} from subject),
      approvers: (select coalesce(list(told order by told.n desc, told.step, told.approver), []) from (
        select {step: step, approver: approver, approver_name: any_value(approver_name), ${latency(true)}} as told
        from counted where approver is not null group by step, approver)),
      open: (select coalesce(list({approval: approval, kind: kind, project: project, step: step, approver: approver,
          approver_name: approver_name, since: ${instant(raw('opened_at'))}, age_ms: wall_ms::double,
          age_business_ms: business_ms::double, approver_left: approver_left} order by opened_at, approval, step), [])
        from chosen where is_open)
    })::varchar as answer`
  );
}

export interface ApprovalStepOptions extends PeriodFilter, SegmentFilter {
  step?: string | undefined;
  /** The number of the person who was asked. */
  approver?: string | undefined;
  limit?: number;
  offset?: number;
}

export interface ApprovalStepRow {
  approval: string;
  kind: string | null;
  project: string | null;
  step: string;
  round: number;
  approver: string | null;
  approver_name: string | null;
  decided_by: string | null;
  opened_at: string;
  decided_at: string | null;
  decision: 'approved' | 'rejected' | null;
  is_open: boolean;
  wall_ms: number;
  business_ms: number | null;
}

/** The steps themselves, the longest first; `from` and `to` are of when they were opened. */
export async function approvalSteps(
  { engine, ledger }: LedgerContext,
  { step, approver, from, to, limit = 100, offset = 0, ...filter }: ApprovalStepOptions = {}
): Promise<{ total: number; rows: ApprovalStepRow[] }> {
  const equal = (column: string, value: string | undefined): Sql =>
    value === undefined ? raw('true') : sql`${ident(column)} = ${value}`;
  return ask(
    engine,
    sql`
    with ${stepRows(ledger)}, chosen as materialized (
      select * from approval_step where ${equal('step', step)} and ${equal('approver', approver)}
        and ${ofSegments(filter)} and ${within(raw('opened_at'), { from, to })}
    ), page as (
      select *, row_number() over (order by wall_ms desc, approval, round, step) as nth from chosen
      qualify nth > ${offset} and nth <= ${offset + limit}
    )
    select to_json({
      total: (select count(*) from chosen)::double,
      rows: (select coalesce(list({approval: approval, kind: kind, project: project, step: step, round: round,
        approver: approver, approver_name: approver_name, decided_by: decided_by,
        opened_at: ${instant(raw('opened_at'))}, decided_at: ${instant(raw('decided_at'))}, decision: decision,
        is_open: is_open, wall_ms: wall_ms::double, business_ms: business_ms::double} order by nth), []) from page)
    })::varchar as answer`
  );
}

const at = (iso: string): Sql => sql`${iso}::timestamptz::timestamp`;

/**
 * Common table expressions that end in `approval_step`: every step that was opened, with its round, its decision, and
 * whom it was asked of.
 */
function stepRows({ logId, firm, windows, teams, at: now }: LedgerContext['ledger']): Sql {
  const { submitted, opened, approved, rejected } = approvalActivities;
  const { projects } = firm;
  const timed = withWorkingTime(
    sql`
      select s.*, t.calendar, coalesce(s.decided_at, ${at(now)}) as until_at from asked s
      left join ${ident(teams)} t on t.team = s.approver_team`,
    windows,
    { opened_at: 'opened_us', until_at: 'until_us' }
  );
  return sql`
    person as materialized (
      select o.id, coalesce(c.changed_at, timestamp '-infinity') as valid_from, c.attributes ->> '$.name' as name,
        t.id as team, try_cast(nullif(c.attributes ->> '$.valid_to', '') as date) as last_day,
        coalesce(nullif(c.attributes ->> '$.zone', ''), 'UTC') as zone
      from object_change c
      join (select object_no, id from object where log_id = ${logId} and type = 'person') o using (object_no)
      left join (select id, value from term where log_id = ${logId} and kind = 'team') t
        on t.value = (c.attributes ->> '$.team')
      where c.log_id = ${logId} and c.superseded_batch is null
    ), latest as (
      select id, arg_max(name, valid_from) as name, arg_max(
        coalesce(timezone(zone, (last_day + 1)::timestamp)::timestamp, timestamp 'infinity'), valid_from) as left_at
      from person group by id
    ), act as materialized (
      select a.object_no as approval_no, a.id as approval, t.value as name, e.happened_at, e.resource,
        e.attributes ->> '$.step' as step, try_cast(e.attributes ->> '$.round' as integer) as round,
        e.attributes ->> '$.approver' as approver, e.position, e.event_no
      from event e
      join (select id, value from term where log_id = ${logId} and kind = 'activity'
        and value in (${list([...submitted, ...opened, ...approved, ...rejected])})) t on t.id = e.activity
      join (select event_no, object_no from event_object where log_id = ${logId}) l using (event_no)
      join (select object_no, id from object where log_id = ${logId} and type = 'approval') a using (object_no)
      where e.log_id = ${logId} and e.superseded_batch is null and e.happened_at <= ${at(now)}
    ), numbered as (
      select * replace (coalesce(round, greatest(1, count(*) filter (name in (${list(submitted)})) over (
        partition by approval_no order by happened_at, position rows unbounded preceding)))::integer as round)
      from act
    ), nth as (
      select *, row_number() over (partition by approval_no, round, step, name in (${list(opened)})
        order by happened_at, position) as k
      from numbered where name not in (${list(submitted)})
    ), submission as (
      select approval_no, round, min(happened_at) as submitted_at from numbered
      where name in (${list(submitted)}) group by all
    ), last_round as (select approval_no, max(round) as round from numbered group by all),
    described as (
      select object_no, arg_max(attributes ->> '$.kind', (batch_no, position)) as kind from object_change
      where log_id = ${logId} and superseded_batch is null and attributes is not null
        and object_no in (select approval_no from act) group by object_no
    ), change as (
      select from_no as approval_no, min(to_no) as change_no from (
        select from_no, to_no from object_object
        where log_id = ${logId} and superseded_batch is null and qualifier = 'for'
        union select from_no, to_no from resolved_link where log_id = ${logId} and qualifier = 'for'
      ) where to_no in (select object_no from object where log_id = ${logId} and type = 'change_request') group by all
    ), placed as (
      select object_no as approval_no, min(case_no) as case_no from ${ident(projects.members)}
      where object_no in (select approval_no from act) group by all
    ), step as (
      select o.approval_no, o.approval, o.step, o.round, o.k, o.approver, o.happened_at as opened_at,
        d.happened_at as decided_at, d.resource as decided_no,
        case when d.name in (${list(approved)}) then 'approved' when d.name is not null then 'rejected' end as decision,
        u.submitted_at, o.round = l.round and d.happened_at is null as is_open
      from (select * from nth where name in (${list(opened)})) o
      left join (select * from nth where name not in (${list(opened)})) d
        on d.approval_no = o.approval_no and d.round = o.round and d.step is not distinct from o.step and d.k = o.k
      left join submission u on u.approval_no = o.approval_no and u.round = o.round
      join last_round l on l.approval_no = o.approval_no
    ), asked as (
      select s.* exclude (k, decided_no), r.value as decided_by, p.team as approver_team, n.name as approver_name,
        coalesce(n.left_at <= ${at(now)}, false) as approver_left, k.kind, coalesce(h.change_no, s.approval_no) as subject_no,
        c.case_id as project, ${placeColumns(raw('c.attributes'))}
      from step s
      asof left join person p on p.id = s.approver and p.valid_from <= s.opened_at
      left join latest n on n.id = s.approver
      left join (select id, value from term where log_id = ${logId} and kind = 'resource') r on r.id = s.decided_no
      left join described k on k.object_no = s.approval_no
      left join change h on h.approval_no = s.approval_no
      left join placed m on m.approval_no = s.approval_no
      left join ${ident(projects.cases)} c on c.case_no = m.case_no
    ), approval_step as materialized (
      select * exclude (calendar, opened_us, until_us, until_at),
        greatest(0, epoch_us(until_at) - epoch_us(opened_at)) // 1000 as wall_ms,
        case when calendar is not null then greatest(0, until_us - opened_us) // 1000 end as business_ms
      from (${timed})
    )`;
}
