import { join as joinPath } from 'node:path';
import type { Stream } from '#ingest/mapping/record-mapping.ts';
import type { Findings } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import { ident, join, sql, type Sql } from '#models/store/sql.ts';

/**
 * Turns local times into UTC, each on the clocks of its row's `zone`.
 *
 * Where clocks change, a wall clock says too little: an hour that is repeated is read as its first pass (daylight time), an
 * hour that was skipped as if the clock had not been changed yet (02:30 → 03:30). Both are told. The database's own
 * conversion takes the second pass and says nothing, so both candidates are made here, from the offsets of the day before
 * and the day after, and each is held against the wall clock.
 */
export class Clocks {
  private readonly staging: Staging;
  private readonly dayAt: Stream['times']['day_at'];

  private constructor(staging: Staging, { times }: Stream) {
    this.staging = staging;
    this.dayAt = times.day_at;
  }

  static async open(staging: Staging, stream: Stream): Promise<Clocks> {
    await staging.execute(sql`
      create or replace temp table clock_day (zone varchar, day date, before bigint, after bigint)`);
    return new Clocks(staging, stream);
  }

  /** Learns the offsets around the days on which the rows' times fall; without them a time is taken as UTC. */
  async learn(columns: readonly string[], from: Sql): Promise<void> {
    if (columns.length === 0) return;
    const days = columns.map((column) => sql`if(${ident(`${column}_local`)}, ${this.wall(column)}::date, null)`);
    const offsetAt = (day: Sql) => sql`epoch_us(timezone(zone, (${day})::timestamptz)) - epoch_us(${day})`;
    await this.staging.execute(sql`
      insert into clock_day
      select zone, day, ${offsetAt(sql`(day - interval 1 day)`)}, ${offsetAt(sql`(day + interval 2 day)`)}
      from (
        select distinct zone, day from (
          select distinct zone, unnest([${join(days, ', ')}]) as day from (${from}) where zone is not null
        ) where day is not null and isfinite(day)
      ) anti join clock_day using (zone, day)`);
  }

  /** The rows with their times in UTC, and as `_clock` which of them fell into an hour that clocks repeat or skip. */
  place(columns: readonly string[], from: Sql): Sql {
    if (columns.length === 0) return from;
    const pieces = columns.map((column, i) => this.placed(column, ident(`d${i}`)));
    const all = (of: 'at' | 'clock') =>
      join(
        pieces.map((piece) => piece[of]),
        ', '
      );
    const days = join(
      pieces.map(({ day }) => day),
      ' '
    );
    return sql`select r.* replace (${all('at')}), ${all('clock')} from (${from}) r ${days}`;
  }

  private placed(column: string, day: Sql) {
    const at = ident(`${column}_at`);
    const wall = this.wall(column);
    const candidate = (offset: 'before' | 'after') => sql`(${wall} - to_microseconds(${day}.${ident(offset)}))`;
    const holds = (offset: 'before' | 'after') => sql`timezone(r.zone, ${candidate(offset)}::timestamptz) = ${wall}`;
    const isTaken = sql`${day}.before is null`;
    const isPlain = sql`${day}.before = ${day}.after`;
    const last = this.dayAt === 'start' ? sql`` : sql` - to_microseconds(${ident(`${column}_day`)}::integer)`;
    return {
      day: sql`left join clock_day ${day} on ${day}.zone = r.zone
        and ${day}.day = if(r.${ident(`${column}_local`)}, ${wall}::date, null)`,
      at: sql`case when ${isTaken} then ${at}
        when ${isPlain} or ${holds('before')} or not ${holds('after')} then ${candidate('before')}${last}
        else ${candidate('after')}${last} end as ${at}`,
      clock: sql`case when ${isTaken} or ${isPlain} then null
        when ${holds('before')} and ${holds('after')} then 'repeated'
        when not ${holds('before')} and not ${holds('after')} then 'missing' end as ${ident(`${column}_clock`)}`
    };
  }

  /** A date alone stands at midnight: before its day, or after it. */
  private wall(column: string): Sql {
    const at = ident(`${column}_at`);
    return this.dayAt === 'start' ? at : sql`if(${ident(`${column}_day`)}, ${at} + interval 1 day, ${at})`;
  }
}

/**
 * Tells of times that the clock on the wall said twice, or never, of each staged record once however often it stands in
 * the file. `fields` are columns with their name and table.
 */
export async function reportClocks(
  staging: Staging,
  fields: readonly { name: string; column: string; table: Sql }[],
  findings: Findings
): Promise<void> {
  const told = fields.map(({ name, column, table }) => {
    const clock = ident(`${column}_clock`);
    return sql`select position, ${clock} as clock, ${`${name}: `} || ${ident(column)} || ' in ' || zone as example
      from ${table} where ${clock} is not null`;
  });
  if (told.length === 0) return;
  const record = sql`read_parquet(${joinPath(staging.folder, 'record.parquet')})`;
  const counted = await staging.query<{ clock: 'repeated' | 'missing'; n: number; example: string }>(sql`
    select clock, count(*)::double as n, min(example) as example from (
      select clock, example, position, min(position) over (partition by source_ref, content) as first_said
      from (${join(told, ' union all ')}) join ${record} using (position)
    ) where position = first_said group by clock order by clock`);
  const said = {
    repeated: 'times in an hour that the clocks went through twice; they were read as its first pass, in daylight time',
    missing: 'times in an hour that the clocks skipped; they were moved forward by what was skipped'
  };
  for (const { clock, n, example } of counted) findings.add(`${clock}_hour`, said[clock], example, n);
}
