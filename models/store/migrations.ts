import type { DuckDBConnection } from '@duckdb/node-api';
import { execute, query } from './engine.ts';
import { raw, sql } from './sql.ts';

/**
 * The schema, step by step. Append-only: a step that was released is never edited, the next one changes what it made.
 * No indexes on the large tables: facts are found by scans of a few columns, and one writer keeps keys unique.
 */
const steps: readonly string[] = [
  `
  -- The last number given out, for each kind of number. Deleting rows gives no number back.
  create table counter (name varchar not null, value bigint not null);
  create table log (
    log_id integer not null, name varchar not null, created_at timestamp not null,
    -- NULL: the log's now is the clock's. Sample data fixes it, so that it never ages.
    now_at timestamp,
    calendar varchar
  );
  create table source (source_id integer not null, log_id integer not null, name varchar not null);
  create table file (file_id integer not null, source_id integer not null, name varchar not null);
  create table batch (
    batch_no bigint not null, log_id integer not null, source_id integer not null, file_id integer not null,
    format varchar not null, committed_at timestamp not null,
    rows_in bigint not null, loaded bigint not null, quarantined bigint not null, duplicates bigint not null,
    superseded bigint not null, events bigint not null, objects bigint not null,
    event_objects bigint not null, object_objects bigint not null,
    mapping varchar not null, findings varchar not null
  );
  -- Words of a log, encoded once. code is 40 bits of the word's hash: variants are hashed from it, so that their ids
  -- depend on the words alone.
  create table term (
    log_id integer not null, kind varchar not null, id integer not null, value varchar not null, code ubigint not null
  );
  create table event (
    log_id integer not null, event_no bigint not null, batch_no bigint not null,
    -- The batch that brought a newer version of this fact; NULL while this is the newest.
    superseded_batch bigint,
    source_id integer not null, file_id integer not null, position bigint not null,
    -- Identity within the source: of the source's own id, else of the content and its ordinal among equal rows.
    fact_key uhugeint not null, content_key uhugeint,
    source_ref varchar, activity integer not null,
    happened_at timestamp not null, start_at timestamp, precision varchar not null, recorded_at timestamp,
    lifecycle integer, instance varchar, resource integer, team integer, role integer, system integer,
    legal_entity integer, attributes varchar
  );
  -- An object that was only linked to, and never described, has declared = false; its type may be '' (unknown).
  create table object (
    log_id integer not null, object_no integer not null, type varchar not null, id varchar not null,
    declared boolean not null, batch_no bigint not null
  );
  create table event_object (
    log_id integer not null, event_no bigint not null, object_no integer not null, qualifier varchar not null,
    batch_no bigint not null
  );
  create table object_object (
    log_id integer not null, from_no integer not null, to_no integer not null, qualifier varchar not null,
    batch_no bigint not null
  );
  -- What a source says of an object: its attributes from changed_at on (NULL: from the start).
  create table object_change (
    log_id integer not null, object_no integer not null, batch_no bigint not null, source_id integer not null,
    file_id integer not null, position bigint not null, changed_at timestamp, attributes varchar,
    fact_key uhugeint not null
  );
  create table quarantine (
    log_id integer not null, batch_no bigint not null, file_id integer not null, position bigint not null,
    locator varchar not null, reason varchar not null, field varchar, fix varchar, raw varchar
  );
  create table view (
    view_id integer not null, log_id integer not null, name varchar not null, object_type varchar not null,
    grain varchar not null, end_activities varchar not null,
    -- Segments hold every batch up to this one; 0: never built.
    built_batch bigint not null,
    -- The engine that built them: its hash function is in the variants, so that another's cannot be mixed in.
    built_by varchar not null,
    unpaired bigint not null, ignored_transitions bigint not null
  );
  `,
  `
  -- What a consultant says of a firm: zones of offices, functions of departments, layers of the lifecycle. JSON.
  alter table log add column setup varchar;
  alter table log add column sample boolean default false;
  -- A view by declared traversal: its leading type, steps and end condition. JSON; NULL for a plain view.
  alter table view add column definition varchar;
  -- Events of a record-mapped file stand at position = record * per_row + slot.
  alter table batch add column per_row integer default 1;
  -- A row of a source that says several things at once. What it said is superseded when it is.
  create table record (
    log_id integer not null, record_no bigint not null, batch_no bigint not null, superseded_batch bigint,
    source_id integer not null, file_id integer not null, position bigint not null, stream varchar not null,
    fact_key uhugeint not null, content_key uhugeint, source_ref varchar, recorded_at timestamp
  );
  alter table event add column record_no bigint;
  alter table object_change add column record_no bigint;
  alter table object_change add column superseded_batch bigint;
  alter table object_object add column record_no bigint;
  alter table object_object add column superseded_batch bigint;
  -- A code by which one system names an object of another. code is NULL where the text (said) holds none.
  create table reference (
    log_id integer not null, record_no bigint not null, batch_no bigint not null, superseded_batch bigint,
    from_no integer not null, qualifier varchar not null, to_type varchar not null, code varchar, said varchar
  );
  -- What a person decided of a reference; to_no NULL: none of the log's objects is meant.
  create table confirmed_link (
    log_id integer not null, from_no integer not null, qualifier varchar not null, to_type varchar not null,
    to_no integer, confirmed_at timestamp not null, confirmed_by varchar not null, note varchar
  );
  -- Where references lead, worked out anew with each batch: no order of import can matter.
  create table resolved_link (
    log_id integer not null, from_no integer not null, to_no integer not null, qualifier varchar not null
  );
  `,
  `
  -- How many events a view has and how many of them stand in several cases. JSON; NULL where none can.
  alter table view add column overlap varchar;
  `,
  `
  -- A stretch of the log's time that is gone through again, for the watch. JSON (models/log/now.ts); NULL: none.
  alter table log add column replay varchar;
  `,
  `
  -- The period whose waits say what is usual, where somebody chose one.
  create table baseline (log_id integer not null, from_at timestamp not null, to_at timestamp not null);
  -- Projects that are on the worklist of stalled ones, with the sign of progress since which they rest: they leave it
  -- later than they come on it.
  create table stalled_project (
    log_id integer not null, project_no integer not null, event_no bigint not null, entered_at timestamp not null
  );
  `
];

/** Brings the schema up to date, each step in a transaction of its own. */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  await execute(connection, raw('create table if not exists migration (step integer not null)'));
  const [done] = await query<{ step: number }>(connection, raw('select coalesce(max(step), 0) as step from migration'));
  const applied = done?.step ?? 0;
  if (applied > steps.length) {
    throw new Error(
      `this store was written by a newer Throughline (schema ${applied}, this one knows ${steps.length}): ` +
        'update the program, or use another store'
    );
  }
  for (const [index, text] of steps.entries()) {
    if (index < applied) continue;
    await execute(connection, raw('begin transaction'));
    try {
      await connection.run(text);
      await execute(connection, sql`insert into migration values (${index + 1})`);
      await execute(connection, raw('commit'));
    } catch (error) {
      await execute(connection, raw('rollback')).catch(() => undefined);
      throw error;
    }
  }
}
