/** A seeded source of chance (sfc32): the same seed gives the same firm on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param parts what the stream depends on: the seed, the cell, the name of what draws */
  constructor(...parts: (string | number)[]) {
    const text = parts.join('/');
    this.#a = hash(text, 0x9e3779b9);
    this.#b = hash(text, 0x243f6a88);
    this.#c = hash(text, 0xb7e15162);
    for (let i = 0; i < 12; i += 1) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number from low to high, both included. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** Log-normal by its median; the spread of waits is kept at σ ≤ 0.7, so that open ones are not mostly the longest. */
  logNormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(sigma * Math.max(-2.5, Math.min(2.5, normal)));
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = Math.floor(this.next() * (i + 1));
      [list[i], list[j]] = [list[j] as Item, list[i] as Item];
    }
    return list;
  }
}

/**
 * Yes or no with a share that holds in every block of `size` draws, in random order within it: a rare truth then has its
 * size in each seed, and no pattern.
 */
export class Deck {
  #cards: boolean[] = [];
  readonly #random: Random;
  readonly #hits: number;
  readonly #size: number;

  constructor(random: Random, hits: number, size: number) {
    this.#random = random;
    this.#hits = hits;
    this.#size = size;
  }

  draw(): boolean {
    if (this.#cards.length === 0) {
      this.#cards = this.#random.shuffled(Array.from({ length: this.#size }, (_, i) => i < this.#hits));
    }
    return this.#cards.pop() ?? false;
  }
}

/** Uniform numbers of which every block covers [0, 1) evenly: their mean hardly varies. */
export class Strata {
  #rest: number[] = [];
  readonly #random: Random;
  readonly #size: number;

  constructor(random: Random, size: number) {
    this.#random = random;
    this.#size = size;
  }

  draw(): number {
    if (this.#rest.length === 0) this.#rest = this.#random.shuffled(Array.from({ length: this.#size }, (_, i) => i));
    return ((this.#rest.pop() ?? 0) + this.#random.next()) / this.#size;
  }
}

/** FNV-1a with a final mix (murmur3's). */
function hash(text: string, basis: number): number {
  let h = basis | 0;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
