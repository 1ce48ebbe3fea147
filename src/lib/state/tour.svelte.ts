const KEY = 'throughline-tour';
const STEPS = 3;

/** The way through the sample data on a first visit: at which step it is, kept over a reload; done once for good. */
class Tour {
  /** From 0; null while there is none. */
  step = $state<number | null>(null);

  /** Begins where it was left, or not at all when it was done or skipped before. */
  resume(): void {
    const kept = localStorage.getItem(KEY);
    if (kept !== 'done') this.#at(Math.min(STEPS - 1, Number(kept) || 0));
  }

  restart(): void {
    this.#at(0);
  }

  next(): void {
    if (this.step !== null && this.step < STEPS - 1) this.#at(this.step + 1);
    else this.end();
  }

  end(): void {
    this.step = null;
    localStorage.setItem(KEY, 'done');
  }

  #at(step: number): void {
    this.step = step;
    localStorage.setItem(KEY, String(step));
  }
}

export const tour = new Tour();
