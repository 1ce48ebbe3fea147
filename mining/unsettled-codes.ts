import { resolution } from '#models/log/references.ts';
import { sql, type Sql } from '#models/store/sql.ts';

/**
 * Codes of other systems that nobody could settle and that may mean a project: contradictory ones that name it, and
 * ones that match nothing and are one key press away from it, as near as to any other. What hangs on such a code is
 * missing at its project.
 *
 * @param projects a relation with `object_no`
 * @returns (project_no, from_no, from_type, from_id, said)
 */
export function unsettledCodes(logId: number, projects: Sql): Sql {
  return sql`
    select project_no, from_no, f.type as from_type, f.id as from_id, any_value(said) as said
    from (
      select p.object_no as project_no, s.from_no, s.said
      from (
        select distinct s.from_no, s.to_type, s.code, s.said from reference s join (
          select from_no, qualifier, to_type from (${resolution(logId)}) where state in ('unmatched', 'contradictory')
        ) using (from_no, qualifier, to_type)
        where s.log_id = ${logId} and s.superseded_batch is null and s.code is not null
      ) s
      join (select object_no, type, id from object where log_id = ${logId} and declared) p
        on p.type = s.to_type and damerau_levenshtein(p.id, s.code) <= 1
      qualify damerau_levenshtein(p.id, s.code) = min(damerau_levenshtein(p.id, s.code)) over (partition by s.from_no, s.code)
    )
    join (select object_no, type, id from object where log_id = ${logId}) f on f.object_no = from_no
    where project_no in (select object_no from ${projects} wanted)
    group by all`;
}
