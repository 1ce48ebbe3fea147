import { sql, type Sql } from '#models/store/sql.ts';

/** The links that hold now, each once: those that sources state, and where references lead. (from_no, to_no, qualifier) */
export function links(logId: number): Sql {
  return sql`select distinct * from (${statedLinks(logId)})`;
}

/** The same, each as often as it is stated: for those who count nothing. */
export function statedLinks(logId: number): Sql {
  return sql`
    select from_no, to_no, qualifier from object_object where log_id = ${logId} and superseded_batch is null
    union all
    select from_no, to_no, qualifier from resolved_link where log_id = ${logId}`;
}
