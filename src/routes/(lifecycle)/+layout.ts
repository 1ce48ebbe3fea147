import { inBrowser } from '#lib/state/in-browser.ts';
import { hasLifecycle, periodOf, readNarrowing, segmentValues } from '#lib/state/lifecycle.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ url, parent }) => {
  const { logs, api } = await parent();
  const wanted = url.searchParams.get('log');
  const log = (wanted === null ? logs[0] : logs.find(({ name }) => name === wanted)) ?? null;
  const narrowing = readNarrowing(url.searchParams);
  return {
    log,
    narrowing,
    /** The log to ask about; null where there is none, or none with a lifecycle. */
    asked: log !== null && hasLifecycle(log) ? log.name : null,
    period: log && periodOf(log, narrowing.months),
    values: inBrowser(log, (of) => segmentValues(api, of))
  };
};
