import type { Engine } from '#models/store/engine.ts';
import { sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';

/** A project on the list of stalled ones, by the sign of progress since which it rests: the next one takes it off. */
export interface StalledMember {
  project_no: number;
  event_no: number;
}

export const memberKey = ({ project_no, event_no }: StalledMember): string => `${project_no} ${event_no}`;

/** Who was on the list when it was last looked at, and since when (ISO 8601 UTC), by `memberKey`. */
export async function stalledBefore(
  engine: Pick<Engine, 'query'>,
  logId: number,
  now: string
): Promise<Map<string, string>> {
  const rows = await engine.query<StalledMember & { entered: string }>(sql`
    select project_no::double as project_no, event_no::double as event_no,
      strftime(entered_at, '%Y-%m-%dT%H:%M:%S.%gZ') as entered
    from stalled_project where log_id = ${logId} and entered_at <= ${now}::timestamptz::timestamp`);
  return new Map(rows.map((row) => [memberKey(row), row.entered]));
}

/** Remembers who is on the list; writes nothing while nobody came or went. */
export async function keepStalled(
  store: Store,
  logId: number,
  before: ReadonlyMap<string, string>,
  members: readonly (StalledMember & { entered: string })[]
): Promise<void> {
  if (members.length === before.size && members.every((member) => before.has(memberKey(member)))) return;
  await store.write(async (transaction) => {
    await transaction.execute(sql`delete from stalled_project where log_id = ${logId}`);
    const shape = '[{"project_no":"INTEGER","event_no":"BIGINT","entered":"VARCHAR"}]';
    await transaction.execute(sql`
      insert into stalled_project
      select ${logId}, project_no, event_no, entered::timestamptz::timestamp
      from (select unnest(from_json(${JSON.stringify(members)}, ${shape}), recursive := true))`);
  });
}
