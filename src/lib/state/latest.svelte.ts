import { untrack } from 'svelte';

/**
 * The newest answer to a question whose wording changes (filter, slider, view): keeps the last value on screen while
 * the next one is under way, and drops answers that arrive late. Create it while a component initialises.
 *
 * @example const graph = new Latest(() => data.graph);
 */
export class Latest<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  pending = $state(true);

  constructor(ask: () => Promise<T> | null) {
    $effect(() => {
      const answer = ask();
      let current = true;
      untrack(() => {
        this.pending = answer !== null;
        if (answer === null) this.value = undefined;
      });
      answer?.then(
        (value) => {
          if (!current) return;
          this.value = value;
          this.error = undefined;
          this.pending = false;
        },
        (error: unknown) => {
          if (!current) return;
          this.error = error;
          this.pending = false;
        }
      );
      return () => {
        current = false;
      };
    });
  }
}
