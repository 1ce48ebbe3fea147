import { sql } from '#models/store/sql.ts';
import type { Engine } from '#models/store/engine.ts';
import type { Store } from '#models/store/store.ts';
import { findLog } from './catalogue.ts';
import { BadUse } from './errors.ts';

/** The period whose results say what is usual in a log: from and including the first instant, ISO 8601 UTC. */
export interface Baseline {
  from: string;
  to: string;
  /** Whether somebody chose it. */
  chosen: boolean;
}

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * The baseline that was chosen, else the first year of the log's events; of a log of less than two years the first half.
 * It does not move with what comes in later, so that chronic delay never becomes normal.
 */
export async function baselineOf(engine: Pick<Engine, 'query'>, logId: number, now: string): Promise<Baseline> {
  const [row] = await engine.query<{ from: number | null; to: number | null; first: number | null }>(sql`
    select (select epoch_ms(from_at)::double from baseline where log_id = ${logId}) as "from",
      (select epoch_ms(to_at)::double from baseline where log_id = ${logId}) as "to",
      (select epoch_ms(min(happened_at))::double from event
        where log_id = ${logId} and superseded_batch is null and isfinite(happened_at)) as first`);
  const iso = (ms: number): string => new Date(ms).toISOString();
  if (row?.from != null && row.to != null) return { from: iso(row.from), to: iso(row.to), chosen: true };
  const from = Math.floor(row?.first ?? Date.parse(now));
  const half = Math.max(0, Date.parse(now) - from) / 2;
  return { from: iso(from), to: iso(from + Math.min(YEAR_MS, Math.floor(half))), chosen: false };
}

/**
 * Chooses a log's baseline; null goes back to the first year.
 *
 * @throws {NotFound} when there is no such log
 * @throws {BadUse} when the period has no length
 */
export async function setBaseline(
  store: Store,
  logName: string,
  period: { from: Date; to: Date } | null
): Promise<void> {
  if (period && !(period.from < period.to))
    throw new BadUse('the baseline ends before it begins', 'give two instants, the earlier first');
  await store.write(async (transaction) => {
    const { log_id: logId } = await findLog(transaction, logName);
    await transaction.execute(sql`delete from baseline where log_id = ${logId}`);
    if (!period) return;
    await transaction.execute(sql`
      insert into baseline values (${logId}, ${period.from.toISOString()}::timestamptz::timestamp,
        ${period.to.toISOString()}::timestamptz::timestamp)`);
  });
}
