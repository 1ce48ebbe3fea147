import type { ApiClient, Place } from '#lib/api-client.ts';
import type { Dimension } from '#models/filter/filter.ts';

export interface Choice {
  value: string;
  label: string;
  /** Cases that have it. */
  cases: number;
}

/** What a filter can name in this view: asked for when an editor opens, once. The open filter narrows none of it. */
export class Choices {
  readonly #asked = new Map<string, Promise<unknown>>();
  readonly #api: ApiClient;
  readonly #place: Place;

  constructor(api: ApiClient, place: Place) {
    this.#api = api;
    this.#place = place;
  }

  activities(): Promise<Choice[]> {
    return this.#once('activities', async () => {
      const { activities } = await this.#api.dfg({ ...this.#place, filter: [] }, { percentiles: 'false' });
      return activities.map(({ activity, cases }) => ({ value: activity, label: activity, cases }));
    });
  }

  parties(dimension: Dimension): Promise<Choice[]> {
    return this.#once(`parties ${dimension}`, async () => {
      const { parties } = await this.#api.handoffs({ ...this.#place, filter: [] }, { dimension, limit: 1_000 });
      return parties.map(({ name, cases }) => ({ value: name, label: name, cases }));
    });
  }

  variants(): Promise<Choice[]> {
    return this.#once('variants', async () => {
      const { variants } = await this.#api.variants({ ...this.#place, filter: [] }, { limit: 50 });
      return variants.map(({ id, sequence, cases }) => ({ value: id, label: sequence.join(' → '), cases }));
    });
  }

  attributes() {
    return this.#once('attributes', async () => {
      const { attributes } = await this.#api.attributes({ ...this.#place, filter: [] });
      return attributes;
    });
  }

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#asked.get(key) as Promise<T> | undefined;
    if (known) return known;
    const answer = ask();
    this.#asked.set(key, answer);
    answer.catch(() => this.#asked.delete(key));
    return answer;
  }
}
