import type { ReferenceState } from '#lib/api-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import type { PageLoad } from './$types';

export const _quarantinePage = 50;
export const _referencePage = 25;

const states: readonly ReferenceState[] = ['unmatched', 'contradictory', 'confirmed'];

export const load: PageLoad = async ({ url, parent, depends }) => {
  depends('throughline:logs');
  depends('throughline:references');
  const { api, logs, problem } = await parent();
  const wanted = url.searchParams.get('log');
  const log = logs.find(({ name }) => name === wanted) ?? logs[0] ?? null;
  const row = (name: string) => Math.max(0, Number.parseInt(url.searchParams.get(name) ?? '0', 10) || 0);
  const codes = states.find((state) => state === url.searchParams.get('codes')) ?? 'unmatched';
  return {
    log,
    offset: row('row'),
    codes,
    code: row('code'),
    jobs: problem === undefined ? await api.jobs() : [],
    sources: inBrowser(log, ({ name }) => api.sources(name)),
    quality: inBrowser(log, ({ name }) => api.quality(name)),
    references: inBrowser(log, ({ name }) => api.references(name, codes, _referencePage, row('code'))),
    batches: inBrowser(log, ({ name }) => api.batches(name)),
    quarantine: inBrowser(log, ({ name }) => api.quarantine(name, _quarantinePage, row('row')))
  };
};
