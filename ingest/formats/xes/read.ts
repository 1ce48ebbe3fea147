import { bytesOf, headOf } from '#ingest/formats/bytes.ts';
import type { Reading } from '#ingest/formats/reading.ts';
import { encodingOf, textOf } from '#ingest/formats/text.ts';
import { rejectedColumns, reportZone, stageRecords, type Records } from '#ingest/mapping/compile.ts';
import { timeFormatsOf, timeRoles, type TimeRole } from '#ingest/mapping/infer.ts';
import { columnsOf } from '#ingest/mapping/mapping.ts';
import { keepFormats } from '#ingest/mapping/previous.ts';
import { parseTimeFormat, type TimeFormat } from '#ingest/mapping/times.ts';
import type { Finding, ReadReport } from '#ingest/report.ts';
import { BadInput } from '#models/log/errors.ts';
import { sql } from '#models/store/sql.ts';
import { XesLog, xesEventColumns } from './log.ts';
import { NotOrdinary, XmlScanner } from './scan.ts';
import { StrictXml } from './strict.ts';

/**
 * Reads XES (IEEE 1849): the fast scanner first, and the strict parser from the start again where the file holds
 * anything out of the ordinary.
 *
 * Activity is `concept:name` (or the classifier, the key or the keys that the mapping names); resource, team and role
 * are `org:resource`, `org:group`, `org:role`. A trace is a case: its attributes are the case's, traces of one name are
 * one case, a trace without a name is called after a hash of what it holds. An event outside traces has no case.
 */
export async function readXes(reading: Reading, { isStrict = false } = {}): Promise<ReadReport> {
  const { mapping, previous, staging, findings } = reading;
  const log = await parse(reading, isStrict);
  log.finish();
  for (const { kind, message, example, count } of log.findings.list()) findings.add(kind, message, example, count);
  const rejected = await staging.table('rejected', rejectedColumns);
  rejected.close();
  const emptyCases = await nameTraces(reading);
  const format: TimeFormat =
    mapping.timestamp_format === undefined
      ? { kind: 'parts', order: 'ymd' }
      : parseTimeFormat(mapping.timestamp_format);
  const times: Record<TimeRole, TimeFormat> = { timestamp: format, start: format, recorded_at: format };
  const named = (role: 'timestamp' | 'start' | 'recorded_at') => columnsOf(mapping, role)[0];
  const used = log.usedMapping();
  const unseen = new Set(timeRoles.filter((role) => used[role] === undefined));
  const kept = keepFormats({ mapping: used, times, unseen }, previous);
  const records: Records = {
    relation: sql`
      select e.position::bigint as position, e.id as source_ref, t.case_id, e.activity, e."timestamp", e."start",
        e.recorded_at, e.lifecycle, e.instance, e.resource, e.team, e.role, e.system, e.legal_entity, e.attributes,
        e.case_attributes, to_json(e)::varchar as raw
      from xes_event e left join trace_case t using (trace)`,
    times,
    placement: { zone: mapping.zone ?? 'UTC', dayAt: mapping.day_at ?? 'start' },
    locator: { word: 'event', first: 1 },
    fields: {
      case: 'trace',
      activity: typeof used.activity === 'string' ? used.activity : (used.activity ?? []).join('+'),
      timestamp: named('timestamp') ?? 'time:timestamp',
      start: named('start'),
      recorded_at: named('recorded_at')
    },
    fixes: {
      case: 'put the event into a trace',
      activity: 'give the event a concept:name, or name a classifier or key with --activity',
      'no time': 'give the event a time:timestamp, or name another key with --timestamp'
    },
    kept,
    cases: sql`select position, trace::bigint as turn, case_id, attributes from trace_case`
  };
  const counted = await stageRecords(staging, records, findings);
  reportZone(findings, counted, mapping.zone);
  return {
    format: 'xes',
    rowsIn: log.events,
    countsObjects: false,
    emptyCases,
    mapping: { ...used, time_formats: timeFormatsOf({ times, unseen }) },
    findings: findings.list()
  };
}

async function parse(reading: Reading, isStrict: boolean): Promise<XesLog> {
  const { file, staging, progress, signal, mapping } = reading;
  const encoding = declaredEncoding(await headOf(file, 4096), file.name);
  const events = await staging.table('xes_event', {
    position: 'double',
    trace: 'double',
    ...Object.fromEntries(xesEventColumns.map((name) => [name, 'varchar' as const]))
  });
  const traces = await staging.table('xes_trace', {
    trace: 'double',
    position: 'double',
    name: 'varchar',
    attributes: 'varchar',
    events: 'double'
  });
  const log = new XesLog(mapping, { events, traces }, file.name);
  const parser = isStrict ? new StrictXml(log, file.name) : new XmlScanner(log);
  try {
    const bytes = bytesOf(file, { onBytes: progress.bytes, signal });
    for await (const text of textOf(bytes, { encoding, isFatal: true, file: file.name })) {
      parser.write(text);
      progress.rows(log.events);
    }
    parser.end();
  } catch (error) {
    events.abandon();
    traces.abandon();
    if (error instanceof NotOrdinary) return parse(reading, true);
    throw error;
  }
  events.close();
  traces.close();
  return log;
}

/** By the byte order mark, else as the XML declaration says, else UTF-8. @throws {BadInput} for an unknown one */
function declaredEncoding(head: Buffer, file: string): string {
  const seen = encodingOf(head);
  if (seen.startsWith('utf-16')) return seen;
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=["']([^"']+)/.exec(head.toString('latin1', 0, 400))?.[1];
  if (declared === undefined || /^utf-?16/i.test(declared)) return 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch (cause) {
    throw new BadInput(
      `${file} declares an unknown encoding, ${declared}`,
      { file, fix: 'save it as UTF-8' },
      { cause }
    );
  }
}

/** Gives each trace its case. Returns how many cases have no event. */
async function nameTraces({ staging, findings }: Reading): Promise<number> {
  const isNamed = sql`trim(coalesce(name, '')) <> ''`;
  await staging.execute(sql`
    create or replace temp table unnamed as
    with content as (
      select t.trace, md5(coalesce(any_value(t.attributes), '') || coalesce(string_agg(
        concat_ws(chr(31), e.activity, e."timestamp", e.resource, e.attributes), chr(30) order by e.position), '')) as digest
      from xes_trace t left join xes_event e using (trace) where not ${isNamed} group by t.trace
    )
    select trace, digest, row_number() over (partition by digest order by trace) as n from content`);
  await staging.execute(sql`
    create or replace temp table trace_case as
    select t.trace, t.position::bigint as position, t.attributes, t.events, case when ${isNamed} then t.name
      else 'unnamed ' || u.digest[:12] || if(u.n = 1, '', '-' || u.n) end as case_id
    from xes_trace t left join unnamed u using (trace)`);
  const [counted] = await staging.query<{ traces: number; cases: number; unnamed: number; empty: number }>(sql`
    select count(*)::double as traces, count(distinct case_id)::double as cases,
      (select count(*) from unnamed)::double as unnamed,
      (select count(*)::double from (select case_id from trace_case group by case_id having sum(events) = 0)) as empty
    from trace_case`);
  const { traces = 0, cases = 0, unnamed = 0, empty = 0 } = counted ?? {};
  const named: Finding[] = [
    {
      kind: 'unnamed_trace',
      message: 'traces without a name were called after a hash of what they hold',
      count: unnamed
    },
    {
      kind: 'repeated_trace',
      message: 'traces whose name an earlier trace has; they are one case',
      count: traces - cases
    },
    { kind: 'empty_trace', message: 'traces without events; they are known as cases, and counted apart', count: empty }
  ];
  for (const { kind, message, count } of named) findings.add(kind, message, undefined, count);
  return empty;
}
