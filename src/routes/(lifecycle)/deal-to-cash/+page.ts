import { lifecycleClient } from '#lib/lifecycle-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const _rowsAPage = 50;

export const load: PageLoad = async ({ parent, url, fetch }) => {
  const { asked, narrowing, period } = await parent();
  const lifecycle = lifecycleClient(fetch);
  const part = url.searchParams.get('part');
  const offset = Math.max(0, Number.parseInt(url.searchParams.get('offset') ?? '0', 10) || 0);
  const within = { ...period, ...narrowing.segment };
  return {
    title: 'Which projects take how long from deal to cash?',
    part,
    offset,
    cash: inBrowser(asked, (name) => lifecycle.dealToCash(name, within)),
    ways: inBrowser(asked, (name) =>
      lifecycle.projectWays(name, { ...within, ...(part !== null && { part }), limit: _rowsAPage, offset })
    )
  };
};
