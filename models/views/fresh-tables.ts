import type { Engine } from '#models/store/engine.ts';
import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';

/**
 * Makes tables that are derived from others anew, where what they are made of has changed. The last of them carries the
 * mark of its making as its comment, which comes and goes with it.
 *
 * @param mark an expression that differs whenever the tables would
 */
export async function freshTables(
  store: Store,
  tables: readonly string[],
  mark: Sql,
  build: (transaction: Transaction) => Promise<void>
): Promise<void> {
  const last = tables.at(-1) ?? '';
  /** The mark that is wanted; undefined while the tables have it. */
  const wantedMark = async (engine: Pick<Engine, 'query'>): Promise<string | undefined> => {
    const [row] = await engine.query<{ wanted: string; made: string | null }>(sql`
      select md5(concat_ws('|', version(), ${mark})) as wanted,
        (select comment from duckdb_tables() where table_name = ${last} and not temporary) as made`);
    return row === undefined || row.wanted === row.made ? undefined : row.wanted;
  };
  if ((await wantedMark(store.engine)) === undefined) return;
  await store.write(async (transaction) => {
    // Asked again: another request may have made them while this one waited.
    const wanted = await wantedMark(transaction);
    if (wanted === undefined) return;
    await build(transaction);
    // A comment takes no bound value; a hash needs no quoting.
    await transaction.execute(sql`comment on table ${ident(last)} is ${raw(`'${wanted}'`)}`);
  });
}
