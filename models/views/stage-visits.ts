import type { Stage } from '#models/lifecycle/schema.ts';
import { ident, list, sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import { belongings, functionCalendars, type Firm } from './firm.ts';
import { reach, reachedEvents } from './lifecycle-events.ts';
import { withWorkingTime } from './working-time.ts';

/**
 * When each anchor object was in each stage, in a table (stage, anchor_no, case_no, entered_at, left_at, business_ms):
 * in from the first of `enter`, out at the first of `leave` after it, in again when it enters again. Events after now
 * are not seen. case_no is the object's project, null for what belongs to none; left_at and business_ms are null while
 * the stage lasts. Business time is the one of the stage's owner, where the project belongs.
 */
export async function storeStageVisits(
  transaction: Transaction,
  firm: Firm,
  stages: readonly Stage[],
  now: Sql,
  table: string
): Promise<void> {
  const { logId, projects, windows } = firm;
  await transaction.execute(sql`
    create or replace temp table visit (
      stage varchar, owner varchar, anchor_no integer, entered_at timestamp, left_at timestamp)`);
  for (const stage of stages) {
    await reach(transaction, logId, stage);
    await transaction.execute(sql`
      insert into visit
      with turn as (
        select anchor_no, happened_at, enters, lag(enters) over (partition by anchor_no order by place) as was_in,
          min(happened_at) filter (not enters) over (partition by anchor_no order by place
            rows between 1 following and unbounded following) as left_at
        from (
          select anchor_no, happened_at, place, name in (${list(stage.enter)}) as enters
          from (${reachedEvents(logId, [...stage.enter, ...stage.leave])}) where happened_at <= ${now}
        )
      )
      select ${stage.id}, ${stage.owner}, anchor_no, happened_at, left_at from turn
      where enters and not coalesce(was_in, false)`);
  }
  const placed = sql`
    select v.stage, v.anchor_no, m.case_no, v.entered_at, v.left_at, coalesce(f.calendar, u.calendar) as calendar
    from visit v
    left join (select object_no, min(case_no) as case_no from ${ident(projects.members)} group by object_no) m
      on m.object_no = v.anchor_no
    left join (${belongings(firm)}) b using (case_no)
    left join function_calendar f on f.function = v.owner and not f.usual
      and f.region is not distinct from b.region and f.legal_entity is not distinct from b.legal_entity
    left join function_calendar u on u.function = v.owner and u.usual`;
  await transaction.execute(sql`create or replace temp table function_calendar as ${functionCalendars(firm)}`);
  await transaction.execute(sql`
    create or replace table ${ident(table)} as
    select stage, anchor_no, case_no, entered_at, left_at,
      case when calendar is not null then greatest(0, left_us - entered_us) // 1000 end as business_ms
    from (${withWorkingTime(placed, windows, { entered_at: 'entered_us', left_at: 'left_us' })})
    order by stage, entered_at, anchor_no`);
  for (const temporary of ['visit', 'function_calendar', 'reached'])
    await transaction.execute(sql`drop table if exists ${ident(temporary)}`);
}
