import type { Calendar } from '#models/calendar/calendar.ts';
import { sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
export async function withBusinessWait(
  _transaction: Transaction,
  segments: Sql,
  _calendar: Calendar | null
): Promise<Sql> {
  return sql`select *, null::bigint as business_wait from (${segments})`;
}
