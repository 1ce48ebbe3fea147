import type { TokenName } from '../theme/tokens.ts';
import { stageColour } from '../theme/stage-colours.ts';
import type { CashPart, DealToCash } from '#mining/deal-to-cash.ts';

export interface RibbonPart extends CashPart {
  /** Where it begins, as a share of the whole. */
  offset: number;
  /** Of a stage; a handoff is hatched in the colour of waits. */
  colour: TokenName | null;
}

export interface Ribbon {
  parts: RibbonPart[];
  total_days: number;
  /** What the handoffs take of it, in days and as a share. */
  waiting: { days: number; share: number };
  /** The longest handoff. */
  longest: RibbonPart | null;
}

/**
 * Deal to cash as one bar: stages solid, handoffs hatched, in the order of the parts. Parts of no length are left out.
 * The offsets are summed from the days and not from rounded shares, so the bar is as long as the whole.
 *
 * @example ribbon(result).waiting.share // 0.42 of the days between deal won and first payment
 */
export function ribbon({ parts, total_days: total }: Pick<DealToCash, 'parts' | 'total_days'>): Ribbon {
  const total_days = total ?? 0;
  const shown: RibbonPart[] = [];
  let before = 0;
  for (const part of parts) {
    if (part.days <= 0) continue;
    const colour = part.kind === 'stage' ? stageColour(part.id) : null;
    shown.push({ ...part, offset: total_days > 0 ? before / total_days : 0, colour });
    before += part.days;
  }
  const handoffs = shown.filter(({ kind }) => kind === 'handoff');
  const days = handoffs.reduce((sum, part) => sum + part.days, 0);
  return {
    parts: shown,
    total_days,
    waiting: { days, share: total_days > 0 ? days / total_days : 0 },
    longest: handoffs.toSorted((a, b) => b.days - a.days)[0] ?? null
  };
}
