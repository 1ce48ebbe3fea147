import type { Findings } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import { timeRoles, type TimeRole } from './infer.ts';
import { timeReader, type Placement, type TimeFormat } from './times.ts';

/** The columns of a record relation. Times are still as the file writes them. */
export const recordColumns = [
  'position',
  'source_ref',
  'case_id',
  'activity',
  'timestamp',
  'start',
  'recorded_at',
  'lifecycle',
  'instance',
  'resource',
  'team',
  'role',
  'system',
  'legal_entity',
  'attributes',
  'case_attributes'
] as const;

/** Records of any format on their way to canonical events: rows that say what happened, in texts or typed values. */
export interface Records {
  /** A relation with {@link recordColumns} and `raw`, the record as a text for quarantine. */
  relation: Sql;
  times: Partial<Record<TimeRole, TimeFormat>>;
  placement: Placement;
  /** What a record is called and the number of the first: `row 2` is the first below a CSV header. */
  locator: { word: string; first: number };
  /** What the file calls the parts that must be there. `case` is null where events name their objects themselves. */
  fields: {
    case: string | null;
    activity: string;
    timestamp: string;
    start?: string | undefined;
    recorded_at?: string | undefined;
  };
  /** Other ways to mend a record that lacks something, by what it lacks. */
  fixes?: Partial<Record<'case' | 'activity' | 'no time', string>>;
  /** Formats of times that are the last import's and not the file's own, in words. */
  kept?: Partial<Record<TimeRole, string>>;
  /** `position, turn, case_id, attributes` of cases, `turn` telling apart those at one position; else they follow from the records. */
  cases?: Sql;
}

/**
 * Writes `event`, `event_object` and `object` (where cases follow from events) and `quarantine` from records and from
 * the table `rejected` (`position, reason, field, fix, raw`), which holds what could not even be read as a record.
 *
 * A record without a case, an activity or a readable time goes to quarantine with the reason and what would mend it.
 * A case's attributes are the last value of each key in file order, as the store takes the last over several files: cutting
 * a file changes nothing.
 *
 * @returns how many events and how many quarantined records were written
 */
export async function stageRecords(staging: Staging, records: Records, findings: Findings) {
  await staging.execute(sql`create or replace temp table mapped as ${mapped(records)}`);
  await staging.write(
    'event',
    sql`select position, source_ref, activity, happened_at, start_at, if(is_day, 'day', 'instant') as precision, recorded_at,
      lifecycle, instance, resource, team, role, system, legal_entity, attributes
      from mapped where reason is null order by position`
  );
  const hasCases = records.fields.case !== null;
  if (hasCases) {
    await staging.write(
      'event_object',
      sql`select position, 'case' as object_type, case_id as object_id, '' as qualifier
        from mapped where reason is null order by position`
    );
    await stageCases(staging, records, findings);
  }
  const counted = await countRecords(staging, findings);
  await staging.write('quarantine', quarantine(records, counted.misfits > 0));
  return counted;
}

const blank = (value: Sql): Sql =>
  sql`(${value} is null or trim(${value}::varchar, ' ' || chr(9) || chr(10) || chr(13)) = '')`;

function mapped({ relation, times, placement, fields }: Records): Sql {
  const readers = timeRoles.map((role) => {
    const format = times[role];
    const reader = format && timeReader(ident(role), format, placement);
    return { role, parts: reader?.parts ?? sql`null`, read: reader?.read(ident(`${role}_parts`)) };
  });
  const nothing = { instant: sql`null::timestamp`, isDay: sql`false`, isLocal: sql`false` };
  const [happened, started, recorded] = readers.map(({ read }) => read ?? nothing) as [
    typeof nothing,
    typeof nothing,
    typeof nothing
  ];
  const others = recordColumns.filter((name) => !(timeRoles as readonly string[]).includes(name));
  const empty = new Set(['position', 'activity', 'case_id', 'attributes', 'case_attributes']);
  const columns = others.map((name) =>
    // Said to be empty is not said.
    empty.has(name) ? ident(name) : sql`nullif(${ident(name)}, '') as ${ident(name)}`
  );
  const unreadable = (role: 'start' | 'recorded_at') =>
    times[role] === undefined ? sql`false` : sql`(not ${blank(ident(role))} and ${ident(`${role}_at`)} is null)`;
  return sql`
    with taken_apart as (
      select *, ${join(
        readers.map(({ role, parts }) => sql`${parts} as ${ident(`${role}_parts`)}`),
        ', '
      )} from (${relation})
    ), timed as (
      select ${join(columns, ', ')}, "timestamp", "start", recorded_at,
        ${happened.instant} as happened_at, ${happened.isDay} as is_day, ${happened.isLocal} as is_local,
        ${started.instant} as start_at, ${recorded.instant} as recorded_at_at
      from taken_apart
    )
    select * exclude ("timestamp", "start", recorded_at, recorded_at_at), recorded_at_at as recorded_at,
      case
        when ${fields.case === null ? sql`false` : blank(sql`case_id`)} then 'case'
        when ${blank(sql`activity`)} then 'activity'
        when ${blank(sql`"timestamp"`)} then 'no time'
        when happened_at is null or not isfinite(happened_at) then 'timestamp'
        when ${unreadable('start')} then 'start'
        when ${unreadable('recorded_at')} then 'recorded_at'
      end as reason
    from timed`;
}

const otherwise =
  'write it that way, or give its format (timestamp_format); rows read otherwise than before count as new, so delete the log first';
const wordsOf = (format: string) => ({ dmy: 'day-first (dmy)', mdy: 'month-first (mdy)' })[format] ?? format;

/** What a reason means to a person: the words, the field, the way to mend it. */
function explain({ fields, fixes = {}, kept = {} }: Records): Sql {
  const format = 'write it like 2024-05-31T14:00:00+02:00, or give its format (timestamp_format)';
  const time = (role: TimeRole, reason: string): [string, string, string, string] => {
    const before = kept[role];
    const field = fields[role] ?? '';
    return before === undefined
      ? [role, reason, field, format]
      : [role, `${reason} as ${wordsOf(before)}, the way this source was read before`, field, otherwise];
  };
  const rows: [string, string, string, string][] = [
    ['case', 'no case', fields.case ?? '', fixes.case ?? 'fill it in, or name another column with --case'],
    [
      'activity',
      'no activity',
      fields.activity,
      fixes.activity ?? 'fill it in, or name another column with --activity'
    ],
    ['no time', 'no time', fields.timestamp, fixes['no time'] ?? 'fill it in, or name another column with --timestamp'],
    time('timestamp', 'the time cannot be read'),
    time('start', 'the start cannot be read'),
    time('recorded_at', 'the time of recording cannot be read')
  ];
  return sql`(values ${join(
    rows.map(
      (row) =>
        sql`(${join(
          row.map((value) => sql`${value}`),
          ', '
        )})`
    ),
    ', '
  )}) as explained(code, reason, field, fix)`;
}

function quarantine(records: Records, hasMisfits: boolean): Sql {
  const misfits = sql`
    select q.position, explained.reason, explained.field, explained.fix, r.raw
    from (select position, reason as code from mapped where reason is not null) q
    join ${explain(records)} on explained.code = q.code
    join (${records.relation}) r on r.position = q.position`;
  const locator = sql`${records.locator.word} || ' ' || (position + ${records.locator.first})::bigint`;
  return sql`
    select position::bigint as position, ${locator} as locator, reason, field, fix, raw from (
      select position, reason, field, fix, raw from rejected
      ${hasMisfits ? sql`union all ${misfits}` : sql``}
    ) order by position`;
}
async function stageCases(staging: Staging, records: Records, findings: Findings): Promise<void> {
  const followed = sql`select position, case_id, case_attributes as attributes`;
  const sound = sql`from mapped where reason is null`;
  // What is said of a case at the position of an event stands before the event.
  const turns = sql`4294967296::hugeint`;
  const said = records.cases
    ? sql`select position, case_id, attributes, position * ${turns} + turn as place from (${records.cases}) union all
        ${followed}, (position + 1) * ${turns} - 1 as place ${sound} and case_attributes is not null`
    : sql`${followed}, position as place ${sound}`;
  await staging.execute(sql`
    create or replace temp table case_said as
    select case_id, attributes, min(position) as position, max(place) as place from (${said})
    group by case_id, attributes`);
  await staging.execute(sql`
    create or replace temp table case_value as
    select case_id, key, last(value order by place, attributes) as value, count(distinct value) as values
    from (
      select s.case_id, s.place, s.attributes, j.key, j.value from case_said s, json_each(s.attributes) j
      where s.case_id in (select case_id from case_said group by case_id having count(attributes) > 1)
    ) group by case_id, key`);
  await staging.write(
    'object',
    sql`
      select c.position::bigint as position, 'case' as object_type, c.case_id as object_id,
        coalesce(m.attributes, c.attributes) as attributes from (
        select case_id, min(position) as position, max(attributes) as attributes from case_said group by case_id
      ) c left join (
        select case_id, '{' || string_agg(to_json(key)::varchar || ':' || value::varchar, ',' order by key) || '}' as attributes
        from case_value group by case_id
      ) m using (case_id) order by c.position, c.case_id`
  );
  const [differing] = await staging.query<{ n: number; example: string | null }>(
    sql`select count(*)::double as n, min(key || ' of ' || case_id) as example from case_value where "values" > 1`
  );
  findings.add(
    'case_attribute_differs',
    'attributes of a case that have several values in it; the last is kept',
    differing?.example ?? undefined,
    differing?.n ?? 0
  );
}

async function countRecords(staging: Staging, findings: Findings) {
  const [counted] = await staging.query<{
    events: number;
    misfits: number;
    rejected: number;
    backwards: number;
    local: number;
  }>(sql`
    select count(*) filter (reason is null)::double as events, count(reason)::double as misfits,
      (select count(*)::double from rejected) as rejected,
      count(*) filter (reason is null and start_at > happened_at)::double as backwards,
      count(*) filter (reason is null and is_local)::double as local
    from mapped`);
  const { events = 0, misfits = 0, rejected = 0, backwards = 0, local = 0 } = counted ?? {};
  findings.add(
    'start_after_end',
    'events that start after they are complete; loaded as they are',
    undefined,
    backwards
  );
  return { events, misfits, quarantined: misfits + rejected, local };
}

export type Counted = Awaited<ReturnType<typeof countRecords>>;

/** One finding for times that name no zone when nobody said which zone is meant. */
export function reportZone(findings: Findings, { local }: Counted, zone: string | undefined): void {
  if (zone !== undefined) return;
  findings.add(
    'time_without_zone',
    'times that name no zone were read as UTC; --zone ZONE reads them otherwise',
    undefined,
    local
  );
}

/** A JSON object of the values that are there, keys in order; NULL when there is none. Values are JSON texts. */
export function jsonObject(entries: readonly { key: string; json: Sql }[]): Sql {
  if (entries.length === 0) return sql`null::varchar`;
  const sorted = [...entries].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  // concat_ws leaves out what is NULL.
  const members = sorted.map(({ key, json }) => sql`${`${JSON.stringify(key)}:`} || ${json}`);
  return sql`nullif('{' || concat_ws(',', ${join(members, ', ')}) || '}', '{}')`;
}

/** The table of what could not be read as a record, filled by parsers. */
export const rejectedColumns = {
  position: 'double',
  reason: 'varchar',
  field: 'varchar',
  fix: 'varchar',
  raw: 'varchar'
} as const;

/** An absent column. */
export const absent = raw('null::varchar');
