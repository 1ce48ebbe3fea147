import type { Engine } from '#models/store/engine.ts';
import { sql } from '#models/store/sql.ts';
import { findLog } from './catalogue.ts';
import type { Finding } from './staged.ts';

export interface RowCounts {
  rows_in: number;
  loaded: number;
  quarantined: number;
  duplicates: number;
}

export interface FileOverview extends RowCounts {
  name: string;
  /** What of a system it holds, as the mapping says: `planbase/milestones`. */
  stream?: string;
  batches: number;
  last_import: string;
  /** Of its newest import. */
  findings: Finding[];
}

export interface SourceOverview extends RowCounts {
  name: string;
  events: number;
  first_event: string | null;
  last_event: string | null;
  files: FileOverview[];
}

type FileRow = Omit<FileOverview, 'findings' | 'stream'> & { source: string; mapping: string; findings: string };

/**
 * Every source of a log by name, with its files: over all imports, rows in = loaded + quarantined + duplicates.
 *
 * @throws {NotFound} when there is no such log
 */
export async function listSources(engine: Pick<Engine, 'query'>, logName: string): Promise<SourceOverview[]> {
  const { log_id: logId } = await findLog(engine, logName);
  const files = await engine.query<FileRow>(sql`
    select s.name as source, f.name, count(*)::double as batches, sum(rows_in)::double as rows_in,
      sum(loaded)::double as loaded, sum(quarantined)::double as quarantined, sum(duplicates)::double as duplicates,
      strftime(max(committed_at), '%Y-%m-%dT%H:%M:%S.%gZ') as last_import, arg_max(mapping, batch_no) as mapping,
      arg_max(findings, batch_no) as findings
    from batch join source s using (source_id) join file f using (file_id)
    where batch.log_id = ${logId} group by s.name, f.name order by s.name, f.name`);
  const events = await engine.query<{ source: string; events: number; first_event: string; last_event: string }>(sql`
    select s.name as source, count(*)::double as events,
      strftime(min(happened_at), '%Y-%m-%dT%H:%M:%S.%gZ') as first_event,
      strftime(max(happened_at), '%Y-%m-%dT%H:%M:%S.%gZ') as last_event
    from event join source s using (source_id)
    where event.log_id = ${logId} and superseded_batch is null group by s.name`);
  return [...new Set(files.map(({ source }) => source))].map((name) => {
    const own = files.filter(({ source }) => source === name);
    const found = events.find(({ source }) => source === name);
    const sum = (key: keyof RowCounts) => own.reduce((total, file) => total + file[key], 0);
    return {
      name,
      rows_in: sum('rows_in'),
      loaded: sum('loaded'),
      quarantined: sum('quarantined'),
      duplicates: sum('duplicates'),
      events: found?.events ?? 0,
      first_event: found?.first_event ?? null,
      last_event: found?.last_event ?? null,
      files: own.map(({ source: _source, mapping, findings, ...file }) => ({
        ...file,
        ...streamIn(mapping),
        findings: JSON.parse(findings) as Finding[]
      }))
    };
  });
}

function streamIn(mapping: string): { stream?: string } {
  const { stream } = (JSON.parse(mapping) ?? {}) as { stream?: unknown };
  return typeof stream === 'string' ? { stream } : {};
}

export interface LogContent {
  /** Objects that are described, by type. */
  objects: { type: string; count: number }[];
  /** Events as they now hold, by activity and system. */
  activities: { activity: string; system: string | null; count: number }[];
}

/**
 * What a log holds, counted by kind, by name.
 *
 * @throws {NotFound} when there is no such log
 */
export async function logContent(engine: Pick<Engine, 'query'>, logName: string): Promise<LogContent> {
  const { log_id: logId } = await findLog(engine, logName);
  const objects = await engine.query<LogContent['objects'][number]>(sql`
    select type, count(*)::double as count from object where log_id = ${logId} and declared group by type order by type`);
  const activities = await engine.query<LogContent['activities'][number]>(sql`
    select a.value as activity, s.value as system, count(*)::double as count
    from event
    join (select id, value from term where log_id = ${logId} and kind = 'activity') a on a.id = event.activity
    left join (select id, value from term where log_id = ${logId} and kind = 'system') s on s.id = event.system
    where log_id = ${logId} and superseded_batch is null group by all order by activity, system`);
  return { objects, activities };
}
