import type { Engine } from '#models/store/engine.ts';
import { ident, join, sql } from '#models/store/sql.ts';
import type { View } from './catalogue.ts';
import { dimensions } from './link.ts';

/**
 * A hash of what a view says: decoded segments and case rows, without numbers of ours, source names or batches. Equal
 * for equal content whatever the order, the cut or the repetition of imports.
 *
 * @returns 32 hexadecimal digits; all zero for a view without cases
 */
export async function segmentsHash(engine: Engine, view: View): Promise<string> {
  const words = ['activity', 'lifecycle', ...dimensions] as const;
  const [row] = await engine.query<{ hash: string }>(sql`
    with decoded as (
      select md5_number(concat_ws(chr(31), c.case_id, s.position, epoch_us(s.start), epoch_us(s.complete), s.repetition,
        coalesce(epoch_us(s.next_start)::varchar, chr(30)), coalesce(s.business_wait::varchar, chr(30)),
        ${join(
          words.map((word) => sql`coalesce(${ident(`t_${word}`)}.value, chr(30))`),
          ', '
        )}, s.automatic)) as digest
      from ${ident(view.segments)} s
      join ${ident(view.cases)} c using (case_no)
      ${join(
        words.map(
          (word) => sql`left join (select id, value from term where log_id = ${view.logId} and kind = ${word})
            ${ident(`t_${word}`)} on ${ident(`t_${word}`)}.id = s.${ident(word)}`
        ),
        '\n'
      )}
      union all
      select md5_number(concat_ws(chr(31), case_id, events, epoch_us(first), epoch_us(last), variant, closed,
        self_loops, loop_backs, coalesce(attributes, chr(30))))
      from ${ident(view.cases)}
    )
    select printf('%016x%016x', (bit_xor(digest) >> 64)::ubigint,
      (bit_xor(digest) & 18446744073709551615::uhugeint)::ubigint) as hash from decoded`);
  return row?.hash ?? '0'.repeat(32);
}
