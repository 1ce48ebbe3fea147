import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const _quarantinePage = 50;

export const load: PageLoad = async ({ url, parent, depends }) => {
  depends('throughline:logs');
  const { api, logs, problem } = await parent();
  const wanted = url.searchParams.get('log');
  const log = logs.find(({ name }) => name === wanted) ?? logs[0] ?? null;
  const offset = Math.max(0, Number.parseInt(url.searchParams.get('row') ?? '0', 10) || 0);
  return {
    log,
    offset,
    jobs: problem === undefined ? await api.jobs() : [],
    batches: inBrowser(log, ({ name }) => api.batches(name)),
    quarantine: inBrowser(log, ({ name }) => api.quarantine(name, _quarantinePage, offset))
  };
};
