import { statedLinks } from '#models/log/links.ts';
import { ident, sql, type Sql } from '#models/store/sql.ts';
import type { Firm } from '#models/views/firm.ts';
import { objectAttributes } from '#models/views/materialise.ts';

/**
 * What a project bills next, which is what holding it up holds back: its first planned billing line without an invoice;
 * while it has no line at all, its first planned milestone without one. Never the value of the contract.
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
    ), line as materialized (${planned('billing_schedule')}), next as (
      select project_no, arg_min({amount: amount, currency: currency}, (planned_date, id)) as line
      from (
        select * from line union all
        select * from (${planned('milestone')}) where project_no not in (select project_no from line)
      )
      join (select object_no, id from object where log_id = ${logId}) using (object_no)
      where amount is not null and object_no not in (
        select to_no from (${statedLinks(logId)}) where qualifier = 'for' and from_no in ${ofType('invoice')})
      group by project_no
    )
    select project_no, line.amount as amount, line.currency as currency from next`;
}
