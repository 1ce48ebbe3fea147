import type { Stream, ValueType } from '#ingest/mapping/record-mapping.ts';
import { ident, join, raw, sql, type Sql } from '#models/store/sql.ts';
import { holds, type Fields } from './fields.ts';
import { levelTable, slotsPerRecord } from './tables.ts';

/** A reason why a record is not taken. */
export interface Check {
  /** Where it is looked for: '' for the record, or one of its lists. */
  list: string;
  /** Absent where it is not a row that fails, but a record by its entries. */
  fails?: Sql;
  reason: string;
  field: string;
  fix: string;
  /** Added to the reason. */
  about?: Sql;
}

const quoted = (texts: readonly string[]) => texts.join(' or ');

/** In the order in which they are told: a record has one reason. */
export function checksOf(stream: Stream, fields: Fields, hasZone: boolean): Check[] {
  const checks: Check[] = [];
  const add = (name: string, fails: Sql, reason: string, fix: string) =>
    checks.push({ list: fields.of(name).list, fails, reason, field: name, fix });
  for (const name of new Set([...stream.id, ...stream.required]))
    add(name, sql`${fields.column(name)} is null`, `no ${name}`, 'fill it in');
  for (const name of stream.lists) {
    const isNoList = sql`${ident(`${fields.of(name).column}_items`)} is null and ${fields.column(name)} is not null`;
    add(name, isNoList, 'it is no list', 'write a list of objects');
    checks.push({
      list: name,
      fails: sql`json_type(item) <> 'OBJECT'`,
      reason: 'an entry of the list is no object',
      field: name,
      fix: 'write a list of objects'
    });
  }
  for (const { activity, at, when } of stream.events)
    if (typeof activity !== 'string')
      add(
        activity.by,
        sql`${fields.column(activity.by)} is null and ${fields.column(at)} is not null and ${holds(fields, when)}`,
        `no ${activity.by}`,
        `fill it in, or leave ${at} empty`
      );
  const { zone } = stream.times;
  const times = fields.all.filter(({ types }) => types.has('time'));
  for (const { name, column, types } of fields.all) {
    const unreadable = (suffix: string) =>
      sql`${ident(column)} is not null and ${ident(`${column}_${suffix}`)} is null`;
    for (const type of ['time', 'date', 'number', 'boolean'] as const)
      if (types.has(type)) {
        const { reason, fix } = unread(stream, type);
        add(name, unreadable(type === 'time' ? 'at' : type), reason, fix);
      }
  }
  for (const { name, column } of times) {
    const lacks = sql`${ident(`${column}_local`)} and zone is null`;
    if (typeof zone !== 'object') {
      if (!hasZone)
        add(name, lacks, 'the time names no zone', 'write times with their offset, or give a zone in the mapping');
      continue;
    }
    const [kind, where] = 'office' in zone ? (['office', zone.office] as const) : (['zone', zone.field] as const);
    checks.push({
      list: fields.of(name).list,
      fails: lacks,
      reason: kind === 'office' ? 'no time zone is known for the office ' : 'there is no time zone ',
      field: where,
      fix: kind === 'office' ? 'add it to offices in the set-up' : 'use an IANA name, for example Europe/Amsterdam',
      about: sql`coalesce(${fields.column(where)}, '(empty)')`
    });
  }
  if (stream.lists.length > 0)
    checks.push({
      list: '',
      reason: `more than ${slotsPerRecord} events in one record`,
      field: stream.lists[0] ?? '',
      fix: 'export it as several records'
    });
  return checks;
}

/** Records of more possible events than there are places for, as `position, code, about`. */
export function overflows({ events, lists }: Stream, checks: readonly Check[]): Sql[] {
  const code = checks.findIndex(({ fails }) => fails === undefined);
  const counts = lists.flatMap((list) => {
    const rules = events.filter((rule) => rule.in === list).length;
    return rules === 0
      ? []
      : [sql`select position, count(*) * ${rules} as n from ${levelTable(list)} group by position`];
  });
  if (code < 0 || counts.length === 0) return [];
  const single = events.filter((rule) => rule.in === undefined).length;
  return [
    sql`select position, ${raw(String(code))} as code, null::varchar as about
      from (${join(counts, ' union all ')}) group by position having sum(n) + ${single} > ${slotsPerRecord}`
  ];
}

function unread(stream: Stream, type: Extract<ValueType, 'time' | 'date' | 'number' | 'boolean'>) {
  const { times, decimal_comma, booleans } = stream;
  switch (type) {
    case 'time':
      return {
        reason: 'the time cannot be read',
        fix: `correct it; the times of this file are written ${times.format}`
      };
    case 'date':
      return {
        reason: 'the date cannot be read',
        fix: `correct it; the dates of this file are written ${times.format}`
      };
    case 'number':
      return { reason: 'the number cannot be read', fix: `write it like ${decimal_comma ? '1.234,56' : '1234.56'}` };
    case 'boolean':
      return { reason: 'it is neither yes nor no', fix: `write ${quoted(booleans.yes)}, or ${quoted(booleans.no)}` };
  }
}

/** The number of the first check of a list that fails; NULL for a sound row. */
export function firstFailure(checks: readonly Check[], list: string): Sql {
  const cases = checks.flatMap(({ list: its, fails }, i) =>
    its === list && fails ? [sql`when ${fails} then ${raw(String(i))}`] : []
  );
  return cases.length === 0 ? sql`null::integer` : sql`case ${join(cases, ' ')} end`;
}

/** The rows of a list's table that fail, as `position, code, about`. */
export function failures(checks: readonly Check[], list: string, table: Sql): Sql {
  const about = checks.flatMap(({ list: its, about: text }, i) =>
    its === list && text ? [sql`when ${raw(String(i))} then ${text}`] : []
  );
  const told = about.length === 0 ? sql`null::varchar` : sql`case problem ${join(about, ' ')} end`;
  return sql`select position, problem as code, ${told} as about from ${table} where problem is not null`;
}

/** `position, reason, field, fix` of the rows of `problem`. */
export function explained(checks: readonly Check[]): Sql {
  const rows = checks.map(({ reason, field, fix }, i) => sql`(${raw(String(i))}, ${reason}, ${field}, ${fix})`);
  return sql`
    select position, e.reason || coalesce(about, '') as reason, e.field, e.fix
    from problem join (values ${join(rows, ', ')}) as e(code, reason, field, fix) using (code)`;
}
