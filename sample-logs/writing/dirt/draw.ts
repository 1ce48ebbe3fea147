/**
 * Draws numbers that depend on nothing but the seed, the cell, what is decided and the record: so a record's dirt stays
 * the same whatever is written before it.
 *
 * @example new Draw(7, 0, 'late').of('TE-000123') // the same number in [0, 1) for ever
 */
export class Draw {
  private readonly high: number;
  private readonly low: number;

  constructor(seed: number, cell: number, decision: string) {
    [this.high, this.low] = absorb(`${seed}/${cell}/${decision}/`, 0xdeadbeef, 0x41c6ce57);
  }

  /** A number in [0, 1), of 53 random bits. */
  of(record: string): number {
    let [high, low] = absorb(record, this.high, this.low);
    high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
    return ((high >>> 0) * 2 ** 21 + (low >>> 11)) / 2 ** 53;
  }

  /** An integer from 0 to `below` − 1. */
  below(below: number, record: string): number {
    return Math.floor(this.of(record) * below);
  }

  /** The `count` records that draw the smallest numbers (all of them, where there are no more). */
  choose<Row>(rows: readonly Row[], count: number, key: (row: Row) => string): Set<Row> {
    if (count <= 0) return new Set();
    const drawn = rows.map((row) => ({ row, number: this.of(key(row)) }));
    const limit = Float64Array.from(drawn, ({ number }) => number).sort()[Math.min(count, rows.length) - 1] ?? 1;
    return new Set(drawn.filter(({ number }) => number <= limit).map(({ row }) => row));
  }
}

/** cyrb53 (public domain): two multiplicative hashes side by side. */
function absorb(text: string, high: number, low: number): [number, number] {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  return [high, low];
}
