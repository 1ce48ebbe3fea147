import type { Engine } from '#models/store/engine.ts';
import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { findLog } from './catalogue.ts';
import { BadUse, NotFound } from './errors.ts';

/**
 * How a reference of one system to an object of another stands:
 * `linked`: every code it gives names one and the same object; `unmatched`: no code names any; `contradictory`: codes
 * name different objects, or one names an object and another nothing; `confirmed`: a person decided.
 */
export type ReferenceState = 'linked' | 'unmatched' | 'contradictory' | 'confirmed';

export interface Candidate {
  id: string;
  name: string | null;
  /** Why it might be meant, in words. */
  why: string;
  /** 1 for the very code, less for codes that only look alike. */
  score: number;
}

export interface Reference {
  /** Names the reference in an address: number of its object, qualifier and wanted type. */
  key: string;
  from_type: string;
  from_id: string;
  qualifier: string;
  to_type: string;
  /** The codes read, and the fields as they were written. */
  codes: string[];
  said: string[];
  state: ReferenceState;
  /** Objects that may be meant, likeliest first: of this code, or of one up to two edits from it. */
  candidates: Candidate[];
  confirmed_to: string | null;
  confirmed_at: string | null;
  confirmed_by: string | null;
  note: string | null;
}

/** One row a reference: (from_no, qualifier, to_type, state, to_no), worked out over the whole log. */
export function resolution(logId: number): Sql {
  return sql`
    select j.from_no, j.qualifier, j.to_type,
      case when c.from_no is not null then 'confirmed' when matches = 0 then 'unmatched'
        when matches = 1 and strays = 0 then 'linked' else 'contradictory' end as state,
      case when c.from_no is not null then c.to_no when matches = 1 and strays = 0 then only_match end as to_no
    from (
      select from_no, qualifier, to_type, count(distinct o.object_no) as matches, min(o.object_no) as only_match,
        count(distinct code) filter (o.object_no is null) as strays
      from (select distinct from_no, qualifier, to_type, code from reference
        where log_id = ${logId} and superseded_batch is null) s
      left join (select object_no, type, id from object where log_id = ${logId} and declared) o
        on o.type = s.to_type and o.id = s.code
      group by all
    ) j left join (select * from confirmed_link where log_id = ${logId}) c
      on c.from_no = j.from_no and c.qualifier = j.qualifier and c.to_type = j.to_type`;
}

/** Writes anew where the references of a log lead. */
export async function resolveReferences(transaction: Transaction, logId: number): Promise<void> {
  await transaction.execute(sql`delete from resolved_link where log_id = ${logId}`);
  await transaction.execute(sql`
    insert into resolved_link
    select ${logId}, from_no, to_no, qualifier from (${resolution(logId)}) where to_no is not null
    order by from_no, to_no`);
}

/** How many references of each kind stand how, by the system's object type that makes them. */
export async function countReferences(
  engine: Pick<Engine, 'query'>,
  logName: string
): Promise<{ from_type: string; to_type: string; state: ReferenceState; count: number }[]> {
  const { log_id: logId } = await findLog(engine, logName);
  return engine.query(sql`
    select o.type as from_type, r.to_type, r.state, count(*)::double as count
    from (${resolution(logId)}) r
    join (select object_no, type from object where log_id = ${logId}) o on o.object_no = r.from_no
    group by all order by all`);
}

export interface ReferencePage {
  total: number;
  rows: Reference[];
}

const mostCandidates = 5;
/** A code in which more than this is otherwise, or that is longer, looks like no other. */
const mostEdits = 2;
const longestCode = 40;

/**
 * A text with up to two of its letters left out, as hashes. Texts that are two edits apart have one of them in common, so
 * that lookalikes are found by a join on equality, and not by holding each code against each object.
 */
const shortened = (text: Sql): Sql => sql`list_distinct(flatten(list_transform(range(0, length(${text}) + 1), i ->
  list_transform(range(i, length(${text}) + 1), j ->
    hash(${text}[:i] || ${text}[i + 2:if(j > i, j, length(${text}))] || if(j > i, ${text}[j + 2:], ''))))))`;

/** References in one state, by type and id, with the objects that may be meant. */
export async function listReferences(
  engine: Pick<Engine, 'query'>,
  logName: string,
  { state, limit = 50, offset = 0 }: { state: ReferenceState; limit?: number; offset?: number }
): Promise<ReferencePage> {
  const { log_id: logId } = await findLog(engine, logName);
  const names = sql`(select object_no, max_by(attributes ->> '$.name', batch_no) as name from object_change
    where log_id = ${logId} and superseded_batch is null and attributes is not null group by object_no)`;
  const chosen = sql`
    select r.*, o.type as from_type, o.id as from_id
    from (${resolution(logId)}) r
    join (select object_no, type, id from object where log_id = ${logId}) o on o.object_no = r.from_no
    where state = ${state} order by from_type, from_id, qualifier, r.to_type limit ${limit} offset ${offset}`;
  const rows = await engine.query<
    Omit<Reference, 'codes' | 'said' | 'candidates'> & {
      total: number;
      codes: string;
      said: string;
      candidates: string;
    }
  >(sql`
    with chosen as materialized (${chosen}), stated as materialized (
      select distinct s.from_no, s.qualifier, s.to_type, s.code, s.said
      from reference s join chosen c using (from_no, qualifier, to_type)
      where s.log_id = ${logId} and s.superseded_batch is null
    ), spelled as (
      select from_no, qualifier, to_type,
        coalesce(to_json(list(distinct code order by code) filter (code is not null)), '[]')::varchar as codes,
        coalesce(to_json(list(distinct said order by said) filter (said is not null)), '[]')::varchar as said
      from stated group by from_no, qualifier, to_type
    ), wanted as materialized (
      select distinct to_type as type, code from stated where code is not null
    ), known as materialized (
      select object_no, type, id from object where log_id = ${logId} and declared and type in (select type from wanted)
    ), near as (
      select type, code, object_no, id, 1 - damerau_levenshtein(id, code) / length(code) as score
      from (
        select distinct type, code, object_no, id
        from (select type, code, unnest(${shortened(raw('code'))}) as part from wanted
          where length(code) <= ${longestCode}) w
        join (select type, object_no, id, unnest(${shortened(raw('id'))}) as part from known
          where length(id) <= ${longestCode + mostEdits}
            and length(id) in (select unnest(range(length(code) - ${mostEdits}, length(code) + ${mostEdits + 1})) from wanted)
        ) k using (type, part)
      ) where damerau_levenshtein(id, code) <= ${mostEdits} and damerau_levenshtein(id, code) * 2 < length(code)
      union
      select type, code, object_no, id, 1 from wanted join known using (type) where id = code
    ), alike as (
      select s.from_no, s.qualifier, s.to_type, o.object_no, o.id, max(o.score) as score
      from stated s join near o on o.type = s.to_type and o.code = s.code
      group by s.from_no, s.qualifier, s.to_type, o.object_no, o.id
      qualify row_number() over (partition by s.from_no, s.qualifier, s.to_type order by max(o.score) desc, o.id)
        <= ${mostCandidates}
    )
    select printf('%d~%s~%s', c.from_no, c.qualifier, c.to_type) as key, from_type, from_id, qualifier, to_type, state, codes, said,
      (select coalesce(to_json(list({id: a.id, name: n.name,
          why: case when score = 1 then 'has this very code' else 'its code looks alike' end, score: score}
          order by score desc, a.id)), '[]')::varchar
        from alike a left join ${names} n using (object_no)
        where a.from_no = c.from_no and a.qualifier = c.qualifier and a.to_type = c.to_type) as candidates,
      t.id as confirmed_to, strftime(l.confirmed_at, '%Y-%m-%dT%H:%M:%S.%gZ') as confirmed_at, l.confirmed_by, l.note
    from chosen c join spelled using (from_no, qualifier, to_type)
    left join (select * from confirmed_link where log_id = ${logId}) l using (from_no, qualifier, to_type)
    left join (select object_no, id from object where log_id = ${logId}) t on t.object_no = l.to_no
    order by from_type, from_id, qualifier, to_type`);
  const [any] = await engine.query<{ n: number }>(
    sql`select count(*)::double as n from (${resolution(logId)}) where state = ${state}`
  );
  return {
    total: any?.n ?? 0,
    rows: rows.map(({ codes, said, candidates, ...row }) => ({
      ...row,
      codes: JSON.parse(codes) as string[],
      said: JSON.parse(said) as string[],
      candidates: JSON.parse(candidates) as Candidate[]
    }))
  };
}

export interface Confirmation {
  /** The object meant; null: none of the log's. */
  to: string | null;
  by: string;
  note?: string | undefined;
}

/**
 * A person says what a reference means, or takes that back (`null`). Case views follow from the next question on.
 *
 * @throws {NotFound} when the log has no such reference
 * @throws {BadUse} when the object meant is not in the log
 */
export async function confirmReference(
  store: Store,
  logName: string,
  key: string,
  confirmation: Confirmation | null,
  at: Date
): Promise<void> {
  await store.write(async (transaction) => {
    const { log_id: logId } = await findLog(transaction, logName);
    const number = /^\d{1,9}(?=~)/.exec(key)?.[0] ?? '-1';
    const fromNo = Number(number);
    // The names of types and links may hold a ~ themselves.
    const [known] = await transaction.query<{ qualifier: string; to_type: string }>(sql`
      select qualifier, to_type from reference where log_id = ${logId} and from_no = ${fromNo}
        and qualifier || '~' || to_type = ${key.slice(number.length + 1)} and superseded_batch is null limit 1`);
    if (!known)
      throw new NotFound(`log "${logName}" has no reference ${key}`, 'take its key from the list of references');
    const { qualifier, to_type: toType } = known;
    await transaction.execute(sql`
      delete from confirmed_link where log_id = ${logId} and from_no = ${fromNo} and qualifier = ${qualifier}
        and to_type = ${toType}`);
    if (confirmation !== null) {
      const meant = confirmation.to === null ? null : await objectNo(transaction, logId, toType, confirmation.to);
      await transaction.execute(sql`
        insert into confirmed_link values (${logId}, ${fromNo}, ${qualifier}, ${toType}, ${meant},
          ${at.toISOString()}::timestamptz::timestamp, ${confirmation.by}, ${confirmation.note ?? null})`);
    }
    await resolveReferences(transaction, logId);
    await transaction.execute(
      sql`update ${ident('view')} set built_batch = 0 where log_id = ${logId} and definition is not null`
    );
  });
}

async function objectNo(transaction: Transaction, logId: number, type: string, id: string): Promise<number> {
  const [row] = await transaction.query<{ object_no: number }>(
    sql`select object_no from object where log_id = ${logId} and type = ${type} and id = ${id} and ${raw('declared')}`
  );
  if (row) return row.object_no;
  throw new BadUse(`the log has no ${type} "${id}"`, 'pick one of the candidates, or another that is in the log');
}
