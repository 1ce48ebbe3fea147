import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  const { api, question } = await parent();
  return {
    title: 'Which ways do cases take?',
    variants: inBrowser(question, (asked) => api.variants(asked, { limit: 200 })),
    more: (offset: number) => question && api.variants(question, { limit: 200, offset })
  };
};
