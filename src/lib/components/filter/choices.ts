import type { ApiClient, Place } from '#lib/api-client.ts';
import type { Dimension } from '#models/filter/filter.ts';

/** What can be picked: all of it, or the most frequent. */
export interface Listed {
  choices: Choice[];
  /** How many there are in all. */
  total: number;
}
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

  activities(): Promise<Listed> {
    return this.#once('activities', async () => {
      const { activities } = await this.#api.dfg({ ...this.#place, filter: [] }, { percentiles: 'false' });
      return all(activities.map(({ activity, cases }) => ({ value: activity, label: activity, cases })));
    });
  }

  parties(dimension: Dimension): Promise<Listed> {
    return this.#once(`parties ${dimension}`, async () => {
      const [{ parties }, names] = await Promise.all([
        this.#api.handoffs({ ...this.#place, filter: [] }, { dimension, limit: 1_000 }),
        dimension === 'resource' ? this.#names() : new Map<string, string>()
      ]);
      const labelOf = (id: string) => (names.has(id) ? `${names.get(id)} (${id})` : id);
      return all(parties.map(({ name, cases }) => ({ value: name, label: labelOf(name), cases })));
    });
  }

  variants(): Promise<Listed> {
    return this.#once('variants', async () => {
      const found = await this.#api.variants({ ...this.#place, filter: [] }, { limit: 50 });
      const choices = found.variants.map(({ id, sequence, cases }) => ({
        value: id,
        label: sequence.join(' → '),
        cases
      }));
      return { choices, total: found.total_variants };
    });
  }

  attributes() {
    return this.#once('attributes', async () => {
      const { attributes } = await this.#api.attributes({ ...this.#place, filter: [] });
      return attributes;
    });
  }

  /** What people are called whom the log knows by number. A list of people is no less a list without it. */
  async #names(): Promise<Map<string, string>> {
    try {
      const people = await this.#api.people(this.#place.log);
      return new Map(people.flatMap(({ id, name }) => (name && name !== id ? [[id, name] as const] : [])));
    } catch {
      return new Map();
    }
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

const all = (choices: Choice[]): Listed => ({ choices, total: choices.length });
