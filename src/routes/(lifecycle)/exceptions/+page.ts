import { lifecycleClient } from '#lib/lifecycle-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const _rowsAPage = 50;

export const load: PageLoad = async ({ parent, url, fetch }) => {
  const { asked, narrowing } = await parent();
  const wanted = url.searchParams.get('state');
  const query = {
    rule: url.searchParams.get('rule'),
    state: wanted === 'closed' ? ('closed' as const) : wanted === 'all' ? null : ('open' as const),
    project: url.searchParams.get('project'),
    offset: Math.max(0, Number.parseInt(url.searchParams.get('offset') ?? '0', 10) || 0)
  };
  return {
    title: 'What does the lifecycle not allow, and who mends it?',
    query,
    exceptions: inBrowser(asked, (name) => {
      const { rule, state, project, offset } = query;
      return lifecycleClient(fetch).exceptions(name, {
        ...{ limit: _rowsAPage, offset },
        ...narrowing.segment,
        ...(rule !== null && { rule }),
        ...(state !== null && { state }),
        ...(project !== null && { project })
      });
    })
  };
};
