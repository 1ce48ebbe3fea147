import { SvelteMap } from 'svelte/reactivity';
import type { Cases } from '#mining/cases.ts';

export type CaseRow = Cases['cases'][number];

/** The rows of one sorted and filtered case list, fetched a page at a time as they scroll into view. */
export class CasePages {
  readonly total: number;
  /** The attributes that the first rows have. */
  readonly keys: readonly string[];
  readonly #size: number;
  readonly #ask: (offset: number) => Promise<Cases> | null;
  /** Why the last missing rows did not come. */
  failure = $state.raw<unknown>(undefined);
  readonly #pages = new SvelteMap<number, CaseRow[]>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that nothing shows
  readonly #asked = new Set<number>([0]);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- as above
  readonly #failed = new Set<number>();

  constructor(first: Cases, size: number, ask: (offset: number) => Promise<Cases> | null) {
    this.total = first.total;
    this.keys = Object.keys(Object.assign({}, ...first.cases.map(({ attributes }) => attributes)) as object).sort();
    this.#size = size;
    this.#ask = ask;
    this.#pages.set(0, first.cases);
  }

  row(index: number): CaseRow | undefined {
    return this.#pages.get(Math.floor(index / this.#size))?.[index % this.#size];
  }

  /** Fetches what is missing of rows `from` up to and without `to`. */
  want(from: number, to: number): void {
    for (let page = Math.floor(from / this.#size); page * this.#size < Math.min(to, this.total); page++) {
      if (this.#asked.has(page)) continue;
      this.#asked.add(page);
      this.#ask(page * this.#size)?.then(
        ({ cases }) => this.#pages.set(page, cases),
        (error: unknown) => {
          this.#failed.add(page);
          this.failure = error;
        }
      );
    }
  }

  /** Asks again for what did not come. */
  retry(from: number, to: number): void {
    for (const page of this.#failed) this.#asked.delete(page);
    this.#failed.clear();
    this.failure = undefined;
    this.want(from, to);
  }
}
