import type { Money } from '#mining/handoff-scorecard.ts';
import type { StalledProject } from '#mining/stalled.ts';
import type { BlockingKind } from '#mining/what-blocks.ts';

export interface Worklist {
  rows: WorklistRow[];
  /** How many wait for what, most first. */
  kinds: { kind: BlockingKind; n: number }[];
  /** What all of them hold up together, by currency, largest first. */
  money: Money[];
}

export interface WorklistRow extends StalledProject {
  /** Business time so far, as a multiple of what it had to exceed; null where that is nothing. */
  times_limit: number | null;
}

export type StalledOrder = 'money' | 'age';

/**
 * The stalled worklist, by what it holds up or by how long it has waited. Money of several currencies is ordered within
 * its currency only: currencies in the order of their total, as amounts of two are not to be compared.
 */
export function stalledWorklist(
  rows: StalledProject[],
  { kind, order = 'money' }: { kind?: string | null; order?: StalledOrder } = {}
): Worklist {
  const counted = new Map<BlockingKind, number>();
  for (const { blocking } of rows) counted.set(blocking.kind, (counted.get(blocking.kind) ?? 0) + 1);
  const shown = kind ? rows.filter(({ blocking }) => blocking.kind === kind) : rows;
  const money = sums(shown);
  const rank = new Map(money.map(({ currency }, index) => [currency, index]));
  const place = ({ currency, money: amount }: StalledProject) =>
    currency !== null && amount ? (rank.get(currency) ?? money.length) : money.length;
  const byMoney = (a: StalledProject, b: StalledProject) => place(a) - place(b) || (b.money ?? 0) - (a.money ?? 0);
  const byAge = (a: StalledProject, b: StalledProject) => b.business_ms - a.business_ms;
  const [first, second] = order === 'money' ? [byMoney, byAge] : [byAge, byMoney];
  return {
    rows: shown
      .map((row) => ({
        ...row,
        times_limit: row.limit_ms > 0 ? row.business_ms / row.limit_ms : null
      }))
      .toSorted((a, b) => first(a, b) || second(a, b) || (a.project < b.project ? -1 : 1)),
    kinds: [...counted].map(([kind, n]) => ({ kind, n })).sort((a, b) => b.n - a.n || (a.kind < b.kind ? -1 : 1)),
    money
  };
}

function sums(rows: StalledProject[]): Money[] {
  const total = new Map<string, number>();
  for (const { money, currency } of rows)
    if (money && currency !== null) total.set(currency, (total.get(currency) ?? 0) + money);
  return [...total]
    .map(([currency, amount]) => ({ currency, amount }))
    .sort((a, b) => b.amount - a.amount || (a.currency < b.currency ? -1 : 1));
}
