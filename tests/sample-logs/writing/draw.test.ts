import { describe, expect, test } from 'vitest';
import { Draw } from '#sample-logs/writing/dirt/draw.ts';

const ids = Array.from({ length: 20_000 }, (_, n) => `TE-${n}`);

describe('a draw', () => {
  test('depends on seed, cell, decision and record, and on nothing else', () => {
    const number = new Draw(7, 0, 'late').of('TE-1');
    const draw = new Draw(7, 0, 'late');
    draw.of('TE-2');
    expect(draw.of('TE-1')).toBe(number);
    const others = [
      new Draw(8, 0, 'late').of('TE-1'),
      new Draw(7, 1, 'late').of('TE-1'),
      new Draw(7, 0, 'duplicate').of('TE-1'),
      new Draw(7, 0, 'late').of('TE-2')
    ];
    expect(new Set([number, ...others]).size).toBe(5);
  });

  test('is even: each tenth has its tenth, also of ids that differ in one digit', () => {
    const draw = new Draw(7, 0, 'late');
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const id of ids) tenths[Math.floor(draw.of(id) * 10)]! += 1;
    // Six standard deviations of a binomial of 20,000 draws of a tenth.
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(6 * Math.sqrt(20_000 * 0.1 * 0.9));
  });

  test('chooses exactly so many, the same whatever the order', () => {
    const draw = new Draw(7, 0, 'late');
    const chosen = draw.choose(ids, 600, (id) => id);
    expect(chosen.size).toBe(600);
    expect(draw.choose(ids.toReversed(), 600, (id) => id)).toEqual(new Set([...chosen].toReversed()));
    expect(draw.choose(ids.slice(0, 3), 5, (id) => id).size).toBe(3);
    expect(draw.choose(ids, 0, (id) => id).size).toBe(0);
    expect(draw.choose([], 5, String).size).toBe(0);
  });
});
