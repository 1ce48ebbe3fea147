import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  const { api, question } = await parent();
  const summary = inBrowser(question, (asked) => api.summary(asked));
  return {
    title: 'How is the work flowing, and where does it wait?',
    summary,
    cycleTime: inBrowser(question, (asked) => api.cycleTime(asked)),
    graph: inBrowser(question, (asked) => api.dfg(asked)),
    variants: inBrowser(question, (asked) => api.variants(asked, { limit: 6 })),
    rework: inBrowser(question, (asked) => api.rework(asked)),
    // Teams where the log names them, else people, else nobody.
    handoffs: inBrowser(question, async (asked) => {
      const { teams = 0, resources = 0 } = (await summary) ?? {};
      if (teams === 0 && resources === 0) return null;
      return api.handoffs(asked, { dimension: teams > 0 ? 'team' : 'resource', limit: 8 });
    })
  };
};
