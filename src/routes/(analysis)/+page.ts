import { overview } from '#dashboards/boards/overview.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  const { api, question } = await parent();
  return {
    title: 'How is the work flowing, and where does it wait?',
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
};
