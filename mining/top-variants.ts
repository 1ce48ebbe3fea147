import type { Engine } from '#models/store/engine.ts';
import { join, sql, type Sql } from '#models/store/sql.ts';
import type { View } from '#models/views/catalogue.ts';
import { words, type ScopedTables } from './context.ts';

/** More tied variants than this are compared by their first steps before their sequences are put together. */
const many = 2_000;
/** Steps compared at once: six ranks of 20 bits in a HUGEINT. */
const stride = 6;

/**
 * The three most frequent variants, ties by sequence (activity by activity, by code point), as common table expressions
 * that end in `top_variant` (cases, sequence).
 *
 * Where nearly every case is a variant of its own, all of them tie; putting half a million sequences together would
 * take more memory than there is. So ties are narrowed down by their first steps, a few at a time, until few are left.
 */
export async function topVariants(engine: Engine, view: View, tables: ScopedTables): Promise<Sql> {
  const { define, segments, cases } = tables;
  const ranked = sql`select id, value, row_number() over (order by value) as rank from ${words(view, 'activity')}`;
  // Fewer than three are more frequent than each of these.
  const foremost = sql`
    select min(case_no) as case_no, count(*) as cases from ${cases} group by variant
    qualify rank() over (order by cases desc) <= 3`;
  const [found] = await engine.query<{ n: number; tied: number; above: number; longest: number }>(sql`
    with ${define} foremost as (${foremost})
    select count(*)::double as n, coalesce(min(cases), 0)::double as tied,
      (count(*) filter (cases > (select min(cases) from foremost)))::double as above,
      (select coalesce(max(events), 0) from ${cases})::double as longest from foremost`);
  const { n = 0, tied = 0, above = 0, longest = 0 } = found ?? {};
  let open = 3 - above;
  let ties = sql`select case_no from (${foremost}) where cases = ${tied}`;
  const before: Sql[] = [];
  for (let [left, from] = [n, 0]; left > many && from < longest; from += stride) {
    const keys = firstSteps(segments, ranked, ties, from);
    const [bound] = await engine.query<{ key: string; smaller: number; same: number }>(sql`
      with ${define} keyed as (${keys}),
      bound as (select key from keyed order by key limit 1 offset ${open - 1})
      select (select key from bound)::varchar as key,
        (select count(*) from keyed where key < (select key from bound))::double as smaller,
        (select count(*) from keyed where key = (select key from bound))::double as same`);
    if (!bound) break;
    // The smaller ones are in; only the equal ones are still to be told apart, by their next steps.
    before.push(sql`select case_no from (${keys}) where key < ${bound.key}::hugeint`);
    ties = sql`select case_no from (${keys}) where key = ${bound.key}::hugeint`;
    open -= bound.smaller;
    left = bound.same;
  }
  return sql`
    ranked_word as (${ranked}), foremost_variant as (${foremost}), candidate as (
      select * from foremost_variant where cases > ${tied} or case_no in (${join([...before, ties], ' union all ')})
    ), chosen_variant as (
      select case_no, cases
      from (
        select s.case_no, list(rank order by s.position) as ranks
        from ${segments} s join ranked_word on id = s.activity
        where s.case_no in (select case_no from candidate) group by s.case_no
      ) join candidate using (case_no) order by cases desc, ranks limit 3
    ), top_variant as (
      select any_value(cases) as cases, list(value order by s.position) as sequence
      from ${segments} s join chosen_variant using (case_no) join ranked_word on id = s.activity group by case_no
    )`;
}

/** case_no and the ranks of its steps from `from` on as one number; a case that has ended comes first. */
function firstSteps(segments: Sql, ranked: Sql, ties: Sql, from: number): Sql {
  return sql`
    select t.case_no, coalesce(sum(r.rank::hugeint << (20 * (${from + stride - 1} - s.position))), 0) as key
    from (${ties}) t
    left join (select * from ${segments} steps where position between ${from} and ${from + stride - 1}) s
      on s.case_no = t.case_no
    left join (${ranked}) r on r.id = s.activity
    group by t.case_no`;
}
