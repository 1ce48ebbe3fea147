import type { Ask, Fact } from '../verify.ts';

const HOUR = 3_600_000;

/**
 * How far a figure of n waits may lie from what was planted: two codes in a hundred match nothing, so some waits are
 * not seen, and which they are is chance. Three standard errors of a mean whose values scatter as much as they are long.
 */
export const tolerance = (n: number): number => 3 / Math.sqrt(Math.max(1, n));

/** Every row of a list that the API gives page by page. */
export async function all<Item>(ask: Ask, path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const page = await ask<{ total: number; rows: Item[] }>(
      `${path}${path.includes('?') ? '&' : '?'}limit=1000&offset=${items.length}`
    );
    items.push(...page.rows);
    if (page.rows.length === 0 || items.length >= page.total) return items;
  }
}

export interface Near {
  group: string;
  name: string;
  planted: number | null;
  found: number | null;
  /** How far it may lie apart. */
  within: number;
  unit?: string;
}

export function near({ group, name, planted, found, within, unit = '' }: Near): Fact {
  const told = (value: number | null): string => (value === null ? 'none' : `${Number(value.toFixed(3))}${unit}`);
  const isNear = planted === null ? found === null : found !== null && Math.abs(found - planted) <= within;
  return {
    group,
    name,
    planted: told(planted),
    found: `${told(found)} (± ${told(within)})`,
    verdict: isNear ? 'found' : 'missed'
  };
}

/** A median in hours, which a fast clock may move by its minutes. */
export const nearHours = (
  group: string,
  name: string,
  planted: number | null,
  found: number | null,
  n: number,
  fastMs = 0
) =>
  near({
    group,
    name,
    planted,
    found,
    within: (planted ?? 0) * tolerance(n) + fastMs / HOUR,
    unit: ' h'
  });

/** A share of n, within three standard errors, and never nearer than one in a hundred. */
export const nearShare = (
  group: string,
  name: string,
  planted: { share: number | null; n: number },
  found: number | null
) => {
  const share = planted.share ?? 0;
  const within = Math.max(0.01, 3 * Math.sqrt((share * (1 - share)) / Math.max(1, planted.n)));
  return near({ group, name, planted: planted.share, found, within });
};

export const shareOf = <Item>(items: readonly Item[], isHit: (item: Item) => boolean): number | null =>
  items.length === 0 ? null : items.filter(isHit).length / items.length;
