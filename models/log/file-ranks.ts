import { raw, sql, type Sql } from '#models/store/sql.ts';

/** A name's sort key in which part2 comes before part10. */
const natural = (name: string): Sql =>
  raw(`list_transform(regexp_extract_all(${name}, '[0-9]+|[^0-9]+'),
    lambda run: case when run[1] between '0' and '9' then lpad(run, greatest(30, length(run))::integer, '0') else run end)`);

/**
 * Files in the order of their source's name, then their own, numbers in a name as numbers: the tie rule, independent
 * of arrival. (file_id, file_rank)
 */
export function fileRanks(logId: number): Sql {
  return sql`
    select file_id, row_number() over (
      order by ${natural('s.name')}, s.name, ${natural('f.name')}, f.name) as file_rank
    from file f join source s using (source_id) where s.log_id = ${logId}`;
}
