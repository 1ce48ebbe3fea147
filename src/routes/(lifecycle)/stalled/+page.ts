import { automationClient } from '#lib/automation-client.ts';
import { lifecycleClient } from '#lib/lifecycle-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('throughline:automations');
  const { asked, narrowing } = await parent();
  return {
    title: 'What is stuck now, and who has it?',
    kind: url.searchParams.get('kind'),
    project: url.searchParams.get('project'),
    order: url.searchParams.get('order') === 'age' ? ('age' as const) : ('money' as const),
    automations: inBrowser(asked, (name) => automationClient(fetch).automations(name, { limit: 1_000, offset: 0 })),
    stalled: inBrowser(asked, (name) =>
      lifecycleClient(fetch).stalled(name, { ...narrowing.segment, limit: 1_000, offset: 0 })
    )
  };
};
