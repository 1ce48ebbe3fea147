import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stagedTables } from '#ingest/staging.ts';
import { raw, sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';

/** Rows of the staged files, instants as ISO text; a file that is not named is empty. */
export type StagedRows = Partial<Record<string, object[]>>;

/** Writes staged files by hand, with the columns that readers write. */
export async function writeStaged(store: Store, folder: string, rows: StagedRows): Promise<void> {
  await mkdir(folder, { recursive: true });
  await store.write(async (transaction) => {
    for (const [table, columns] of Object.entries(stagedTables)) {
      const types = Object.entries(columns as Record<string, string>);
      const shape = JSON.stringify([Object.fromEntries(types.map(([name, type]) => [name, textual(type)]))]);
      const select = types
        .map(([name, type]) => (type === 'timestamp' ? `${name}::timestamptz at time zone 'UTC' as ${name}` : name))
        .join(', ');
      await transaction.execute(sql`
        create or replace temp table fixture_rows as select ${raw(select)} from (
          select unnest(from_json(${JSON.stringify(rows[table] ?? [])}, ${shape}), max_depth := 2))`);
      const path = join(folder, `${table}.parquet`).replaceAll("'", "''");
      await transaction.execute(
        raw(`copy (select * from fixture_rows order by position) to '${path}' (format parquet)`)
      );
    }
    await transaction.execute(raw('drop table fixture_rows'));
  });
}

const textual = (type: string): string => (type === 'timestamp' ? 'VARCHAR' : type);
