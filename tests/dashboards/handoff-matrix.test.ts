import { expect, test } from 'vitest';
import { handoffMatrix } from '#dashboards/boards/handoff-matrix.ts';

const pair = (from: string, to: string, total_s: number) => ({
  ...{ from, to, count: 2, cases: 2, mean_s: total_s / 2, median_s: total_s / 2, p90_s: total_s, total_s }
});

test('parties stand by the time around them, and each cell where its pair meets', () => {
  const { parties, cells, left_out } = handoffMatrix({
    pairs: [pair('Sales', 'Finance', 100), pair('Finance', 'Delivery', 400), pair('Delivery', 'Finance', 4)]
  });
  expect(parties).toEqual(['Finance', 'Delivery', 'Sales']);
  expect(cells.map((row) => row.map((cell) => cell?.total_s ?? null))).toEqual([
    [null, 400, null],
    [4, null, null],
    [100, null, null]
  ]);
  expect(left_out).toEqual({ pairs: 0, total_s: 0 });
});

test('levels follow the square root of the time: a quarter of the longest is in the middle', () => {
  const { cells } = handoffMatrix({
    pairs: [pair('a', 'b', 100), pair('b', 'a', 25), pair('a', 'c', 3), pair('c', 'a', 36)]
  });
  const level = new Map(cells.flat().map((cell) => [`${cell?.from}${cell?.to}`, cell?.level]));
  expect([level.get('ab'), level.get('ba'), level.get('ac'), level.get('ca')]).toEqual([5, 3, 1, 4]);
});

test('what finds no room is told', () => {
  const { parties, left_out } = handoffMatrix(
    { pairs: [pair('a', 'b', 100), pair('b', 'a', 50), pair('c', 'a', 7)] },
    { most: 2 }
  );
  expect(parties).toEqual(['a', 'b']);
  expect(left_out).toEqual({ pairs: 1, total_s: 7 });
});

test('pairs without any time are drawn as the least', () => {
  expect(handoffMatrix({ pairs: [pair('a', 'b', 0)] }).cells[0]?.[1]?.level).toBe(1);
  expect(handoffMatrix({ pairs: [] }).parties).toEqual([]);
});
