import type { Filter } from '#models/filter/filter.ts';
import { ident, join, sql } from '#models/store/sql.ts';
import { dimensions } from '#models/views/link.ts';
import { scope } from '#models/views/scope.ts';
import type { ViewContext } from './context.ts';

/**
 * The events (grain event) or activity instances (grain instance) that a filter leaves, for other tools: decoded
 * words, one dictionary a column, instants as epoch milliseconds.
 *
 * @returns an Arrow IPC stream: case_id, position, activity, lifecycle, resource, team, role, system, legal_entity,
 *   start_ms, complete_ms, wait_ms (to the next in the case; NULL at its last)
 *
 * @example const table = tableFromIPC(await eventTable(context, [{ kind: 'status', status: 'closed' }]));
 */
export async function eventTable({ engine, view }: ViewContext, filter: Filter = []): Promise<Uint8Array> {
  const { segments, cases } = scope(view, filter);
  const words = ['activity', 'lifecycle', ...dimensions] as const;
  return engine.arrow(sql`
    select c.case_id, s.position,
      ${join(
        words.map((word) => sql`${ident(`t_${word}`)}.value as ${ident(word)}`),
        ', '
      )},
      epoch_us(s.start) / 1000.0 as start_ms, epoch_us(s.complete) / 1000.0 as complete_ms,
      greatest(0, epoch_us(s.next_start) - epoch_us(s.complete)) / 1000.0 as wait_ms
    from ${segments} s join (select case_no, case_id from ${cases}) c using (case_no)
    ${join(
      words.map(
        (word) => sql`left join (select id, value from term where log_id = ${view.logId} and kind = ${word})
          ${ident(`t_${word}`)} on ${ident(`t_${word}`)}.id = s.${ident(word)}`
      ),
      '\n'
    )}
    order by c.case_id, s.position`);
}
