import { z } from 'zod';
import { Calendar } from '#models/calendar/calendar.ts';
import { workingWindows } from '#models/calendar/windows.ts';
import { Setup } from '#models/lifecycle/setup.ts';
import { findLog } from '#models/log/catalogue.ts';
import { BadUse } from '#models/log/errors.ts';
import { ident, list, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Store, Transaction } from '#models/store/store.ts';
import { freshTables } from './fresh-tables.ts';
import { objectAttributes } from './materialise.ts';

/** When those behind a log of a firm work. */
export interface WorkingTimes {
  logId: number;
  log: string;
  setup: Setup;
  /** Table (calendar, start_us, end_us, before_us): half-open windows of working time, and the time of those before. */
  windows: string;
  /** Table (team, calendar, function): the calendar and the function of each team, null where nobody says. */
  teams: string;
  /** The log's fixed now, ISO 8601 UTC; null when it is live. */
  now: string | null;
}

/** How far beyond now deadlines can be asked for. */
const AHEAD_MS = 400 * 24 * 3_600_000;
/** Placeholders like 0001-01-01 and 9999-12-31 are not worth a calendar. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const BATCH = 10_000;

/** Raised when what is stored in the tables changes. */
const LAYOUT = 1;

/** What a `calendar` object of the log says, its id being the office. */
const OfficeCalendar = z.object({
  zone: z.string(),
  hours: z.record(z.string(), z.unknown()),
  holidays: z.array(z.string()).nullish()
});

/**
 * The working windows of a log's offices, expanded once over all its time, and the calendar and function of each team.
 *
 * Calendars are the log's `calendar` objects, one an office; the log's own calendar has the name ''. They reach from
 * the first event to 400 days after the later of now and the last event. A team works in the office where most of its
 * people are, and does what its department does (`functions` of the setup); an office without a calendar that can be
 * read has the log's own. Made anew after an import, another setup, another calendar, and as a live now goes on.
 *
 * @throws {NotFound} when there is no such log
 * @throws {BadUse} when the log is of no firm: nobody said what its departments do
 */
export async function freshWorkingTimes(store: Store, logName: string): Promise<WorkingTimes> {
  const log = await findLog(store.engine, logName);
  if (log.setup === null)
    throw new BadUse(
      `log "${log.name}" has no setup, so it has no lifecycle and no handoffs between functions`,
      'import it with a setup.json that says which department does what (see the one of the sample firm)'
    );
  const logId = log.log_id;
  const times: WorkingTimes = {
    logId,
    log: log.name,
    setup: Setup.parse(JSON.parse(log.setup)),
    windows: `working_window_${logId}`,
    teams: `team_calendar_${logId}`,
    now: log.now_at
  };
  // What holds for a live log until its now is a month further.
  const mark = sql`(
    select concat_ws('|', ${LAYOUT}, l.setup, l.calendar, (select max(batch_no) from batch where log_id = ${logId}),
      date_trunc('month', coalesce(l.now_at, now()::timestamp))) from log l where l.log_id = ${logId})`;
  await freshTables(store, [times.windows, times.teams], mark, async (transaction) => {
    const { calendar, now_at: now } = await findLog(transaction, logName);
    const calendars = await calendarsOf(transaction, logId, calendar);
    await storeWindows(transaction, times, calendars, now === null ? Date.now() : Date.parse(now));
    await storeTeams(transaction, times, [...calendars.keys()]);
  });
  return times;
}

/** The calendars of a log by name: its offices' by the office, its own as ''. One that cannot be read is left out. */
export async function calendarsOf(
  transaction: Pick<Transaction, 'query'>,
  logId: number,
  own: string | null
): Promise<ReadonlyMap<string, Calendar>> {
  const ofType = sql`select object_no from object where log_id = ${logId} and type = 'calendar'`;
  const rows = await transaction.query<{ office: string; attributes: string }>(sql`
    select o.id as office, a.attributes from (${objectAttributes(logId, ofType)}) a
    join (select object_no, id from object where log_id = ${logId}) o using (object_no) order by office`);
  const calendars = new Map<string, Calendar>();
  for (const { office, attributes } of rows) {
    const said = OfficeCalendar.safeParse(JSON.parse(attributes));
    if (!said.success) continue;
    const { zone, hours, holidays } = said.data;
    const calendar = Calendar.safeParse({ zone, weekly: hours, holidays: holidays ?? [] });
    if (calendar.success) calendars.set(office, calendar.data);
  }
  if (own !== null) calendars.set('', Calendar.parse(JSON.parse(own)));
  return calendars;
}

async function storeWindows(
  transaction: Transaction,
  { logId, windows }: WorkingTimes,
  calendars: ReadonlyMap<string, Calendar>,
  now: number
): Promise<void> {
  const [range] = await transaction.query<{ first: number | null; last: number | null }>(sql`
    select epoch_ms(min(happened_at))::double as first, epoch_ms(max(happened_at))::double as last
    from event where log_id = ${logId} and superseded_batch is null and isfinite(happened_at)`);
  const from = Math.max(EARLIEST, range?.first ?? now);
  const to = Math.min(LATEST, Math.max(now, range?.last ?? now) + AHEAD_MS);
  await transaction.execute(sql`
    create or replace table ${ident(windows)} (
      calendar varchar not null, start_us bigint not null, end_us bigint not null, before_us bigint not null)`);
  for (const [name, calendar] of calendars) {
    const expanded = from < to ? workingWindows(calendar, Math.floor(from), to).windows : [];
    for (let at = 0; at < expanded.length; at += BATCH) {
      const rows = expanded.slice(at, at + BATCH).map(({ start, end, before }) => [start, end, before]);
      await transaction.execute(sql`
        insert into ${ident(windows)} select ${name}, w[1] * 1000, w[2] * 1000, w[3] * 1000
        from (select unnest(from_json(${JSON.stringify(rows)}, '[["BIGINT"]]')) as w)`);
    }
  }
}

async function storeTeams(
  transaction: Transaction,
  { logId, setup, teams }: WorkingTimes,
  calendars: readonly string[]
): Promise<void> {
  const functions = Object.entries(setup.functions).map(([department, does]) => ({ department, does }));
  const most = (column: Sql): Sql => sql`
    select team, arg_max(${column}, (people, ${column})) as said
    from (select team, ${column}, count(distinct person) as people from member where ${column} <> '' group by all)
    group by team`;
  const own = calendars.includes('') ? sql`''` : sql`null`;
  await transaction.execute(sql`
    create or replace table ${ident(teams)} as
    with member as (
      select o.object_no as person, c.attributes ->> '$.team' as team, c.attributes ->> '$.office' as office,
        c.attributes ->> '$.department' as department
      from object_change c
      join (select object_no from object where log_id = ${logId} and type = 'person') o using (object_no)
      where c.log_id = ${logId} and c.superseded_batch is null
    ), does as (
      select f.department, f.does
      from (select unnest(from_json(${JSON.stringify(functions)}, '[{"department":"VARCHAR","does":"VARCHAR"}]')) as f)
    )
    select t.id as team,
      case when o.said in (${calendars.length === 0 ? raw('null') : list(calendars)}) then o.said else ${own} end
        as calendar, d.does as function
    from (select id, value from term where log_id = ${logId} and kind = 'team') t
    left join (${most(raw('office'))}) o on o.team = t.value
    left join (${most(raw('department'))}) m on m.team = t.value
    left join does d on d.department = m.said`);
}
