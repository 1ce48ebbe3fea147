import { overview } from '#dashboards/boards/overview.ts';
import type { ApiClient, Question } from '#lib/api-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';

export type PlainAnswers = ReturnType<typeof plainAnswers>;

/** What the Overview asks about a log without a lifecycle. */
export function plainAnswers(api: ApiClient, question: Question) {
  return {
    figures: inBrowser(question, async (asked) => {
      const [summary, cycleTime, rework, graph] = await Promise.all([
        api.summary(asked),
        api.cycleTime(asked),
        api.rework(asked),
        api.dfg(asked)
      ]);
      // Teams where the log names them, else people, else nobody.
      const { teams = 0, resources = 0 } = summary;
      const dimension = teams > 0 ? 'team' : resources > 0 ? 'resource' : null;
      const handoffs = dimension && (await api.handoffs(asked, { dimension, limit: 8 }));
      const board = overview({ summary, cycleTime, graph, rework, handoffs, filter: asked.filter });
      return { ...board, cycleTime, handoffs, cases: summary.cases };
    }),
    variants: inBrowser(question, (asked) => api.variants(asked, { limit: 6 }))
  };
}
