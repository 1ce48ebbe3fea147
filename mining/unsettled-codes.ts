import { resolution } from '#models/log/references.ts';
import { raw, sql, type Sql } from '#models/store/sql.ts';

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
    with unsettled as materialized (
      select distinct s.from_no, s.to_type, s.code, s.said from reference s join (
        select from_no, qualifier, to_type from (${resolution(logId)}) where state in ('unmatched', 'contradictory')
      ) using (from_no, qualifier, to_type)
      where s.log_id = ${logId} and s.superseded_batch is null and s.code is not null
    ), candidate as (
      -- Texts one edit apart are equal after leaving out at most one letter of each.
      select distinct p.object_no as project_no, p.id, s.from_no, s.code, s.said
      from (select *, unnest(${shortened(raw('code'))}) as short from unsettled) s
      join (
        select object_no, type, id, unnest(${shortened(raw('id'))}) as short from object
        where log_id = ${logId} and declared and type in (select to_type from unsettled)
      ) p on p.type = s.to_type and p.short = s.short
    ), compared as (
      select project_no, from_no, code, said, damerau_levenshtein(id, code) as distance from candidate
    ), near as (
      select * from compared where distance <= 1
      qualify distance = min(distance) over (partition by from_no, code)
    )
    select project_no, from_no, f.type as from_type, f.id as from_id, arg_min(said, (distance, code, said)) as said
    from near join (select object_no, type, id from object where log_id = ${logId}) f on f.object_no = from_no
    where project_no in (select object_no from ${projects} wanted)
    group by all`;
}

/** A text, and what it is without each of its letters. */
const shortened = (text: Sql): Sql =>
  sql`list_transform(range(length(${text}) + 1), lambda i: left(${text}, i::bigint) || substr(${text}, i::bigint + 2))`;
