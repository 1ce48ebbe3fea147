import { join, list, raw, sql, type Sql } from '#models/store/sql.ts';
import { absent, jsonObject, type Records } from './compile.ts';
import { timeRoles, type Column, type Resolution } from './infer.ts';
import { columnsOf, type Role } from './mapping.ts';
import type { Placement } from './times.ts';

/** A column of a table in the reader's database. */
export interface TableColumn extends Column {
  value: Sql;
  /** The database's type; VARCHAR when absent. */
  sqlType?: string;
  isDecimalComma?: boolean;
}

export interface Table {
  columns: TableColumn[];
  /** `position` and what the values of the columns refer to. */
  from: Sql;
  locator: Records['locator'];
  /** The record as a text, for quarantine. */
  raw: Sql;
}

export const placementOf = ({ mapping }: Pick<Resolution, 'mapping'>): Placement => ({
  zone: mapping.zone ?? 'UTC',
  dayAt: mapping.day_at ?? 'start'
});

/** The records of a table: each row an event, its columns in the roles that were resolved, the others its attributes. */
export function tableRecords(table: Table, resolution: Resolution): Records {
  const { mapping, times } = resolution;
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const missing = mapping.missing ?? [];
  const known = (column: TableColumn): Sql =>
    missing.length === 0 || !isText(column)
      ? column.value
      : sql`if(${column.value} in (${list(missing)}), null, ${column.value})`;
  const column = (name: string): TableColumn => {
    const found = byName.get(name);
    if (!found) throw new RangeError(`no column ${name}`);
    return found;
  };
  const text = (role: Role): Sql => {
    const found = columnsOf(mapping, role).map((name) => textOf(column(name), known(column(name))));
    if (found.length <= 1) return found[0] ?? absent;
    // One of several may be absent; if all are, there is no value.
    return sql`if(coalesce(${join(
      found.map((value) => sql`nullif(${value}, '')`),
      ', '
    )}) is null, null, ${join(
      found.map((value) => sql`coalesce(${value}, '')`),
      ` || '+' || `
    )})`;
  };
  const time = (role: Role): Sql => {
    const [name] = columnsOf(mapping, role);
    return name === undefined ? absent : known(column(name));
  };
  const placement = placementOf(resolution);
  const attributes = (of: Resolution['eventAttributes']) =>
    jsonObject(
      of.map(({ column: name, key }) => ({ key, json: jsonOf(column(name), known(column(name)), placement) }))
    );
  const relation = sql`
    select position::bigint as position, ${text('id')} as source_ref, ${text('case')} as case_id,
      ${text('activity')} as activity, ${time('timestamp')} as "timestamp", ${time('start')} as "start",
      ${time('recorded_at')} as recorded_at, ${text('lifecycle')} as lifecycle, ${text('instance')} as instance,
      ${text('resource')} as resource, ${text('team')} as team, ${text('role')} as role, ${text('system')} as system,
      ${text('legal_entity')} as legal_entity, ${attributes(resolution.eventAttributes)} as attributes,
      ${attributes(resolution.caseAttributes)} as case_attributes, ${table.raw} as raw
    from ${table.from}`;
  const named = (role: Role) => columnsOf(mapping, role).join('+');
  return {
    relation,
    times: Object.fromEntries(timeRoles.flatMap((role) => (times[role] ? [[role, times[role]]] : []))),
    placement,
    locator: table.locator,
    fields: {
      case: named('case'),
      activity: named('activity'),
      timestamp: named('timestamp'),
      start: named('start'),
      recorded_at: named('recorded_at')
    }
  };
}

const isText = ({ sqlType }: TableColumn) => sqlType === undefined || sqlType === 'VARCHAR';
const isFloat = (sqlType: string | undefined) => sqlType === 'DOUBLE' || sqlType === 'FLOAT';

/** A value as a name or an id: whole numbers that a data frame keeps as floats lose their `.0`. */
function textOf(column: TableColumn, value: Sql): Sql {
  if (isText(column)) return value;
  if (isFloat(column.sqlType))
    return sql`case when ${value} = trunc(${value}) and abs(${value}) < 1e15 then ${value}::bigint::varchar else ${value}::varchar end`;
  return sql`${value}::varchar`;
}

/**
 * An instant as a text of JSON: `2011-10-11T11:45:40.276Z`, with microseconds only where there are some.
 * (What JavaScript's `toISOString` writes, so that logs of several formats agree.)
 */
export const isoText = (instant: Sql): Sql =>
  sql`if(epoch_us(${instant}) % 1000 = 0, strftime(${instant}, '"%Y-%m-%dT%H:%M:%S.%gZ"'), strftime(${instant}, '"%Y-%m-%dT%H:%M:%S.%fZ"'))`;

function jsonOf(column: TableColumn, value: Sql, { zone }: Placement): Sql {
  if (column.isDecimalComma) return decimalCommaJson(value);
  if (isText(column)) return sql`if(${value} <> '', to_json(${value})::varchar, null)`;
  const { sqlType = '' } = column;
  if (/^TIMESTAMP WITH TIME ZONE/.test(sqlType)) return isoText(sql`${value}::timestamp`);
  if (/^TIMESTAMP/.test(sqlType)) {
    const local = sql`${value}::timestamp`;
    return isoText(zone === 'UTC' ? local : sql`timezone(${zone}, ${local})::timestamp`);
  }
  // JSON has no infinity and no NaN.
  if (isFloat(sqlType))
    return sql`if(isfinite(${value}), to_json(${value})::varchar, to_json(${value}::varchar)::varchar)`;
  if (
    /^(TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|BOOLEAN|DECIMAL|STRUCT|MAP)|\[\d*\]$/.test(
      sqlType
    )
  )
    return sql`to_json(${value})::varchar`;
  return sql`to_json(${value}::varchar)::varchar`;
}

const decimalComma = String.raw`^-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$`;

/**
 * Whether the values of a column are numbers with a decimal comma. Thousands look alike (`1,234`), so one value must
 * have another number of decimals, or dots as well.
 */
export function usesDecimalComma(samples: readonly string[]): boolean {
  const values = samples.map((sample) => sample.trim()).filter((sample) => sample !== '');
  const pattern = new RegExp(decimalComma);
  return values.every((value) => pattern.test(value)) && values.some((value) => /,(\d{1,2}|\d{4,})$|\..*,/.test(value));
}

/** `1.167,52` as the number 1167.52; what is no such number, or has more digits than a double, stays a text. */
function decimalCommaJson(value: Sql): Sql {
  const trimmed = sql`trim(${value})`;
  const digits = sql`replace(replace(${trimmed}, '.', ''), ',', '.')`;
  const canonical = sql`regexp_replace(${digits}, ${raw(String.raw`'^(-?)0+(\d)'`)}, ${raw(String.raw`'\1\2'`)})`;
  return sql`case when ${value} = '' then null
    when regexp_full_match(${trimmed}, ${raw(`'${decimalComma}'`)}) and length(${digits}) <= 16 then ${canonical}
    else to_json(${value})::varchar end`;
}
