import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeLabels } from '#dashboards/boards/ribbon-labels.ts';

test('the longest bar has its name in the first row, and who runs into it goes one row down', () => {
  const bars = [
    { x: 0, length: 40, width: 90 },
    { x: 40, length: 60, width: 80 },
    { x: 100, length: 300, width: 50 }
  ];
  expect(placeLabels(bars, { width: 400 })).toEqual([
    { x: 0, width: 90, row: 0 },
    { x: 40, width: 80, row: 1 },
    { x: 100, width: 50, row: 0 }
  ]);
});

test('a name may end where its bar ends, is cut when it is too long, and is left out without room', () => {
  const bars = [
    { x: 0, length: 100, width: 400 },
    { x: 100, length: 20, width: 60 },
    { x: 120, length: 10, width: 60 },
    { x: 130, length: 70, width: 40 }
  ];
  expect(placeLabels(bars, { width: 200, most: 70 })).toEqual([
    { x: 0, width: 70, row: 0 },
    { x: 100, width: 60, row: 1 },
    null,
    { x: 130, width: 40, row: 0 }
  ]);
});

test('a sliver has no name: it would not be seen whose it is', () => {
  const bars = [
    { x: 0, length: 9.9, width: 20 },
    { x: 20, length: 10, width: 20 }
  ];
  expect(placeLabels(bars, { width: 400 })).toEqual([null, { x: 20, width: 20, row: 0 }]);
});

test('names never overlap and never leave the ribbon', () => {
  const bar = fc.record({
    x: fc.integer({ min: 0, max: 1_000 }),
    length: fc.integer({ min: 1, max: 300 }),
    width: fc.integer({ min: 1, max: 200 })
  });
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), (bars, rows) => {
      const labels = placeLabels(bars, { width: 1_000, rows }).filter((label) => label !== null);
      for (const [i, a] of labels.entries()) {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width).toBeLessThanOrEqual(1_000);
        for (const b of labels.slice(i + 1))
          if (a.row === b.row) expect(Math.min(a.x + a.width, b.x + b.width)).toBeLessThanOrEqual(Math.max(a.x, b.x));
      }
    })
  );
});
