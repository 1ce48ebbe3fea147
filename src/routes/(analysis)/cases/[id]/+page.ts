import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';
import { isProject, lookAfter } from './look-after.ts';

const PART = 2_000;

export const load: PageLoad = async ({ params, parent, url, fetch }) => {
  const { api, question, scope } = await parent();
  const offset = Math.max(0, Number.parseInt(url.searchParams.get('from') ?? '0', 10) || 0);
  return {
    title: `What happened in ${params.id}?`,
    single: true,
    offset,
    part: PART,
    lookAfter: inBrowser(scope && isProject(scope.log, scope.view) ? scope.log.name : null, (log) =>
      lookAfter(fetch, log, params.id)
    ),
    detail: inBrowser(question, (place) => api.case(place, params.id, { limit: PART, offset }))
  };
};
