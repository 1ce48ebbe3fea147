import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { ident, raw, sql } from '#models/store/sql.ts';
import type { DealToCashTables } from '#models/views/deal-to-cash.ts';
import { placeColumns } from '#models/views/firm.ts';
import { ask, instant } from './context.ts';
import { exchange, withoutRate, type WithoutRate } from './exchange.ts';
import { ofSegments, within, type LedgerContext, type PeriodFilter, type SegmentFilter } from './ledger-scope.ts';

export interface DealToCashContext extends LedgerContext {
  tables: DealToCashTables;
}

export interface DealToCashOptions extends PeriodFilter, SegmentFilter {}

export interface CashPart {
  kind: 'stage' | 'handoff';
  id: string;
  name: string;
  /** Weighted mean over all projects, those that it takes nothing of too. */
  days: number;
  share: number;
  /** Projects of which it takes something, and the sum of their weights. */
  cases: number;
  money_weight: number;
}

export interface DealToCash {
  /** Projects whose first payment lies in the period. */
  n: number;
  /** Left out: not paid yet (whatever the period), and paid, but without an amount above 0. */
  excluded: {
    no_payment: number;
    no_amount: number;
    /** Paid, with an amount that could not be converted. */
    without_rate: WithoutRate[];
  };
  weight_currency: string;
  rate_date: string | null;
  total_days: number | null;
  /** In the order of the lifecycle; those of no length are left out. */
  parts: CashPart[];
}

const DAY = 86_400_000;

/**
 * Deal to cash: the mean time from deal won to first payment, weighted by what each deal is worth, and how the stages
 * and the lifecycle handoffs share it.
 *
 * For projects i with time tᵢ (ms) and weight wᵢ (the deal's amount at the rates of one month): Σ wᵢ tᵢ / Σ wᵢ. Each tᵢ is
 * cut into parts that sum to it exactly (`models/views/deal-to-cash.ts`), so the means of the parts sum to the mean of
 * the whole. Projects count in the period of their first payment; those not paid yet are told, not guessed.
 *
 * @example
 * const { total_days, parts } = await dealToCash({ engine, ledger, tables });
 * // 83.1, [{ kind: 'stage', id: 'deal_validation', days: 1.27, share: 0.015, … }, …]
 */
export async function dealToCash(
  { engine, ledger, tables }: DealToCashContext,
  { from, to, ...filter }: DealToCashOptions = {}
): Promise<DealToCash> {
  const rates = await exchange(engine, ledger.firm, to ?? ledger.at);
  const { currency, rate_date, factors } = rates;
  const answer = await ask<{
    n: number;
    no_payment: number;
    no_amount: number;
    without_rate: WithoutRate[];
    weight: number | null;
    weighted: number | null;
    parts: { kind: 'stage' | 'handoff'; id: string; weighted: number; cases: number; weight: number }[];
  }>(
    engine,
    sql`
    with way as materialized (
      select w.*, w.weight * r.factor as worth from (${placed(ledger, tables)}) w
      left join ${factors} r using (currency) where ${ofSegments(filter)}
    ), paid as (select * from way where paid_at is not null and ${within(raw('paid_at'), { from, to })}),
    counted as (select * from paid where worth > 0)
    select to_json({
      n: (select count(*) from counted)::double,
      no_payment: (select count(*) from way where paid_at is null)::double,
      no_amount: (select count(*) from paid where coalesce(weight, 0) <= 0)::double,
      without_rate: ${withoutRate(rates, raw('(select currency, 1 as n, weight as amount from paid where weight > 0)'))},
      weight: (select sum(worth) from counted), weighted: (select sum(worth * ms) from counted),
      parts: (select coalesce(list({kind: kind, id: id, weighted: weighted, cases: cases, weight: weight}), []) from (
        select p.kind, p.id, sum(c.worth * p.ms) as weighted, count(*)::double as cases, sum(c.worth) as weight
        from counted c join ${ident(tables.parts)} p using (case_no) group by all))
    })::varchar as answer`
  );
  const { weight, weighted } = answer;
  const parts = placesOf(ledger).flatMap(({ kind, id, name }) => {
    const part = answer.parts.find((one) => one.kind === kind && one.id === id);
    if (!part || !weight || !weighted) return [];
    return [
      {
        kind,
        id,
        name,
        days: part.weighted / weight / DAY,
        share: part.weighted / weighted,
        cases: part.cases,
        money_weight: Math.round(part.weight * 100) / 100
      }
    ];
  });
  return {
    n: answer.n,
    excluded: { no_payment: answer.no_payment, no_amount: answer.no_amount, without_rate: answer.without_rate },
    weight_currency: currency,
    rate_date,
    total_days: weight && weighted ? weighted / weight / DAY : null,
    parts
  };
}

export interface ProjectWay {
  project: string;
  won_at: string;
  paid_at: string;
  ms: number;
  weight: number;
  currency: string;
  /** They sum to `ms`. */
  parts: { kind: 'stage' | 'handoff'; id: string; ms: number }[];
}

export interface ProjectWaysOptions extends DealToCashOptions {
  /** A part's id (`milestone_to_invoice`): the projects of which it takes most come first; else the longest ways. */
  part?: string | undefined;
  limit?: number;
  offset?: number;
}

/** The ways themselves: what a bar of deal to cash is made of, and so without those whose deal has no weight. */
export async function projectWays(
  { engine, ledger, tables }: DealToCashContext,
  { part, from, to, limit = 100, offset = 0, ...filter }: ProjectWaysOptions = {}
): Promise<{ total: number; rows: ProjectWay[] }> {
  const { factors } = await exchange(engine, ledger.firm, to ?? ledger.at);
  return ask(
    engine,
    sql`
    with part as materialized (
      select case_no, list({kind: kind, id: id, ms: ms::double} order by ms desc, id) as parts,
        coalesce(sum(ms) filter (id = ${part ?? ''}), 0) as wanted
      from ${ident(tables.parts)} group by case_no
    ), chosen as (
      select w.*, p.parts, p.wanted from (${placed(ledger, tables)}) w join part p using (case_no)
      join ${factors} r using (currency)
      where w.weight * r.factor > 0 and ${ofSegments(filter)} and ${within(raw('paid_at'), { from, to })}
        and ${part === undefined ? raw('true') : raw('wanted > 0')}
    ), page as (
      select *, row_number() over (order by wanted desc, ms desc, project) as nth from chosen
      qualify nth > ${offset} and nth <= ${offset + limit}
    )
    select to_json({
      total: (select count(*) from chosen)::double,
      rows: (select coalesce(list({project: project, won_at: ${instant(raw('won_at'))},
        paid_at: ${instant(raw('paid_at'))}, ms: ms::double, weight: weight, currency: currency, parts: parts}
        order by nth), []) from page)
    })::varchar as answer`
  );
}

const placed = ({ firm: { projects } }: LedgerContext['ledger'], tables: DealToCashTables) => sql`
  select d.*, c.case_id as project, ${placeColumns(raw('c.attributes'))}
  from ${ident(tables.projects)} d join ${ident(projects.cases)} c using (case_no)`;

/** Stages in their order, each after the handoffs that lead to it. */
function placesOf({ firm }: LedgerContext['ledger']): { kind: 'stage' | 'handoff'; id: string; name: string }[] {
  const { stages, handoffs } = lifecycleOf(firm.setup);
  return stages.flatMap((stage) => [
    ...handoffs
      .filter((handoff) => handoff.stage === stage.id)
      .map(({ id, name }) => ({ kind: 'handoff' as const, id, name })),
    { kind: 'stage' as const, id: stage.id, name: stage.name }
  ]);
}
