import { browser } from '$app/environment';

/**
 * Asks only in the browser: the server sends the page with its skeleton at once and never waits for an analysis.
 * A failure is shown by whoever awaits it, and is no unhandled rejection until then.
 *
 * @returns null when there is nothing to ask about
 */
export function inBrowser<Q, A>(question: Q | null, ask: (question: Q) => Promise<A>): Promise<A> | null {
  if (question === null) return null;
  if (!browser) return new Promise(() => {});
  const answer = ask(question);
  answer.catch(() => {});
  return answer;
}
