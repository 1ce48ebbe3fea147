import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, parent }) => {
  const { api, question } = await parent();
  return {
    title: `What happened in ${params.id}?`,
    single: true,
    detail: inBrowser(question, (place) => api.case(place, params.id))
  };
};
