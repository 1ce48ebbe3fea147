import { rulesOf } from '#models/lifecycle/schema.ts';
import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { ident, sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { firstEntries, violations } from './exception-rules.ts';
import { belongings, functionCalendars, firmMark, lifecyclesOf, ofSome, type Firm } from './firm.ts';
import { reach } from './lifecycle-events.ts';
import { freshTables } from './fresh-tables.ts';

/** Raised when what is stored in the tables changes. */
const LAYOUT = 2;

/**
 * The violations of the rules of a firm's lifecycle, whatever its now is, in a table: (rule, anchor_no, project_no,
 * opened_at, closed_at, opening, other, closing, n, object_no, closed_batch), as `violations` says. Made anew after an
 * import, another setup, or a code that was settled.
 *
 * @returns the table's name
 */
export async function freshExceptions(store: Store, firm: Firm): Promise<string> {
  const table = `exception_${firm.logId}`;
  await freshTables(store, [table], firmMark(firm, LAYOUT), (transaction) => build(transaction, firm, table));
  return table;
}

async function build(transaction: Transaction, firm: Firm, table: string): Promise<void> {
  const { logId, windows } = firm;
  await transaction.execute(sql`create or replace temp table belonging as ${belongings(firm)}`);
  await transaction.execute(sql`create or replace temp table function_calendar as ${functionCalendars(firm)}`);
  await transaction.execute(sql`
    create or replace temp table project_of as
    select object_no, min(case_no) as project_no from ${ident(firm.projects.members)} group by object_no`);
  await transaction.execute(sql`
    create or replace table ${ident(table)} (
      rule varchar, anchor_no integer, project_no integer, opened_at timestamp, closed_at timestamp, opening bigint,
      other bigint, closing bigint, n bigint, object_no integer, closed_batch bigint)`);
  const groups = await lifecyclesOf(transaction, firm);
  // What belongs to no project yet is under no layer but the firm's.
  const ofNone = groups.some(({ belongings: some }) => some === null)
    ? []
    : [{ lifecycle: lifecycleOf(firm.setup), where: sql`where p.project_no is null` }];
  const judged = groups.map(({ lifecycle, belongings: some }) => ({
    lifecycle,
    where: some === null ? sql`` : sql`where p.project_no in (${ofSome(some)})`
  }));
  for (const { lifecycle, where } of [...judged, ...ofNone]) {
    const enter = new Map(lifecycle.stages.map((stage) => [stage.id, stage.enter]));
    const byReach = Map.groupBy(rulesOf(lifecycle), ({ anchor, reach }) => JSON.stringify([anchor, reach]));
    for (const rules of byReach.values()) {
      const [any] = rules;
      if (any) await reach(transaction, logId, any);
      let entered = '';
      for (const rule of rules) {
        if (rule.kind === 'required_field' && rule.stage !== entered) {
          entered = rule.stage;
          await transaction.execute(sql`
            create or replace temp table stage_entry as ${firstEntries(logId, enter.get(entered) ?? [])}`);
        }
        await transaction.execute(sql`
          insert into ${ident(table)}
          select ${rule.id}, v.anchor_no, p.project_no, v.* exclude (anchor_no)
          from (${violations({ logId, windows }, rule)}) v left join project_of p on p.object_no = v.anchor_no
          ${where}`);
      }
    }
  }
  for (const temporary of ['belonging', 'function_calendar', 'project_of', 'reached', 'stage_entry'])
    await transaction.execute(sql`drop table if exists ${ident(temporary)}`);
}
