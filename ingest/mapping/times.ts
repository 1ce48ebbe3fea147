import { BadUse } from '#models/log/errors.ts';
import { join, raw, sql, type Sql } from '#models/store/sql.ts';

/** How the texts of a time column are written, or the type a typed column already has. */
export type TimeFormat =
  | { kind: 'parts'; order: DateOrder }
  | { kind: 'epoch'; unit: EpochUnit }
  | { kind: 'pattern'; pattern: string }
  | { kind: 'typed'; type: 'timestamp' | 'timestamptz' | 'date' };
export type DateOrder = 'ymd' | 'dmy' | 'mdy' | 'd_month_y' | 'month_d_y';
export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

export interface Placement {
  zone: string;
  dayAt: 'start' | 'end';
}

/**
 * A time as SQL, in two steps so that its text is taken apart once: select `parts` under a name, then hand that name to
 * `read` one level further out.
 */
export interface TimeReader {
  parts: Sql;
  read(parts: Sql): {
    /** UTC; NULL when unreadable. */
    instant: Sql;
    /** Whether it is a mere date. */
    isDay: Sql;
    /** Whether it names no zone. */
    isLocal: Sql;
  };
}

const clock = String.raw`(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)`;
const half = String.raw`(?: ?([AaPp])\.?[Mm]\.?)?`;
const offset = String.raw`(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?`;
const rest = String.raw`(?:[T ,]+${clock}${half}\s*${offset})?`;
const separator = String.raw`[-./]`;

/** The complete form with an offset, which the database casts exactly. */
const zonedIso = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-](0\d|1[0-7]):[0-5]\d)`;

/** As long as the complete form without one; whether it is one the cast says. A tenth of the work of an expression. */
const localIso = ['____-__-__ __:__:__', '____-__-__T__:__:__'];

/** One expression for JavaScript and RE2 alike. Groups: three of the date as ordered, then clock, half, offset. */
const patterns: Record<DateOrder, string> = {
  ymd: String.raw`^(\d{4})${separator}(\d{1,2})${separator}(\d{1,2})${rest}$`,
  dmy: String.raw`^(\d{1,2})${separator}(\d{1,2})${separator}(\d{4}|\d{2})${rest}$`,
  mdy: String.raw`^(\d{1,2})${separator}(\d{1,2})${separator}(\d{4}|\d{2})${rest}$`,
  d_month_y: String.raw`^(\d{1,2})[-\s.]+([A-Za-z]{3,9})[-\s.,]+(\d{4})${rest}$`,
  month_d_y: String.raw`^([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})${rest}$`
};
const groups: Record<DateOrder, string[]> = {
  ymd: ['y', 'm', 'd'],
  dmy: ['d', 'm', 'y'],
  mdy: ['m', 'd', 'y'],
  d_month_y: ['d', 'm', 'y'],
  month_d_y: ['m', 'd', 'y']
};
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const expressions = Object.fromEntries(Object.entries(patterns).map(([order, p]) => [order, new RegExp(p)])) as Record<
  DateOrder,
  RegExp
>;

export interface Detected {
  format: TimeFormat;
  /** The share of the samples that it reads. */
  share: number;
  /** Numeric dates whose days and months could be either way round. */
  isAmbiguous: boolean;
}

/**
 * Finds out how the times of a column are written, from samples. Day-first and month-first are told apart by a number
 * above 12; a `.` between the numbers means day-first.
 *
 * @returns undefined when fewer than half of the samples look like times
 */
export function detectTime(samples: readonly string[]): Detected | undefined {
  const texts = samples.map((text) => text.trim()).filter((text) => text !== '');
  if (texts.length === 0) return undefined;
  const counts = new Map<string, number>();
  const evidence = { first: 0, second: 0, dots: 0 };
  let digits = 0;
  for (const text of texts) {
    const order = (['ymd', 'dmy', 'd_month_y', 'month_d_y'] as const).find((o) => expressions[o].test(text));
    if (order) counts.set(order, (counts.get(order) ?? 0) + 1);
    if (order === 'dmy') {
      const [, a = '', b = ''] = expressions.dmy.exec(text) ?? [];
      if (Number(a) > 12) evidence.first += 1;
      if (Number(b) > 12) evidence.second += 1;
      if (text.charAt(a.length) === '.') evidence.dots += 1;
    } else if (/^-?\d{9,19}(\.\d+)?$/.test(text)) {
      digits = Math.max(digits, Math.abs(Number(text)));
      counts.set('epoch', (counts.get('epoch') ?? 0) + 1);
    }
  }
  const [best, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  if (count * 2 < texts.length) return undefined;
  const share = count / texts.length;
  if (best === 'epoch') {
    const unit = digits < 1e11 ? 's' : digits < 1e14 ? 'ms' : digits < 1e17 ? 'us' : 'ns';
    return { format: { kind: 'epoch', unit }, share, isAmbiguous: false };
  }
  if (best !== 'dmy') return { format: { kind: 'parts', order: best as DateOrder }, share, isAmbiguous: false };
  const order = evidence.second > evidence.first && evidence.dots === 0 ? 'mdy' : 'dmy';
  const isAmbiguous = evidence.first === 0 && evidence.second === 0 && evidence.dots === 0;
  return { format: { kind: 'parts', order }, share, isAmbiguous };
}

/** Reads what a user wrote as `timestamp_format`. @throws {BadUse} */
export function parseTimeFormat(text: string): TimeFormat {
  if (text === 'iso') return { kind: 'parts', order: 'ymd' };
  if (Object.hasOwn(patterns, text)) return { kind: 'parts', order: text as DateOrder };
  const unit = /^epoch_(s|ms|us|ns)$/.exec(text)?.[1] as EpochUnit | undefined;
  if (unit) return { kind: 'epoch', unit };
  const pattern = text.includes('%') ? text : fromLetters(text);
  if (!/%[yYdmbBjsc]/.test(pattern))
    throw new BadUse(
      `${text} is no time format`,
      'use iso, dmy, mdy, epoch_s, epoch_ms, or a pattern such as %d.%m.%Y %H:%M or dd.MM.yyyy HH:mm'
    );
  const unknown = pattern.replaceAll(directives, '').match(/%-?.?/su)?.[0];
  if (unknown !== undefined)
    throw new BadUse(
      `the time format ${text} holds ${unknown}, which stands for nothing`,
      'use %Y %m %d %H %M %S %f %p %z and the like, and %% for a percent sign: %d.%m.%Y %H:%M'
    );
  return { kind: 'pattern', pattern };
}

/** What `strptime` of the database knows. */
const directives = /%(?:[aAwubBYfgnpzZUWcxXGVTh%]|-?[dmyHIMSj])/g;

export function describeTimeFormat(format: TimeFormat): string {
  switch (format.kind) {
    case 'parts':
      return format.order === 'ymd' ? 'iso' : format.order;
    case 'epoch':
      return `epoch_${format.unit}`;
    case 'pattern':
      return format.pattern;
    case 'typed':
      return format.type;
  }
}

const letters: [RegExp, string][] = [
  [/yyyy/gi, '%Y'],
  [/yy/gi, '%y'],
  [/MMM+/g, '%b'],
  [/MM?/g, '%m'],
  [/dd?/gi, '%d'],
  [/HH?/g, '%H'],
  [/hh?/g, '%I'],
  [/mm?/g, '%M'],
  [/ss?/g, '%S'],
  [/SSS+/g, '%f'],
  [/a/g, '%p'],
  [/XXX|xxx|Z/g, '%z']
];

/** `dd.MM.yyyy HH:mm` as `%d.%m.%Y %H:%M`. */
function fromLetters(text: string): string {
  return text.replace(/'([^']*)'|([A-Za-z])\2*/g, (run: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    if (/^S+$/.test(run)) return '%f';
    const [, directive] =
      letters.find(([letter]) => new RegExp(`^(?:${letter.source})$`, letter.flags).test(run)) ?? [];
    return directive ?? run;
  });
}

/**
 * The SQL that reads a time. The session's zone must be UTC.
 *
 * A time with an offset is that instant. A time without one is local in `placement.zone`: an hour that daylight saving
 * repeats is read as its second pass, an hour that it skips as if the clock had not been changed (02:30 → 03:30).
 * A date alone is the first or the last microsecond of its day in that zone. Microseconds survive, finer digits are cut.
 */
export function timeReader(value: Sql, format: TimeFormat, placement: Placement): TimeReader {
  const text = sql`trim(${value}::varchar)`;
  switch (format.kind) {
    case 'typed':
      return { parts: value, read: (typed) => readTyped(typed, format.type, placement) };
    case 'epoch': {
      // Decimals keep what a double would round away.
      const micros = raw({ s: '1000000', ms: '1000', us: '1', ns: '0.001' }[format.unit]);
      return {
        parts: sql`try(make_timestamp(trunc(try_cast(${text} as decimal(38, 6)) * ${micros})::bigint))`,
        read: (instant) => ({ instant, isDay: sql`false`, isLocal: sql`false` })
      };
    }
    case 'pattern':
      return {
        parts: sql`try_strptime(${text}, ${format.pattern})`,
        read: (time) => readPattern(time, format.pattern, placement)
      };
    case 'parts': {
      const names = raw([...groups[format.order], 't', 'p', 'z'].map((name) => `'${name}'`).join(', '));
      // An empty text where a group took no part, all of them where nothing matched.
      const slow = sql`regexp_extract(${text}, ${raw(`'${patterns[format.order]}'`)}, [${names}])`;
      // The common cases need no taking apart, and are a third of the work.
      const isZoned = sql`regexp_full_match(${text}, ${raw(`'${zonedIso}'`)})`;
      const zoned = sql`{quick: try_cast(${text} as timestamptz)::timestamp, is_local: false, slow: null}`;
      const isLocal = localIso.map((pattern) => sql`${text} like ${raw(`'${pattern}'`)}`);
      const local = sql`{quick: try_cast(${text} as timestamp), is_local: true, slow: null}`;
      return {
        parts: sql`case ${format.order === 'ymd' ? sql`when ${join(isLocal, ' or ')} then ${local}` : sql``}
          when ${isZoned} then ${zoned}
          else {quick: null::timestamp, is_local: false, slow: ${slow}} end`,
        read: (parts) => {
          const { instant, isDay, isLocal } = readParts(sql`${parts}.slow`, format.order, placement);
          const placed = sql`if(${parts}.is_local, ${toUtc(sql`${parts}.quick`, placement.zone)}, ${parts}.quick)`;
          return {
            instant: sql`if(${parts}.slow is null, ${placed}, ${instant})`,
            isDay: sql`coalesce(${isDay}, false)`,
            isLocal: sql`coalesce(if(${parts}.slow is null, ${parts}.is_local and ${parts}.quick is not null, ${isLocal}), false)`
          };
        }
      };
    }
  }
}

const toUtc = (local: Sql, zone: string): Sql => (zone === 'UTC' ? local : sql`timezone(${zone}, ${local})::timestamp`);

const placeDay = (midnight: Sql, { zone, dayAt }: Placement): Sql =>
  dayAt === 'start'
    ? toUtc(midnight, zone)
    : sql`(${toUtc(sql`(${midnight} + interval 1 day)`, zone)} - interval 1 microsecond)`;

type Read = ReturnType<TimeReader['read']>;

function readTyped(value: Sql, type: 'timestamp' | 'timestamptz' | 'date', placement: Placement): Read {
  if (type === 'timestamptz') return { instant: sql`${value}::timestamp`, isDay: sql`false`, isLocal: sql`false` };
  if (type === 'date')
    return { instant: placeDay(sql`${value}::timestamp`, placement), isDay: sql`true`, isLocal: sql`true` };
  return { instant: toUtc(sql`${value}::timestamp`, placement.zone), isDay: sql`false`, isLocal: sql`true` };
}

function readPattern(time: Sql, pattern: string, placement: Placement): Read {
  if (/%z/i.test(pattern.replaceAll('%%', '')))
    return { instant: sql`${time}::timestamp`, isDay: sql`false`, isLocal: sql`false` };
  const isDay = !/%-?[HIcXfgnTMS]/.test(pattern.replaceAll('%%', ''));
  return {
    instant: isDay ? placeDay(time, placement) : toUtc(time, placement.zone),
    isDay: isDay ? sql`true` : sql`false`,
    isLocal: sql`true`
  };
}

function readParts(parts: Sql, order: DateOrder, placement: Placement): Read {
  const at = (name: 'y' | 'm' | 'd' | 't' | 'p' | 'z'): Sql => sql`${parts}.${raw(name)}`;
  const year = sql`case when length(${at('y')}) = 2 then if(${at('y')} < '70', '20', '19') else '' end || ${at('y')}`;
  const month = order.includes('month')
    ? sql`list_position(${raw(`[${months.map((name) => `'${name}'`).join(', ')}]`)}, lower(${at('m')}[:3]))::varchar`
    : at('m');
  const date = sql`${year} || '-' || ${month} || '-' || ${at('d')}`;
  const seconds = sql`if(length(${at('t')}) > 5, '', ':00')`;
  const wall = sql`try_cast(${date} || ' ' || replace(${at('t')}, ',', '.') || ${seconds} as timestamp)`;
  const hour = sql`try_cast(split_part(${at('t')}, ':', 1) as integer)`;
  const local = sql`case
    when ${at('p')} = '' then ${wall}
    when ${hour} not between 1 and 12 then null
    when lower(${at('p')}) = 'p' and ${hour} < 12 then ${wall} + interval 12 hour
    when lower(${at('p')}) = 'a' and ${hour} = 12 then ${wall} - interval 12 hour
    else ${wall} end`;
  const minutes = sql`case when ${at('z')}[1] in ('+', '-') then
    (try_cast(${at('z')}[2:3] as integer) * 60 + coalesce(try_cast(replace(${at('z')}[4:], ':', '') as integer), 0))
    * if(${at('z')}[1] = '-', -1, 1) else 0 end`;
  const isDay = sql`(${at('t')} = '' and ${at('y')} <> '')`;
  const isLocal = sql`(${at('z')} = '' and ${at('y')} <> '')`;
  return {
    instant: sql`case
      when ${isDay} then ${placeDay(sql`try_cast(${date} as timestamp)`, placement)}
      when ${isLocal} then ${toUtc(local, placement.zone)}
      when abs(${minutes}) <= 18 * 60 then ${local} - to_minutes(${minutes})
      end`,
    isDay,
    isLocal
  };
}

/** Whether a text is an ISO time (or date) that {@link timeReader} reads with the order `ymd`. */
export function isIsoTime(text: string): boolean {
  const [, y = '', m = '', d = '', clockText = '00:00'] = expressions.ymd.exec(text.trim()) ?? [];
  const day = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)));
  const [hour = 0, minute = 0, second = 0] = clockText.split(/[:.,]/).map(Number);
  return (
    y !== '' &&
    day.getUTCDate() === Number(d) &&
    day.getUTCMonth() === Number(m) - 1 &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  );
}

/** SQL that is true where a numeric date can only be month-first, and where it can only be day-first. */
export function orderEvidence(value: Sql): { monthFirst: Sql; dayFirst: Sql } {
  const part = (n: number) =>
    sql`try_cast(regexp_extract(trim(${value}), ${patterns.dmy}, ${raw(String(n))}) as integer)`;
  return { monthFirst: sql`${part(2)} > 12`, dayFirst: sql`${part(1)} > 12` };
}
