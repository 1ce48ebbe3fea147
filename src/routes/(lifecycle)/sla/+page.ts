import { automationClient } from '#lib/automation-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const _rowsAPage = 50;

/** Which clocks to list. `open`: by time to breach; the states are the clock's own. */
const shows = ['open', 'running', 'warned', 'breached', 'met', 'cancelled', 'all'] as const;
export type _Shows = (typeof shows)[number];

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('throughline:automations');
  const { asked } = await parent();
  const client = automationClient(fetch);
  const policy = url.searchParams.get('policy');
  const show = shows.find((one) => one === url.searchParams.get('state')) ?? 'open';
  const offset = Math.max(0, Number.parseInt(url.searchParams.get('offset') ?? '0', 10) || 0);
  return {
    title: 'Do we keep what we promised?',
    policy,
    show,
    offset,
    status: inBrowser(asked, (name) => client.slaStatus(name)),
    targets: inBrowser(asked, async (name) => (await client.automations(name, { limit: 1, offset: 0 })).targets),
    clocks: inBrowser(asked, (name) =>
      client.slaClocks(name, {
        ...(policy !== null && { policy }),
        ...(show === 'open' ? { open: 'true' as const } : show === 'all' ? {} : { state: show }),
        ...{ limit: _rowsAPage, offset }
      })
    )
  };
};
