import type { Calendar } from '#models/calendar/calendar.ts';
import { workingWindows, type Window } from '#models/calendar/windows.ts';
import { raw, sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';

/** Placeholders like 0001-01-01 and 9999-12-31 are not worth a calendar: waits that touch them have no working time. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const BATCH = 10_000;

/**
 * The segments with business_wait: whole working milliseconds from a segment's complete to the next one's start, 0
 * where that lies before. NULL at the last segment of a case, without a calendar, and outside 1970 to 2100.
 *
 * The calendar is expanded once over the times in `built_row` into the temporary table `working_window`; the working
 * time up to an instant is then that of its last window (an ASOF join), and a wait the difference of two.
 *
 * @param segments a relation with complete and next_start, made of the temporary table `built_row`
 */
export async function withBusinessWait(
  transaction: Transaction,
  segments: Sql,
  calendar: Calendar | null
): Promise<Sql> {
  if (!calendar) return sql`select *, null::bigint as business_wait from (${segments})`;
  const [range] = await transaction.query<{ first: number | null; last: number | null }>(sql`
    select epoch_ms(min(start))::double as first, epoch_ms(max(complete))::double as last
    from built_row where isfinite(start) and isfinite(complete)`);
  const from = Math.max(EARLIEST, range?.first ?? LATEST);
  const to = Math.min(LATEST, (range?.last ?? EARLIEST) + 1);
  await storeWindows(transaction, from < to ? workingWindows(calendar, from, to).windows : []);
  const covered = (column: Sql) => sql`${column} between make_timestamp(${from * 1000}::bigint)
    and make_timestamp(${to * 1000}::bigint)`;
  const [complete, nextStart] = [raw('s.complete'), raw('s.next_start')];
  return sql`
    select s.*, case when ${covered(complete)} and ${covered(nextStart)}
      then greatest(0, ${elapsedAt('n', nextStart)} - ${elapsedAt('c', complete)}) // 1000 end::bigint as business_wait
    from (${segments}) s
    asof left join working_window c on c.start_us <= epoch_us(${complete})
    asof left join working_window n on n.start_us <= epoch_us(${nextStart})`;
}

/** Working µs up to an instant, by the window joined to it; 0 before the first. */
function elapsedAt(window: 'c' | 'n', instant: Sql): Sql {
  const w = raw(window);
  return sql`coalesce(${w}.before_us + least(epoch_us(${instant}), ${w}.end_us) - ${w}.start_us, 0)`;
}

async function storeWindows(transaction: Transaction, windows: readonly Window[]): Promise<void> {
  await transaction.execute(
    sql`create or replace temp table working_window (start_us bigint, end_us bigint, before_us bigint)`
  );
  for (let at = 0; at < windows.length; at += BATCH) {
    const rows = windows.slice(at, at + BATCH).map(({ start, end, before }) => [start, end, before]);
    await transaction.execute(sql`
      insert into working_window select w[1] * 1000, w[2] * 1000, w[3] * 1000
      from (select unnest(from_json(${JSON.stringify(rows)}, '[["BIGINT"]]')) as w)`);
  }
}
