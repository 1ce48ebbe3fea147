import type { Stream } from '#ingest/mapping/record-mapping.ts';
import type { Findings } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { raw, sql, type Sql } from '#models/store/sql.ts';
import type { Fields } from './fields.ts';
import { levelTable } from './tables.ts';

/** A field that the mapping does not name, as an attribute. */
export interface Unmapped {
  /** '' for the record, or the list whose entries have it. */
  list: string;
  key: string;
  json: Sql;
}

/** As many as become attributes of their own; more are no columns but data, and stay together. */
const most = 500;

/** JSON path of nested members. */
const path = (names: readonly string[]) => `$${names.map((name) => `."${name.replaceAll('"', '\\"')}"`).join('')}`;

/** What the mapping does not name is kept and told: a new column of an export is news, and no reason to stop. */
export function reportUnmapped(findings: Findings, stream: Stream, unmapped: readonly Unmapped[]): void {
  const namesOf = (some: readonly Unmapped[]) => some.map(({ list, key }) => (list === '' ? key : `${list}.${key}`));
  const isKept = ({ list }: Unmapped) =>
    list === '' || [...stream.events, ...stream.objects].some((r) => r.in === list);
  const names = namesOf(unmapped.filter(isKept));
  const left = namesOf(unmapped.filter((one) => !isKept(one)));
  const example = names.slice(0, 20).join(', ');
  findings.add(
    'unmapped_column',
    'columns that the mapping does not name; left out, for nothing is made of their list that could hold them',
    left.join(', '),
    left.length
  );
  findings.add(
    'unmapped_column',
    'columns that the mapping does not name; they were kept as attributes',
    example,
    names.length
  );
}

/** Columns of a table that nobody names. */
export function unmappedColumns(columns: readonly { name: string; value: Sql }[]): Unmapped[] {
  return columns.map(({ name, value }) => ({ list: '', key: name, json: sql`to_json(nullif(${value}, ''))::varchar` }));
}

/** Members of JSON records, which stand together in `others`, and of the entries of their lists. */
export async function unmappedMembers(staging: Staging, stream: Stream, fields: Fields): Promise<Unmapped[]> {
  const found: Unmapped[] = [];
  const ofRecord = await keysOf(staging, '', sql`others`);
  found.push(...ofRecord.map((key) => ({ list: '', key, json: member(sql`others`, [key]) })));
  if (ofRecord.length > most) found.splice(0, found.length, { list: '', key: 'others', json: sql`others` });
  for (const list of stream.lists) {
    const known = fields.in(list).map(({ name }) => name.slice(list.length + 1));
    const around = new Set(known.flatMap((name) => parents(name)));
    for (const prefix of ['', ...around]) {
      const names = prefix === '' ? [] : prefix.split('.');
      const item = names.length === 0 ? sql`item` : sql`json_extract(item, ${path(names)})`;
      const keys = (await keysOf(staging, list, item)).filter((key) => {
        const name = prefix === '' ? key : `${prefix}.${key}`;
        return !known.includes(name) && !around.has(name);
      });
      const kept = keys.slice(0, most);
      found.push(
        ...kept.map((key) => ({ list, key: [...names, key].join('.'), json: member(sql`item`, [...names, key]) }))
      );
    }
  }
  return found;
}

/** `a.b.c` → `a`, `a.b` */
const parents = (name: string): string[] =>
  name
    .split('.')
    .slice(0, -1)
    .map((_, i, all) => all.slice(0, i + 1).join('.'));

const member = (json: Sql, names: readonly string[]): Sql =>
  sql`nullif(nullif(json_extract(${json}, ${path(names)})::varchar, 'null'), '""')`;

async function keysOf(staging: Staging, list: string, json: Sql): Promise<string[]> {
  const rows = await staging.query<{ key: string }>(sql`
    select distinct unnest(json_keys(${json})) as key from ${levelTable(list)}
    where json_type(${json}) = 'OBJECT' order by key limit ${raw(String(most + 1))}`);
  return rows.map(({ key }) => key);
}

/** Attributes and unmapped fields side by side; of two of one name the one that the mapping made keeps it. */
export function beside(
  attributes: readonly { key: string; json: Sql }[],
  unmapped: readonly Unmapped[]
): { key: string; json: Sql }[] {
  const taken = new Set(attributes.map(({ key }) => key));
  const free = (key: string): string => (taken.has(key) ? free(`${key} (as written)`) : key);
  return [
    ...attributes,
    ...unmapped.map(({ key, json }) => {
      const name = free(key);
      taken.add(name);
      return { key: name, json };
    })
  ];
}
