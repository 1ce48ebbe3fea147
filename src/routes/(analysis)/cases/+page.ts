import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

const sorts = ['start', 'end', 'duration', 'events', 'case_id'] as const;
export const _pageSize = 100;

export const load: PageLoad = async ({ url, parent }) => {
  const { api, question } = await parent();
  const sort = sorts.find((one) => one === url.searchParams.get('sort')) ?? 'start';
  const order = url.searchParams.get('order') === 'asc' ? ('asc' as const) : ('desc' as const);
  const ask = (offset: number) => question && api.cases(question, { sort, order, limit: _pageSize, offset });
  return {
    title: 'Which cases are they?',
    sort,
    order,
    ask,
    first: inBrowser(question, (asked) => api.cases(asked, { sort, order, limit: _pageSize, offset: 0 }))
  };
};
