import { parseTimeFormat, timeReader } from '#ingest/mapping/times.ts';
import type { Stream } from '#ingest/mapping/record-mapping.ts';
import type { Staging } from '#ingest/staging.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import { firstFailure, type Check } from './checks.ts';
import type { Clocks } from './clocks.ts';
import { oneOf, type Field, type Fields } from './fields.ts';
import { levelTable } from './tables.ts';

/** What the records are read with. */
export interface LevelOptions {
  stream: Stream;
  fields: Fields;
  checks: readonly Check[];
  clocks: Clocks;
  /** The zone of each row's times. */
  zone: Sql;
  /** The text of each field of the record, and what else is to be kept, from `source_row`. */
  source: Sql;
}

/** The columns of a list whose values are times. */
export const timesIn = (fields: Fields, list: string): string[] =>
  fields
    .in(list)
    .filter(({ types }) => types.has('time'))
    .map(({ column }) => column);

/**
 * Makes a table of the records and one of the entries of each list, which carries the fields of what is around it: texts,
 * numbers, instants, and as `problem` the first check that fails. Entries are numbered by `i1`, `i2` … from 0.
 */
export async function readLevels(staging: Staging, options: LevelOptions): Promise<void> {
  const { stream, zone, source, fields, clocks } = options;
  for (const list of ['', ...stream.lists]) {
    const from = list === '' ? sql`select *, ${zone} as zone from (${source})` : entriesOf(options, list);
    const read = readings(options, list, from);
    const times = timesIn(fields, list);
    await clocks.learn(times, read);
    await staging.execute(sql`create or replace temp table ${levelTable(list)} as ${clocks.place(times, read)}`);
  }
}

/** The entries of a list, each beside the fields of what is around it, and the texts of its own. */
function entriesOf({ stream, fields }: LevelOptions, list: string): Sql {
  const own = fields.in(list);
  const around = fields.of(list);
  const items = ident(`${around.column}_items`);
  const member = (field: Field) => sql`${`$.${path(field.name.slice(list.length + 1))}`}`;
  const extracted = sql`json_extract_string(item, [${join(own.map(member), ', ')}])`;
  const texts = own.map((field, i) => sql`, nullif(trim(texts[${raw(String(i + 1))}]), '') as ${ident(field.column)}`);
  const outer = sql`select *${around.list === '' ? sql`, null as item` : sql``} from ${levelTable(around.list)}`;
  return sql`
    select * exclude (texts)${join(texts, '')} from (
      select *, ${own.length === 0 ? sql`null` : extracted} as texts from (
        select * exclude (problem, item, ${items}), unnest(${items}) as item,
          unnest(range(len(${items})))::integer as ${ident(`i${depthOf(stream, list)}`)}
        from (${outer})))`;
}

/** 1 for a list of the record, 2 for a list in that … */
export function depthOf(stream: Stream, list: string): number {
  return stream.lists.filter((other) => list === other || list.startsWith(`${other}.`)).length;
}

/** JSON path of a member, its names quoted. */
const path = (names: string) =>
  names
    .split('.')
    .map((name) => `"${name.replaceAll('"', '\\"')}"`)
    .join('.');

function readings({ stream, fields, checks }: LevelOptions, list: string, from: Sql): Sql {
  const own = fields.in(list);
  const times = own.filter(({ types }) => types.has('time') || types.has('date'));
  // What is read here is the clock on the wall.
  const format = parseTimeFormat(stream.times.format);
  const readers = times.map((field) => {
    const reader = timeReader(ident(field.column), format, { zone: 'UTC', dayAt: 'start' });
    const parts = `${field.column}_parts`;
    return { field, parts, taken: reader.parts, read: reader.read(ident(parts)) };
  });
  const columns = own.flatMap((field): Sql[] => {
    const text = ident(field.column);
    const named = (suffix: string, value: Sql) => sql`${value} as ${ident(`${field.column}_${suffix}`)}`;
    const made: Sql[] = [];
    if (field.types.has('number')) made.push(named('number', numberOf(text, stream.decimal_comma)));
    if (field.types.has('boolean')) made.push(named('boolean', booleanOf(text, stream.booleans)));
    if (stream.lists.includes(field.name))
      made.push(
        named(
          'items',
          sql`if(json_type(try_cast(${text} as json)) = 'ARRAY', from_json(try_cast(${text} as json), '["JSON"]'), null)`
        )
      );
    return made;
  });
  const read = readers.flatMap(({ field: { column, types }, read: { instant, isDay, isLocal } }) => [
    ...(types.has('date') ? [sql`(${instant})::date as ${ident(`${column}_date`)}`] : []),
    ...(types.has('time')
      ? [
          sql`${instant} as ${ident(`${column}_at`)}`,
          sql`${isDay} as ${ident(`${column}_day`)}`,
          sql`${isLocal} as ${ident(`${column}_local`)}`
        ]
      : [])
  ]);
  const with_ = (pieces: readonly Sql[]) =>
    join(
      pieces.map((piece) => sql`, ${piece}`),
      ''
    );
  const parts = readers.map(({ taken, parts: name }) => sql`${taken} as ${ident(name)}`);
  const withoutParts =
    readers.length === 0
      ? sql``
      : sql` exclude (${join(
          readers.map(({ parts: name }) => ident(name)),
          ', '
        )})`;
  return sql`
    select *, ${firstFailure(checks, list)} as problem from (
      select *${withoutParts}${with_(read)} from (
        select *${with_(columns)}${with_(parts)} from (${from})))`;
}

function numberOf(text: Sql, isDecimalComma: boolean): Sql {
  const number = isDecimalComma
    ? sql`if(regexp_full_match(${text}, ${raw(String.raw`'[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?'`)}),
        try_cast(replace(replace(${text}, '.', ''), ',', '.') as double), null)`
    : sql`try_cast(${text} as double)`;
  return sql`case when isfinite(${number}) then ${number} end`;
}

function booleanOf(text: Sql, { yes, no }: Stream['booleans']): Sql {
  const lower = (texts: readonly string[]) => texts.map((one) => one.toLowerCase());
  const value = sql`lower(${text})`;
  return sql`case when ${oneOf(value, lower(yes))} then true when ${oneOf(value, lower(no))} then false end`;
}

/** The zone of a record: constant, that of its office, or the one it names; NULL where that is unknown. */
export function zoneOf(
  stream: Stream,
  fields: Fields,
  offices: Record<string, string>,
  fixed: string | undefined
): Sql {
  const { zone } = stream.times;
  if (typeof zone !== 'object') return fixed === undefined ? sql`null::varchar` : sql`${fixed}::varchar`;
  if ('field' in zone) {
    const named = fields.column(zone.field);
    return sql`if(${named} in (select name from pg_timezone_names()), ${named}, null)`;
  }
  const known = Object.entries(offices);
  if (known.length === 0) return sql`null::varchar`;
  const office = fields.column(zone.office);
  return sql`case ${office} ${join(
    known.map(([name, its]) => sql`when ${name} then ${its}`),
    ' '
  )} end`;
}
