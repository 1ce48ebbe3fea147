import type { Stream } from '#ingest/mapping/record-mapping.ts';
import type { Findings } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { ident, join, sql, type Sql } from '#models/store/sql.ts';
import type { Fields } from './fields.ts';
import { levelTable } from './levels.ts';

/**
 * Turns the local times of all levels into UTC, each on the clocks of its row's `zone`; `problem` must be there.
 *
 * Where clocks change, a wall clock says too little: an hour that is repeated is read as its first pass (daylight time), an
 * hour that was skipped as if the clock had not been changed yet (02:30 → 03:30). Both are told. The database's own
 * conversion takes the second pass and says nothing, so both candidates are made here, from the offsets of the day before
 * and the day after, and each is held against the wall clock.
 */
export async function placeTimes(
  staging: Staging,
  { stream, fields, findings }: { stream: Stream; fields: Fields; findings: Findings }
): Promise<void> {
  const levels = ['', ...stream.lists].map((list) => ({
    list,
    columns: fields
      .in(list)
      .filter(({ types }) => types.has('time'))
      .map(({ column }) => column)
  }));
  const days = levels.flatMap(({ list, columns }) =>
    columns.map(
      (column) =>
        sql`select zone, ${wallClock(stream, column)}::date as day from ${levelTable(list)} where ${ident(`${column}_local`)}`
    )
  );
  if (days.length === 0) return;
  const offsetAt = (day: Sql) => sql`epoch_us(timezone(zone, (${day})::timestamptz)) - epoch_us(${day})`;
  await staging.execute(sql`
    create or replace temp table clock_day as
    select zone, day, ${offsetAt(sql`(day - interval 1 day)`)} as before, ${offsetAt(sql`(day + interval 2 day)`)} as after
    from (select distinct zone, day from (${join(days, ' union all ')}) where zone is not null and day is not null)`);
  const [any] = await staging.query<{ n: number }>(sql`select count(*)::double as n from clock_day`);
  if (!any?.n) return;
  for (const { list } of levels) {
    // Entries carry the times of what is around them, which are placed with them.
    const carried = fields.all.filter(
      ({ types, list: place }) => types.has('time') && (place === '' || place === list || list.startsWith(`${place}.`))
    );
    if (carried.length === 0) continue;
    await staging.execute(
      placed(
        stream,
        list,
        carried.map(({ column }) => column)
      )
    );
    await staging.execute(sql`drop table ${levelTable(list)}`);
    await staging.execute(sql`alter table ${ident('placed')} rename to ${levelTable(list)}`);
  }
  await report(staging, levels, findings);
}

/** A date alone stands at midnight, or just before the next. */
const wallClock = ({ times }: Stream, column: string): Sql => {
  const at = ident(`${column}_at`);
  return times.day_at === 'start' ? at : sql`if(${ident(`${column}_day`)}, ${at} + interval 1 day, ${at})`;
};

function placed(stream: Stream, list: string, columns: readonly string[]): Sql {
  const pieces = columns.map((column, i) => {
    const day = ident(`d${i}`);
    const wall = wallClock(stream, column);
    const candidate = (offset: string) => sql`(${wall} - to_microseconds(${day}.${ident(offset)}))`;
    const holds = (offset: string) => sql`timezone(r.zone, ${candidate(offset)}::timestamptz) = ${wall}`;
    const isTaken = sql`${day}.before is null`;
    const isPlain = sql`${day}.before = ${day}.after`;
    const last = stream.times.day_at === 'start' ? sql`` : sql` - to_microseconds(${ident(`${column}_day`)}::integer)`;
    return {
      join: sql`left join clock_day ${day} on ${day}.zone = r.zone
        and ${day}.day = if(r.${ident(`${column}_local`)}, ${wall}::date, null)`,
      at: sql`case when ${isTaken} then ${ident(`${column}_at`)}
        when ${isPlain} or ${holds('before')} or not ${holds('after')} then ${candidate('before')}${last}
        else ${candidate('after')}${last} end as ${ident(`${column}_at`)}`,
      clock: sql`case when ${isTaken} or ${isPlain} then null
        when ${holds('before')} and ${holds('after')} then 'repeated'
        when not ${holds('before')} and not ${holds('after')} then 'missing' end as ${ident(`${column}_clock`)}`
    };
  });
  return sql`
    create or replace temp table placed as
    select r.* replace (${join(
      pieces.map(({ at }) => at),
      ', '
    )}), ${join(
      pieces.map(({ clock }) => clock),
      ', '
    )} from ${levelTable(list)} r ${join(
      pieces.map(({ join: joined }) => joined),
      ' '
    )}`;
}

async function report(
  staging: Staging,
  levels: readonly { list: string; columns: string[] }[],
  findings: Findings
): Promise<void> {
  const told = levels.flatMap(({ list, columns }) =>
    columns.map(
      (column) => sql`select ${ident(`${column}_clock`)} as clock, ${ident(column)} || ' ' || zone as example
        from ${levelTable(list)} anti join problem using (position) where ${ident(`${column}_clock`)} is not null`
    )
  );
  const counted = await staging.query<{ clock: 'repeated' | 'missing'; n: number; example: string }>(
    sql`select clock, count(*)::double as n, min(example) as example from (${join(told, ' union all ')}) group by clock order by clock`
  );
  for (const { clock, n, example } of counted)
    if (clock === 'repeated')
      findings.add(
        'repeated_hour',
        'times in an hour that the clocks went through twice; they were read as its first pass, in daylight time',
        example,
        n
      );
    else
      findings.add(
        'missing_hour',
        'times in an hour that the clocks skipped; they were moved forward by it',
        example,
        n
      );
}
