import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

const PART = 2_000;

export const load: PageLoad = async ({ params, parent, url }) => {
  const { api, question } = await parent();
  const offset = Math.max(0, Number.parseInt(url.searchParams.get('from') ?? '0', 10) || 0);
  return {
    title: `What happened in ${params.id}?`,
    single: true,
    offset,
    part: PART,
    detail: inBrowser(question, (place) => api.case(place, params.id, { limit: PART, offset }))
  };
};
