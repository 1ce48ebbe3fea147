import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  const { api, question } = await parent();
  return { title: 'What really happens?', graph: inBrowser(question, (asked) => api.dfg(asked)) };
};
