import { offices, type Office } from '../firm/offices.ts';
import type { Region } from '../firm/rows.ts';
import { deskOffice, financeOffice, median } from '../firm/truth/facts.ts';
import type { Ask, Fact, Truth } from '../verify.ts';
import { all, near, nearHours, nearShare, shareOf, tolerance } from './near.ts';

interface Row {
  handoff: string;
  anchor_id: string;
  project: string | null;
  released_at: string;
  picked_up_at: string | null;
  bounces: number;
  status: 'open' | 'done' | 'cancelled';
  holder: 'receiver' | 'sender' | null;
  first_time_right: boolean | null;
  business_ms: number | null;
  wall_ms: number;
  money: number | null;
  currency: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}
interface Figures {
  n: number;
  business: { median_ms: number } | null;
  wall: { median_ms: number } | null;
}
interface Scorecard {
  handoffs: (Figures & { id: string; segments?: (Figures & { value: string })[] })[];
}
interface Step {
  approval: string;
  approver: string | null;
  opened_at: string;
  decided_at: string | null;
  wall_ms: number;
}
interface Way {
  project: string;
  won_at: string;
  paid_at: string;
  ms: number;
  parts: { ms: number }[];
}
interface ToFix {
  items: { handoff: string; segment: string; value: string; carrying_cost: number; business_days: number }[];
}
interface Quality {
  findings: { kind: string; about: string; minutes?: number }[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const snake = { region: 'region', legalEntity: 'legal_entity', serviceLine: 'service_line' } as const;

/** How long work waits between the teams, and what it costs: T1, T3, T4, T12, deal to cash, the three things to fix. */
export async function facts(truth: Truth, ask: Ask): Promise<Fact[]> {
  const rows = await all<Row>(ask, '/handoffs/list');
  const { findings } = await ask<Quality>('/quality');
  const fastMs = (findings.find(({ kind }) => kind === 'fast_clock')?.minutes ?? 0) * MINUTE;
  return [
    ...batches(truth, rows, fastMs),
    ...(await directorAway(truth, ask)),
    ...bounces(truth, rows, fastMs),
    ...fridays(truth, rows, fastMs),
    ...(await medians(truth, ask, rows, fastMs)),
    ...(await toFix(truth, ask)),
    ...(await dealToCash(ask))
  ];
}

const hoursOf = (rows: readonly Row[], of: 'business_ms' | 'wall_ms'): number | null =>
  median(rows.flatMap((row) => (row[of] === null ? [] : [row[of] / HOUR])));

/** T1: one entity picks up on two afternoons a week, and waits for them; a clock that is known to be fast is put right. */
function batches({ truths: { T1 } }: Truth, rows: readonly Row[], fastMs: number): Fact[] {
  const [from = 0, to = 24] = T1.hours.map((time) => Number(time.slice(0, 2)));
  const of = (entity: string, planted: typeof T1.planted): Fact[] => {
    const done = rows.filter(
      ({ handoff, status, legal_entity }) =>
        handoff === 'staffing_to_finance_setup' && status === 'done' && legal_entity === entity
    );
    const office = financeOffice(entity);
    const isWithin = ({ picked_up_at }: Row): boolean => {
      const at = Date.parse(picked_up_at ?? '') - fastMs;
      const date = office.dateAt(at);
      return [2, 4].includes(weekday(date)) && at >= office.at(date, from) && at < office.at(date, to);
    };
    const name = `set-ups of ${entity}`;
    return [
      nearShare('T1', `${name}: picked up Tuesday or Thursday afternoon`, planted.within, shareOf(done, isWithin)),
      nearHours(
        'T1',
        `${name}: median wait, business time`,
        planted.medianBusinessHours,
        hoursOf(done, 'business_ms'),
        planted.within.n,
        fastMs
      ),
      nearHours(
        'T1',
        `${name}: median wait, wall clock`,
        planted.medianWallHours,
        hoursOf(done, 'wall_ms'),
        planted.within.n,
        fastMs
      )
    ];
  };
  return [...of(T1.legalEntity, T1.planted), ...of(T1.others.legalEntity, T1.others)];
}

const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

/** T3: what was asked of the finance director while she was away was decided after it, and nothing else took so long. */
async function directorAway({ truths: { T3 } }: Truth, ask: Ask): Promise<Fact[]> {
  const steps = await all<Step>(
    ask,
    `/approvals/steps?step=${encodeURIComponent(T3.step)}&approver=${encodeURIComponent(T3.person)}`
  );
  const office = deskOffice.EMEA;
  const [from, to] = [office.at(T3.leave.from, 0), office.at(T3.leave.to, 24)];
  const decided = ({ decided_at }: Step): number => Date.parse(decided_at ?? '9999-12-31T00:00:00Z');
  const during = steps.filter((step) => Date.parse(step.opened_at) < to && decided(step) > from);
  const heldUp = during.filter((step) => decided(step) >= to);
  const hours = (some: readonly Step[]): number | null => median(some.map(({ wall_ms }) => wall_ms / HOUR));
  const sorted = (ids: readonly string[]): string => [...ids].sort().join(', ');
  const [planted, found] = [sorted(T3.heldUp.approvals), sorted(heldUp.map(({ approval }) => approval))];
  const otherwise = steps.filter((step) => !during.includes(step));
  return [
    {
      group: 'T3',
      name: `approvals held up by leave, ${T3.step}`,
      planted,
      found,
      verdict: planted === found ? 'found' : 'missed'
    },
    near({
      group: 'T3',
      name: 'their median latency',
      planted: T3.heldUp.medianWallHours,
      found: hours(heldUp),
      within: 0.01,
      unit: ' h'
    }),
    nearHours(
      'T3',
      'median latency of that step otherwise',
      T3.otherwise.medianWallHours,
      hours(otherwise),
      T3.otherwise.n
    )
  ];
}

/** T4: evidence of one line bounces: how often it was right at once, how often it bounced twice, what that held up. */
function bounces({ truths: { T4 } }: Truth, rows: readonly Row[], fastMs: number): Fact[] {
  const of = (isLine: boolean, planted: typeof T4.planted): Fact[] => {
    const some = rows.filter(
      ({ handoff, service_line }) => handoff === 'milestone_to_invoice' && (service_line === T4.serviceLine) === isLine
    );
    const decided = some.filter(({ first_time_right }) => first_time_right !== null);
    const done = some.filter(({ status }) => status === 'done');
    const bounced = decided.filter((row) => row.bounces > 0);
    const name = isLine ? T4.serviceLine : 'other lines';
    return [
      nearShare(
        'T4',
        `${name}: evidence right the first time`,
        planted.firstTimeRight,
        shareOf(decided, (row) => row.bounces === 0)
      ),
      nearShare(
        'T4',
        `${name}: bounced twice or more`,
        planted.pingPong,
        shareOf(decided, (row) => row.bounces >= 2)
      ),
      ...Object.entries(planted.heldUp).map(([currency, amount]) =>
        near({
          group: 'T4',
          name: `${name}: held up by bounces`,
          planted: amount,
          found: sumOf(bounced, currency),
          within: amount * tolerance(bounced.length),
          unit: ` ${currency}`
        })
      ),
      nearHours(
        'T4',
        `${name}: median wait for the invoice`,
        planted.medianBusinessHours,
        hoursOf(done, 'business_ms'),
        done.length,
        fastMs
      )
    ];
  };
  const atSender = rows.filter(
    (row) =>
      row.handoff === 'milestone_to_invoice' &&
      row.status === 'open' &&
      row.holder === 'sender' &&
      row.service_line === T4.serviceLine
  );
  const [planted, found] = [T4.bouncedAtNow.milestones, atSender.map(({ anchor_id }) => anchor_id)].map((ids) =>
    [...ids].sort().join(', ')
  ) as [string, string];
  return [
    ...of(true, T4.planted),
    ...of(false, T4.others),
    { group: 'T4', name: 'bounced and unbilled now', planted, found, verdict: planted === found ? 'found' : 'missed' },
    ...Object.entries(T4.bouncedAtNow.amounts).map(([currency, amount]) =>
      near({
        group: 'T4',
        name: 'money unbilled by that',
        planted: amount,
        found: sumOf(atSender, currency),
        within: 0.01,
        unit: ` ${currency}`
      })
    )
  ];
}

const sumOf = (rows: readonly Row[], currency: string): number =>
  rows.filter((row) => row.currency === currency).reduce((sum, { money }) => sum + (money ?? 0), 0);

/**
 * T12: what is handed over on a Friday afternoon waits longer by the clock, and not in business time. Staffing is only in
 * the whole: its wait ends otherwise here (see `medians`).
 */
function fridays({ truths: { T12 } }: Truth, rows: readonly Row[], fastMs: number): Fact[] {
  const between = rows.filter(({ handoff, status }) => handoff !== 'invoice_to_cash' && status === 'done');
  const isFriday = (row: Row): boolean => {
    const office = waitsAt(row);
    const at = Date.parse(row.released_at);
    const date = office.dateAt(at);
    return weekday(date) === 5 && at >= office.at(date, 12);
  };
  const ratio = (of: 'business_ms' | 'wall_ms'): number => {
    const friday = hoursOf(between.filter(isFriday), of);
    const other = hoursOf(
      between.filter((row) => !isFriday(row)),
      of
    );
    return (friday ?? NaN) / (other ?? NaN);
  };
  const [wall, business] = [ratio('wall_ms'), ratio('business_ms')];
  const medians = Object.entries(T12.handoffs)
    .filter(([handoff]) => handoff !== 'delivery_to_staffing')
    .flatMap(([handoff, planted]) => {
      const some = between.filter((row) => row.handoff === handoff && isFriday(row));
      const { n, medianWallHours, medianBusinessHours } = planted.fridayAfternoon;
      return [
        nearHours('T12', `${handoff}, wall clock`, medianWallHours, hoursOf(some, 'wall_ms'), n, fastMs),
        nearHours('T12', `${handoff}, business time`, medianBusinessHours, hoursOf(some, 'business_ms'), n, fastMs)
      ];
    });
  return [
    nearShare('T12', 'released on a Friday afternoon', T12.share, shareOf(between, isFriday)),
    ...medians.map((fact) => ({ ...fact, name: `released on a Friday afternoon: ${fact.name}` })),
    {
      group: 'T12',
      name: 'the clock shows it, business time does not',
      planted: 'wall clock at least 3 times as long, business time less than 1.5 times',
      found: `${wall.toFixed(1)} and ${business.toFixed(1)} times`,
      verdict: wall >= 3 && business < 1.5 ? 'found' : 'missed'
    }
  ];
}

/** On whose clocks it waits. */
function waitsAt({ handoff, region, legal_entity }: Row): Office {
  const atFinance = ['staffing_to_finance_setup', 'plan_to_erp', 'milestone_to_invoice'].includes(handoff);
  if (atFinance) return financeOffice(legal_entity ?? '');
  return region === null ? offices.BER : deskOffice[region as Region];
}

/**
 * The median business wait of each handoff, by region, entity and line. Staffing is left out: there the firm's own
 * measure ends with the first pick-up, ours with the one after which no candidate was rejected. What was given back and
 * then given up is cancelled here, and picked up there: it is counted with the others.
 */
async function medians({ truths: { waits } }: Truth, ask: Ask, rows: readonly Row[], fastMs: number): Promise<Fact[]> {
  const found = new Map<string, Figures>();
  for (const segment of Object.values(snake)) {
    const { handoffs } = await ask<Scorecard>(`/handoffs/scorecard?segment=${segment}`);
    for (const { id, segments } of handoffs)
      for (const figures of segments ?? []) found.set(`${id} ${segment} ${figures.value}`, figures);
  }
  const compared = waits.filter(({ handoff, n }) => handoff !== 'delivery_to_staffing' && n > 0);
  return [...Map.groupBy(compared, ({ handoff }) => handoff)].map(([handoff, cells]) => {
    const wrong = cells.filter(({ segment, value, n, businessHours }) => {
      const figures = found.get(`${handoff} ${snake[segment]} ${value}`);
      const hours = (figures?.business?.median_ms ?? NaN) / HOUR;
      const planted = businessHours.median ?? NaN;
      const givenUp = rows.filter(
        (row) =>
          row.handoff === handoff && row.status === 'cancelled' && row.bounces > 0 && row[snake[segment]] === value
      );
      return !(
        Math.abs(hours - planted) <= planted * tolerance(n) + fastMs / HOUR &&
        Math.abs((figures?.n ?? 0) + givenUp.length - n) <= Math.max(2, 0.05 * n)
      );
    });
    return {
      group: 'waits',
      name: `${handoff}: count and median by region, entity and line`,
      planted: `${cells.length} values`,
      found: `${cells.length - wrong.length} near${wrong.length > 0 ? `; not: ${wrong.map(({ value }) => value).join(', ')}` : ''}`,
      verdict: wrong.length === 0 ? 'found' : 'missed'
    } satisfies Fact;
  });
}

/** The places that cost most, in their order, each with its amount. */
async function toFix({ truths }: Truth, ask: Ask): Promise<Fact[]> {
  const { items } = await ask<ToFix>('/to-fix');
  return truths.toFix.flatMap(({ handoff, segment, value, n, carryingCost, businessDays }, i) => {
    const item = items[i];
    const [planted, found] = [`${handoff}, ${value}`, item ? `${item.handoff}, ${item.value}` : 'none'];
    const isIt = planted === found && item?.segment === snake[segment];
    const name = `thing to fix ${i + 1}`;
    return [
      { group: 'to fix', name, planted, found, verdict: isIt ? 'found' : 'missed' } satisfies Fact,
      near({
        group: 'to fix',
        name: `${name}: carrying cost a year`,
        planted: carryingCost,
        found: item?.carrying_cost ?? null,
        within: carryingCost * tolerance(n),
        unit: ' EUR'
      }),
      near({
        group: 'to fix',
        name: `${name}: working days`,
        planted: businessDays,
        found: item?.business_days ?? null,
        within: businessDays * tolerance(n)
      })
    ];
  });
}

/** The parts of every project's way sum to the whole, to the millisecond, and the means to the mean. */
async function dealToCash(ask: Ask): Promise<Fact[]> {
  const ways = await all<Way>(ask, '/deal-to-cash/projects');
  const wrong = ways.filter(
    ({ ms, won_at, paid_at, parts }) =>
      parts.reduce((sum, part) => sum + part.ms, 0) !== ms || Date.parse(paid_at) - Date.parse(won_at) !== ms
  );
  const { n, total_days, parts } = await ask<{ n: number; total_days: number; parts: { days: number }[] }>(
    '/deal-to-cash'
  );
  const apart = Math.abs(parts.reduce((sum, { days }) => sum + days, 0) - total_days);
  return [
    {
      group: 'deal to cash',
      name: 'projects whose parts sum to the whole',
      planted: String(n),
      found: String(ways.length - wrong.length),
      verdict: wrong.length === 0 && ways.length === n && n > 0 ? 'found' : 'missed'
    },
    {
      group: 'deal to cash',
      name: 'the means of the parts sum to the mean',
      planted: `${total_days.toFixed(2)} days`,
      found: `${apart < 1e-6 ? '' : `${apart} days `}${apart < 1e-6 ? 'they do' : 'apart'}`,
      verdict: apart < 1e-6 ? 'found' : 'missed'
    }
  ];
}
