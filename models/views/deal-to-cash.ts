import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { ident, join, list, sql, type Sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';
import { freshTables } from './fresh-tables.ts';
import type { Ledger } from './handoff-ledger.ts';
import { objectAttributes } from './materialise.ts';
import { storeStageVisits } from './stage-visits.ts';

/** Names of the tables that `freshDealToCash` makes. */
export interface DealToCashTables {
  visits: string;
  projects: string;
  parts: string;
}

/** Where deal to cash begins, and what ends it. */
export const dealWon: readonly string[] = ['Deal won'];
export const firstPayment: readonly string[] = ['Part payment received', 'Invoice paid'];

const LAYOUT = 2;

/**
 * The way of each project from the deal that was won to its first payment, cut into the stages and the handoffs of the
 * lifecycle.
 *
 * - `visits`: see `storeStageVisits`.
 * - `projects`: (case_no, won_at, paid_at, ms, weight, currency), one row a project whose deal was won; paid_at and ms
 *   are null before the first payment, and where that came before the deal. The weight is the amount of the deal; of
 *   several deals of one project of the one that was won first, with which its way begins.
 * - `parts`: (case_no, kind, id, ms), what each stage and handoff takes of a project that was paid.
 *
 * Each moment belongs to one part: of the handoffs that wait then and the stages that objects of the project are in
 * then, to the one that began last; to a handoff before the stage that begins with it. Where nothing runs, it belongs to
 * the stage that was left last, and before any to the first of the lifecycle. All is counted in whole milliseconds
 * between the same instants, so the parts of a project sum to its `ms` exactly.
 */
export async function freshDealToCash(store: Store, ledger: Ledger): Promise<DealToCashTables> {
  const { logId, firm } = ledger;
  const tables = {
    visits: `stage_visit_${logId}`,
    projects: `deal_to_cash_${logId}`,
    parts: `deal_to_cash_part_${logId}`
  };
  const { stages, handoffs } = lifecycleOf(firm.setup);
  const mark = sql`(
    select concat_ws('|', ${LAYOUT}, comment) from duckdb_tables()
    where table_name = ${ledger.anchors} and not temporary)`;
  await freshTables(store, [tables.visits, tables.projects, tables.parts], mark, async (transaction) => {
    const now = sql`${ledger.at}::timestamptz::timestamp`;
    await storeStageVisits(transaction, firm, stages, now, tables.visits);
    await transaction.execute(sql`create or replace table ${ident(tables.projects)} as ${ways(ledger, now)}`);
    const order = join(
      [
        ...stages.map(({ id }, i) => sql`('stage', ${id}, ${i})`),
        ...handoffs.map(({ id }, i) => sql`('handoff', ${id}, ${i})`)
      ],
      ', '
    );
    await transaction.execute(sql`
      create or replace table ${ident(tables.parts)} as
      ${parts(ledger, tables, order, stages[0]?.id ?? '')}`);
  });
  return tables;
}

function ways({ logId, firm: { projects } }: Ledger, now: Sql): Sql {
  const happened = (activities: readonly string[]): Sql => sql`
    select event_no, happened_at from event where log_id = ${logId} and superseded_batch is null
      and happened_at <= ${now} and activity in (
        select id from term where log_id = ${logId} and kind = 'activity' and value in (${list(activities)}))`;
  const first = (activities: readonly string[]): Sql => sql`
    select m.case_no, min(e.happened_at) as happened_at
    from ${ident(projects.members)} m
    join (select event_no, object_no from event_object where log_id = ${logId}) l using (object_no)
    join (${happened(activities)}) e using (event_no) group by m.case_no`;
  const deals = sql`select object_no from object where log_id = ${logId} and type = 'opportunity'`;
  return sql`
    select w.case_no, w.happened_at as won_at, case when p.happened_at > w.happened_at then p.happened_at end as paid_at,
      case when p.happened_at > w.happened_at then epoch_ms(p.happened_at) - epoch_ms(w.happened_at) end as ms,
      d.deal.amount as weight, d.deal.currency as currency
    from (${first(dealWon)}) w left join (${first(firstPayment)}) p using (case_no)
    left join (
      select m.case_no, arg_min({amount: try_cast(a.attributes ->> '$.amount' as double),
        currency: nullif(a.attributes ->> '$.currency', '')}, (coalesce(s.won_at, timestamp 'infinity'), o.id)) as deal
      from ${ident(projects.members)} m join (${objectAttributes(logId, deals)}) a using (object_no)
      join (select object_no, id from object where log_id = ${logId}) o using (object_no)
      left join (
        select object_no, min(happened_at) as won_at from (${happened(dealWon)})
        join (select event_no, object_no from event_object where log_id = ${logId}) using (event_no) group by object_no
      ) s using (object_no)
      group by m.case_no
    ) d using (case_no) order by w.case_no`;
}

function parts({ handoffs }: Ledger, { visits, projects }: DealToCashTables, order: Sql, firstStage: string): Sql {
  return sql`
    with place (kind, id, rank) as (values ${order}), way as materialized (
      select case_no, epoch_ms(won_at) as won_ms, epoch_ms(paid_at) as paid_ms
      from ${ident(projects)} where paid_at is not null
    ), run as materialized (
      select r.case_no, kind, id, p.rank, from_ms, least(to_ms, w.paid_ms) as to_ms, w.won_ms, w.paid_ms
      from (
        select case_no, 'stage' as kind, stage as id, epoch_ms(entered_at) as from_ms,
          coalesce(epoch_ms(left_at), 9223372036854775807) as to_ms
        from ${ident(visits)}
        union all
        select case_no, 'handoff', handoff, epoch_ms(first_release), case when status = 'open' then 9223372036854775807
          else epoch_ms(first_release) + receiver_wall_ms + sender_wall_ms end
        from ${ident(handoffs)}
      ) r join way w using (case_no) join place p using (kind, id)
      where from_ms < w.paid_ms and to_ms > from_ms
    ), moment as (
      select case_no, won_ms as at_ms from way union select case_no, paid_ms from way
      union select case_no, from_ms from run where from_ms > won_ms
      union select case_no, to_ms from run where to_ms > won_ms
    ), stretch as materialized (
      select * from (
        select case_no, at_ms, lead(at_ms) over (partition by case_no order by at_ms) as next_ms from moment
      ) where next_ms is not null
    ), covered as (
      select s.case_no, s.at_ms, s.next_ms,
        arg_max({kind: r.kind, id: r.id}, (r.from_ms, r.kind = 'handoff', r.rank)) as part
      from stretch s left join run r on r.case_no = s.case_no and r.from_ms <= s.at_ms and r.to_ms >= s.next_ms
      group by all
    ), idle as (
      select c.case_no, c.at_ms, c.next_ms, arg_max(r.id, (r.to_ms, r.from_ms, r.rank)) as id
      from (select * from covered where part is null) c
      left join run r on r.case_no = c.case_no and r.kind = 'stage' and r.to_ms <= c.at_ms group by all
    )
    select case_no, kind, id, sum(ms)::bigint as ms from (
      select case_no, part.kind as kind, part.id as id, next_ms - at_ms as ms from covered where part is not null
      union all
      select case_no, 'stage', coalesce(id, ${firstStage}), next_ms - at_ms from idle
    ) group by all order by all`;
}
