import { monthsOf } from './dates.ts';
import { Random } from './rng.ts';
import type { FxRateRow } from './rows.ts';

/** The rates at the end of each month, the same for every cell of a firm. */
export function exchangeRates(seed: number): FxRateRow[] {
  const random = new Random(seed, 'fx');
  let rate = 1.08;
  return monthsOf('2024-07-01', '2026-06-30').flatMap((month) => {
    rate = Math.min(1.16, Math.max(1.02, rate * random.between(0.985, 1.016)));
    return [
      { month, from: 'EUR', to: 'USD', rate: Number(rate.toFixed(4)) },
      { month, from: 'USD', to: 'EUR', rate: Number((1 / rate).toFixed(4)) }
    ];
  });
}
