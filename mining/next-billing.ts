import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Firm } from '#models/views/firm.ts';
import { objectAttributes } from '#models/views/materialise.ts';

/**
 * What a project bills next, which is what holding it up holds back: its first planned billing line without an invoice;
 * while it has no line at all, its first planned milestone. Never the value of the contract.
 *
 * @param projects a relation with `object_no`
 * @returns (project_no, amount, currency)
 */
export function nextBilling({ logId, projects: view }: Firm, projects: Sql): Sql {
  const ofType = (type: string): Sql => sql`(select object_no from object where log_id = ${logId} and type = ${type})`;
  const planned = (type: string): Sql => sql`
    select m.case_no as project_no, m.object_no, a.attributes ->> '$.planned_date' as planned_date,
      try_cast(a.attributes ->> '$.amount' as double) as amount, nullif(a.attributes ->> '$.currency', '') as currency
    from member m join (${objectAttributes(
      logId,
      sql`
      select object_no from member where object_no in ${ofType(type)}`
    )}) a using (object_no)`;
  return sql`
    with member as materialized (
      select case_no, object_no from ${ident(view.members)} where case_no in (select object_no from ${projects} wanted)
    ), line as materialized (${planned('billing_schedule')}), open_line as (
      select * from line where object_no not in (
        select to_no from object_object where log_id = ${logId} and superseded_batch is null and qualifier = 'for'
          and from_no in ${ofType('invoice')})
      union all
      select * from (${planned('milestone')}) where project_no not in (select project_no from line)
    )
    select project_no, arg_min(amount, nth) as amount, arg_min(currency, nth) as currency
    from (select *, ${raw('(planned_date, object_no)')} as nth from open_line where amount is not null)
    group by project_no`;
}
