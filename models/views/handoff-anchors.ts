import { goalMs, type Goal } from '#models/lifecycle/goal.ts';
import type { Handoff } from '#models/lifecycle/schema.ts';
import type { Belonging } from '#models/lifecycle/resolve.ts';
import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { ident, join, list, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { belongings, lifecyclesOf, placeOf, type Firm } from './firm.ts';
import { objectAttributes } from './materialise.ts';

/** Anchor objects whose amount is what gets billed; the others hold up what their project bills next. */
const billed = ['milestone', 'invoice', 'change_request'] as const;

/**
 * Of each handoff's anchor object what no clock says: (handoff, anchor_no, anchor_type, anchor_id, case_no, project,
 * region, legal_entity, service_line, accepted, corrected, amount, open_amount, currency, goal_is_business,
 * goal_rest_ms, goal_ms_per_hour).
 *
 * The project is the one whose case holds the object, else nothing; where it belongs is said by the project, else by
 * the object itself. `amount` is what the wait held up, `open_amount` what it still holds up:
 *
 * - a milestone, an invoice, a change: its own amount; of an invoice less what was paid and credited for it up to now;
 * - everything else: the first planned billing line of the project that was not invoiced when the wait began, and
 *   while the project has no line at all, its first planned milestone. Never the value of a whole contract. What is still
 *   held up is the first that is not invoiced now: what was billed meanwhile, the wait does not hold up.
 *
 * A goal of n days is given as n times the milliseconds of the usual working day's hours, and a rest.
 */
export async function findAnchors(
  transaction: Transaction,
  firm: Firm,
  handoffs: readonly Handoff[],
  now: Sql
): Promise<Sql> {
  const { logId, projects } = firm;
  const ofTypes = (types: readonly string[]): Sql =>
    sql`select object_no from object where log_id = ${logId} and declared and type in (${list(types)})`;
  const attributes = (types: readonly string[]): Sql => objectAttributes(logId, ofTypes(types));
  await transaction.execute(sql`
    create or replace temp table amount as
    select object_no, try_cast(attributes ->> '$.amount' as double) as amount,
      nullif(attributes ->> '$.currency', '') as currency, attributes ->> '$.planned_date' as planned_date
    from (${attributes([...billed, 'billing_schedule', 'payment', 'credit_note'])})`);
  await transaction.execute(sql`create or replace temp table planned_line as ${plannedLines(firm, now)}`);
  const ofNoProject = sql`
    select anchor_no from found_trait where anchor_no not in (select object_no from ${ident(projects.members)})`;
  const anchor = sql`
    select t.handoff, t.anchor_no, o.type as anchor_type, o.id as anchor_id, c.case_no, c.case_id as project,
      ${join(
        (['region', 'legal_entity', 'service_line'] as const).map(
          (name) =>
            sql`coalesce(${placeOf(raw('c.attributes'), name)}, ${placeOf(raw('s.attributes'), name)}) as ${ident(name)}`
        ),
        ', '
      )},
      nullif(c.attributes ->> '$.currency', '') as currency, t.accepted, t.corrected, b.billing_model, r.first_release
    from found_trait t
    join (select handoff, anchor_no, min(released_at) as first_release from found_round group by all) r
      using (handoff, anchor_no)
    join (select object_no, type, id from object where log_id = ${logId}) o on o.object_no = t.anchor_no
    left join (select object_no, min(case_no) as case_no from ${ident(projects.members)} group by object_no) m
      on m.object_no = t.anchor_no
    left join ${ident(projects.cases)} c using (case_no)
    left join (${belongings(firm)}) b using (case_no)
    left join (${objectAttributes(logId, ofNoProject)}) s on s.object_no = t.anchor_no`;
  const first = sql`
    select a.handoff, a.anchor_no,
      ${firstLine(raw('l.billed_at is null or l.billed_at > a.first_release'))} as line,
      ${firstLine(raw('l.billed_at is null'))} as still
    from anchor a join planned_line l using (case_no)
    where a.anchor_type not in (${list(billed)}) group by all`;
  const given = await goals(transaction, firm, handoffs);
  return sql`
    with anchor as materialized (${anchor}), goal as materialized (${given})
    select a.* exclude (currency, billing_model, first_release),
      coalesce(own.amount, f.line.amount) as amount,
      case when a.anchor_type = 'invoice' then greatest(0, own.amount - coalesce(p.amount, 0))
        when own.object_no is not null then own.amount else f.still.amount end as open_amount,
      coalesce(own.currency, f.line.currency, a.currency) as currency,
      case when g.handoff is not null then g else d end as goal
    from anchor a
    left join (${first}) f using (handoff, anchor_no)
    left join (
      select object_no, amount, currency from amount where object_no in (${ofTypes(billed)})
    ) own on own.object_no = a.anchor_no
    left join (${settlements(firm, now)}) p on p.object_no = a.anchor_no
    left join (select * from goal where is_firms) d on d.handoff = a.handoff
    left join (select * from goal where not is_firms) g
      on g.handoff = case when a.case_no is not null then a.handoff end and g.region is not distinct from a.region
      and g.legal_entity is not distinct from a.legal_entity and g.service_line is not distinct from a.service_line
      and g.billing_model is not distinct from a.billing_model`;
}

/** Aggregate: the first planned of some lines. */
const firstLine = (some: Sql): Sql => sql`
  arg_min({amount: l.amount, currency: l.currency}, (l.is_guess, l.planned_date, l.id)) filter (${some})`;

/**
 * What each project planned to bill: (case_no, id, planned_date, amount, currency, billed_at, is_guess), its billing
 * lines, or its milestones (a guess) while it has none. Either is billed when anything first happened to an invoice
 * for it.
 */
function plannedLines({ logId, projects }: Firm, now: Sql): Sql {
  const of = (type: string): Sql => sql`
    select m.case_no, o.object_no, o.id, a.amount, a.currency, a.planned_date
    from ${ident(projects.members)} m
    join (select object_no, id from object where log_id = ${logId} and type = ${type}) o using (object_no)
    join amount a using (object_no)`;
  return sql`
    with line as materialized (${of('billing_schedule')}), invoiced as (
      select l.to_no as object_no, min(e.happened_at) as billed_at
      from (${pointingAt(logId, 'invoice', 'billing_schedule')} union ${pointingAt(logId, 'invoice', 'milestone')}) l
      join (select event_no, object_no from event_object where log_id = ${logId}) t on t.object_no = l.from_no
      join (select event_no, happened_at from event where log_id = ${logId} and superseded_batch is null
        and happened_at <= ${now}) e using (event_no)
      group by all
    )
    select l.case_no, l.id, l.planned_date, l.amount, l.currency, i.billed_at, false as is_guess
    from line l left join invoiced i using (object_no)
    union all
    select case_no, id, planned_date, amount, currency, billed_at, true
    from (${of('milestone')}) left join invoiced using (object_no) where case_no not in (select case_no from line)`;
}

/** What was paid and credited for each invoice up to now: (object_no, amount). */
function settlements({ logId }: Firm, now: Sql): Sql {
  return sql`
    select l.to_no as object_no, sum(a.amount) as amount
    from (${pointingAt(logId, 'payment', 'invoice')} union ${pointingAt(logId, 'credit_note', 'invoice')}) l
    join amount a on a.object_no = l.from_no
    where l.from_no in (
      select object_no from event_object join event using (log_id, event_no)
      where log_id = ${logId} and superseded_batch is null and happened_at <= ${now})
    group by all`;
}

function pointingAt(logId: number, from: string, to: string): Sql {
  const ofType = (type: string): Sql => sql`(select object_no from object where log_id = ${logId} and type = ${type})`;
  return sql`
    select from_no, to_no from (
      select from_no, to_no from object_object
      where log_id = ${logId} and superseded_batch is null and qualifier = 'for'
      union select from_no, to_no from resolved_link where log_id = ${logId} and qualifier = 'for'
    ) where from_no in ${ofType(from)} and to_no in ${ofType(to)}`;
}

/**
 * The goal of each handoff in the firm, and where layers change it, for each set of layers that some project has:
 * (handoff, is_firms, region, legal_entity, service_line, billing_model, is_business, rest_ms, ms_per_hour).
 */
async function goals(transaction: Transaction, firm: Firm, handoffs: readonly Handoff[]): Promise<Sql> {
  const rows = handoffs.map(({ id, goal }) => goalRow(id, goal, undefined));
  for (const { lifecycle, belongings: some } of await lifecyclesOf(transaction, firm))
    for (const belonging of some ?? [])
      for (const { id } of handoffs)
        rows.push(goalRow(id, lifecycle.handoffs.find((handoff) => handoff.id === id)?.goal, belonging));
  return sql`
    select handoff::varchar as handoff, is_firms::boolean as is_firms, region::varchar as region,
      legal_entity::varchar as legal_entity, service_line::varchar as service_line,
      billing_model::varchar as billing_model, is_business::boolean as is_business, rest_ms::double as rest_ms,
      ms_per_hour::double as ms_per_hour
    from (values ${join(rows, ', ')}) goal (handoff, is_firms, region, legal_entity, service_line, billing_model,
      is_business, rest_ms, ms_per_hour)`;
}

function goalRow(handoff: string, goal: Goal | undefined, belonging: Belonging | undefined): Sql {
  const { region, legal_entity, service_line, billing_model } = belonging ?? {};
  const rest = goal && goalMs(goal, 0);
  return sql`(${list([
    handoff,
    belonging === undefined,
    region ?? null,
    legal_entity ?? null,
    service_line ?? null,
    billing_model ?? null,
    goal ? 'business' in goal : null,
    rest ?? null,
    goal === undefined ? null : goalMs(goal, 1) - (rest ?? 0)
  ])})`;
}

/** The handoffs of a firm, as its own layers say. */
export function handoffsOf({ setup }: Pick<Firm, 'setup'>): readonly Handoff[] {
  return lifecycleOf(setup).handoffs;
}
