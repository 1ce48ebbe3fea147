import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeLabels } from '#dashboards/boards/ribbon-labels.ts';

test('a name that would run into the one before goes one row down', () => {
  const bars = [
    { x: 0, width: 90 },
    { x: 40, width: 80 },
    { x: 100, width: 50 }
  ];
  expect(placeLabels(bars, { width: 400 })).toEqual([
    { x: 0, width: 90, row: 0 },
    { x: 40, width: 80, row: 1 },
    { x: 100, width: 50, row: 0 }
  ]);
});

test('a name at the end moves to the left, a long one is cut, and one without a row is left out', () => {
  const bars = [
    { x: 0, width: 400 },
    { x: 5, width: 100 },
    { x: 10, width: 20 },
    { x: 190, width: 40 }
  ];
  expect(placeLabels(bars, { width: 200, most: 120 })).toEqual([
    { x: 0, width: 120, row: 0 },
    { x: 5, width: 100, row: 1 },
    null,
    { x: 160, width: 40, row: 0 }
  ]);
});

test('names never overlap and never leave the ribbon', () => {
  const bar = fc.record({ x: fc.integer({ min: 0, max: 1_000 }), width: fc.integer({ min: 1, max: 200 }) });
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), (bars, rows) => {
      const sorted = bars.toSorted((a, b) => a.x - b.x);
      const labels = placeLabels(sorted, { width: 1_000, rows }).filter((label) => label !== null);
      for (const [i, a] of labels.entries()) {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width).toBeLessThanOrEqual(1_000);
        for (const b of labels.slice(i + 1))
          if (a.row === b.row) expect(Math.min(a.x + a.width, b.x + b.width)).toBeLessThanOrEqual(Math.max(a.x, b.x));
      }
    })
  );
});
