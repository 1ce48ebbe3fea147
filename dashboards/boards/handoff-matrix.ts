import type { TransitionHandoffs } from '#mining/handoffs.ts';

type Pair = TransitionHandoffs['pairs'][number];

export interface MatrixCell extends Pair {
  /** 1 to 5 by total time, in even steps of its square root: one long pair must not hide all others. */
  level: 1 | 2 | 3 | 4 | 5;
}

export interface HandoffMatrix {
  /** Rows and columns, the party with the most time around it first. */
  parties: string[];
  /** A row each, a column each; null where nothing goes from the one to the other. */
  cells: (MatrixCell | null)[][];
  /** Pairs that found no room. */
  left_out: { pairs: number; total_s: number };
}

/** Who hands to whom, as a square of the parties with the most waiting around them. */
export function handoffMatrix(
  { pairs }: Pick<TransitionHandoffs, 'pairs'>,
  { most = 12 }: { most?: number } = {}
): HandoffMatrix {
  const time = new Map<string, number>();
  for (const { from, to, total_s } of pairs)
    for (const party of [from, to]) time.set(party, (time.get(party) ?? 0) + total_s);
  const parties = [...time]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([party]) => party);
  const kept = pairs.filter(({ from, to }) => parties.includes(from) && parties.includes(to));
  const longest = Math.max(0, ...kept.map(({ total_s }) => total_s));
  const at = new Map(kept.map((pair) => [`${pair.from}\n${pair.to}`, pair]));
  const left = pairs.filter((pair) => !kept.includes(pair));
  return {
    parties,
    cells: parties.map((from) =>
      parties.map((to) => {
        const pair = at.get(`${from}\n${to}`);
        return pair ? { ...pair, level: levelOf(pair.total_s, longest) } : null;
      })
    ),
    left_out: { pairs: left.length, total_s: left.reduce((sum, { total_s }) => sum + total_s, 0) }
  };
}

function levelOf(value: number, most: number): MatrixCell['level'] {
  const share = most > 0 ? Math.sqrt(value / most) : 0;
  return Math.min(5, 1 + Math.floor(share * 5)) as MatrixCell['level'];
}
