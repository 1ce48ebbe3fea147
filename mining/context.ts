import type { Dimension, Filter } from '#models/filter/filter.ts';
import type { Engine } from '#models/store/engine.ts';
import { raw, sql, type Sql } from '#models/store/sql.ts';
import type { View } from '#models/views/catalogue.ts';
import { relinkedCases, scope, type Scope } from '#models/views/scope.ts';

/** What every analysis is asked of: a materialised view, the engine that holds it, and the instant that counts as now. */
export interface ViewContext {
  engine: Engine;
  view: View;
  /** ISO 8601: the clock's, or the log's fixed now. Ages are measured to it. */
  now: string;
}

/**
 * Runs a statement of one row and one column `answer`, a JSON document, and parses it. An analysis of several parts is
 * one such statement, so that all its numbers are of one state of the store.
 *
 * JSON also carries counts of any width and keeps doubles exact (shortest text that reads back the same).
 */
export async function ask<Answer>(engine: Engine, statement: Sql): Promise<Answer> {
  const [row] = await engine.query<{ answer: string }>(statement);
  if (!row) throw new Error('an analysis answered no row');
  return JSON.parse(row.answer) as Answer;
}

export interface ScopedTables extends Scope {
  /** Goes right after `with`; empty without a filter, else it evaluates the filter once for the whole statement. */
  define: Sql;
}

/** What a filter leaves of the view, to be read more than once in a statement. */
export function scoped(view: View, filter: Filter): ScopedTables {
  const { segments, cases, relinked } = scope(view, filter);
  if (filter.length === 0) return { define: sql``, segments, cases, relinked };
  return {
    define: sql`scoped_segment as materialized (select * from ${segments} kept_segment),
      scoped_case as materialized (
        select * from ${relinked ? relinkedCases(view, raw('scoped_segment')) : cases} kept_case),`,
    segments: raw('scoped_segment'),
    cases: raw('scoped_case'),
    relinked
  };
}

/** The words of one kind: (id, value). DuckDB compares text by its UTF-8 bytes, which is the order of code points. */
export function words(view: View, kind: Dimension | 'activity' | 'lifecycle'): Sql {
  return sql`(select id, value from term where log_id = ${view.logId} and kind = ${kind})`;
}

/** A TIMESTAMP as ISO 8601 UTC text: milliseconds, or microseconds where there are any. */
export function instant(timestamp: Sql): Sql {
  return sql`case when epoch_us(${timestamp}) % 1000 = 0 then strftime(${timestamp}, '%Y-%m-%dT%H:%M:%S.%gZ')
    else strftime(${timestamp}, '%Y-%m-%dT%H:%M:%S.%fZ') end`;
}

/** Microseconds from one TIMESTAMP to a later one; 0 where they overlap (two instances at work at once). */
export function elapsed(from: Sql, to: Sql): Sql {
  return sql`greatest(0, epoch_us(${to}) - epoch_us(${from}))`;
}

/** Seconds rounded to the millisecond: correctly, as `toFixed(3)` and Python's `round` do. */
export function toMilliseconds(seconds: Sql): Sql {
  return sql`printf('%.3f', (${seconds})::double)::double`;
}

/** Aggregate: the sum of microseconds in seconds, rounded to the millisecond. */
export function totalSeconds(us: Sql): Sql {
  return toMilliseconds(sql`sum(${us}) / 1e6`);
}

/** Aggregate: the mean of microseconds in seconds, rounded to the millisecond. The sum is exact. */
export function meanSeconds(us: Sql): Sql {
  return toMilliseconds(sql`sum(${us}) / count(${us}) / 1e6`);
}

/**
 * Aggregate: exact median and 90th percentile of microseconds, in seconds, linearly interpolated (R type 7, numpy's
 * default): a list of two.
 */
export function medianAndP90(us: Sql): Sql {
  return sql`quantile_cont(${us} / 1e6, [0.5, 0.9])`;
}

/** Leaves out what is not defined, so that a ratio over nothing is absent and not null. */
export function defined<Value>(key: string, value: Value | null | undefined): Record<string, Value> {
  return value === null || value === undefined ? {} : { [key]: value };
}
