import { automationClient } from '#lib/automation-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const _deliveriesAPage = 50;

const states = ['waiting', 'sending', 'failed', 'delivered', 'withdrawn', 'dead'] as const;

export const load: PageLoad = async ({ parent, url, fetch, depends }) => {
  depends('throughline:automations');
  const { logs } = await parent();
  const wanted = url.searchParams.get('log');
  const log = (wanted === null ? logs[0] : logs.find(({ name }) => name === wanted)) ?? null;
  const state = states.find((one) => one === url.searchParams.get('state')) ?? null;
  const offset = Math.max(0, Number.parseInt(url.searchParams.get('offset') ?? '0', 10) || 0);
  return {
    log,
    state,
    offset,
    open: url.searchParams.get('delivery'),
    automations: inBrowser(log, ({ name }) =>
      automationClient(fetch).automations(name, { ...(state && { state }), limit: _deliveriesAPage, offset })
    )
  };
};
