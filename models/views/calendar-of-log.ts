import { Calendar } from '#models/calendar/calendar.ts';
import { findLog } from '#models/log/catalogue.ts';
import { sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';

/**
 * Says when those behind a log work; null takes the calendar away. Every view of the log is stale from then on, and
 * its business waits are computed anew when it is next asked for.
 *
 * @throws {NotFound} when there is no such log
 */
export async function setCalendar(store: Store, logName: string, calendar: Calendar | null): Promise<void> {
  const text = calendar === null ? null : JSON.stringify(Calendar.parse(calendar));
  await store.write(async (transaction) => {
    const { log_id } = await findLog(transaction, logName);
    await transaction.execute(sql`update log set calendar = ${text} where log_id = ${log_id}`);
    await transaction.execute(sql`update view set built_batch = 0 where log_id = ${log_id}`);
  });
}
