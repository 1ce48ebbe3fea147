import type { Instant } from '../../firm/rows.ts';
import type { Dirtying } from './cell.ts';

const share = 0.03;
const day = 86_400_000;
export const lateAfterDays = 7;

export interface LateTruth {
  /** Rows entered more than seven days after what they tell happened. */
  time: number;
  expenses: number;
}

/** Dates some time sheets and expenses back: entered on the same weekday one to three weeks later. */
export function enterLate({ cell, draw, now }: Dirtying): void {
  const by = draw('late');
  const delay = draw('how late');
  const late = <Row extends { id: string; enteredAt: Instant }>(rows: Row[], happened: (row: Row) => Instant) => {
    const latest = now - 3 * lateAfterDays * day;
    const able = rows.filter((row) => row.enteredAt < latest && isWithin(row, happened));
    const already = rows.filter((row) => !isWithin(row, happened)).length;
    const chosen = by.choose(able, Math.round(rows.length * share) - already, ({ id }) => id);
    return rows.map((row) =>
      chosen.has(row) ? { ...row, enteredAt: row.enteredAt + lateAfterDays * day * (1 + delay.below(3, row.id)) } : row
    );
  };
  cell['psa/time'] = late(cell['psa/time'], ({ startedAt }) => startedAt);
  cell['psa/expenses'] = late(cell['psa/expenses'], ({ spentAt }) => spentAt);
}

/** Counted last, since an outage delays entries too. */
export function countLate({ cell }: Dirtying): LateTruth {
  return {
    time: cell['psa/time'].filter((row) => !isWithin(row, ({ startedAt }) => startedAt)).length,
    expenses: cell['psa/expenses'].filter((row) => !isWithin(row, ({ spentAt }) => spentAt)).length
  };
}

function isWithin<Row extends { enteredAt: Instant }>(row: Row, happened: (row: Row) => Instant): boolean {
  return row.enteredAt - happened(row) <= lateAfterDays * day;
}
