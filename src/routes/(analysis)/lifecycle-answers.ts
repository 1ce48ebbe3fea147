import { lifecycleTiles } from '#dashboards/boards/lifecycle-tiles.ts';
import { scorecard } from '#dashboards/boards/scorecard.ts';
import type { ApiClient, LogSummary } from '#lib/api-client.ts';
import type { Filter } from '#models/filter/filter.ts';
import type { AutomationClient } from '#lib/automation-client.ts';
import type { LifecycleClient } from '#lib/lifecycle-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import { casesOf, periodOf, readNarrowing, segmentValues } from '#lib/state/lifecycle.ts';

export type LifecycleAnswers = ReturnType<typeof lifecycleAnswers>;

/** What the Overview asks about a log with a lifecycle. Each part shows as soon as it is answered. */
export function lifecycleAnswers(
  { api, lifecycle, automations }: { api: ApiClient; lifecycle: LifecycleClient; automations: AutomationClient },
  log: LogSummary,
  params: URLSearchParams
) {
  const narrowing = readNarrowing(params);
  const period = periodOf(log, narrowing.months);
  const filter = casesOf(narrowing.segment);
  const query = { ...period, ...narrowing.segment };
  const score = inBrowser(log.name, (name) => lifecycle.scorecard(name, query));
  return {
    narrowing,
    period,
    values: inBrowser(log, (of) => segmentValues(api, of)),
    cash: inBrowser(log.name, (name) => lifecycle.dealToCash(name, query)),
    score: inBrowser(score, async (asked) => scorecard(await asked)),
    fix: inBrowser(log.name, (name) => lifecycle.toFix(name, { ...period })),
    tiles: inBrowser(log, async ({ name, default_view }) => {
      const view = default_view ?? '~';
      const ended: Filter = [
        ...filter,
        ...(period ? [{ kind: 'period' as const, mode: 'ended' as const, ...period }] : []),
        { kind: 'status', status: 'closed' }
      ];
      const [cycleTime, { closed }, stalled, exceptions, sla, { handoffs }] = await Promise.all([
        api.cycleTime({ log: name, view, filter }),
        api.cycleTime({ log: name, view, filter: ended }),
        lifecycle.stalled(name, { ...narrowing.segment, limit: 1, offset: 0 }),
        lifecycle.exceptions(name, { ...narrowing.segment, state: 'open', limit: 1, offset: 0 }),
        automations.slaStatus(name),
        score ?? { handoffs: [] }
      ]);
      return lifecycleTiles({
        ...{ cycleTime, closed, stalled, exceptions, handoffs },
        ...{ sla: sla.policies, filter, ended }
      });
    })
  };
}
