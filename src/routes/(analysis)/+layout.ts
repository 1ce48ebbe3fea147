import { error } from '@sveltejs/kit';
import { BadFilter } from '#models/filter/url.ts';
import { readScope, type Scope } from '#lib/state/scope.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import { activityColours, type ActivityColours } from '#lib/components/activity-colours.ts';
import type { ApiClient, Place } from '#lib/api-client.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ url, parent }) => {
  const { logs, api } = await parent();
  let scope: Scope | null;
  try {
    scope = readScope(logs, url.searchParams);
  } catch (problem) {
    if (problem instanceof BadFilter) error(400, { message: problem.message, fix: problem.fix });
    throw problem;
  }
  const question = scope && { log: scope.log.name, view: scope.view.name, filter: scope.filter };
  return {
    scope,
    question,
    colours: inBrowser(question, (asked) => coloursOf(api, asked, scope?.log.events)),
    kept: inBrowser(question, async (asked) => {
      const [kept, all] = await Promise.all([
        api.cases(asked, { limit: 1 }),
        asked.filter.length > 0 ? api.cases({ ...asked, filter: [] }, { limit: 1 }) : null
      ]);
      return { cases: kept.total, total: (all ?? kept).total };
    })
  };
};

let known: { of: string; colours: Promise<ActivityColours> } | undefined;

/** Ranked once for what a log and view hold, whatever the filter. Without an answer every activity is "other". */
function coloursOf(api: ApiClient, { log, view }: Place, events: number | undefined): Promise<ActivityColours> {
  const of = JSON.stringify([log, view, events]);
  if (known?.of === of) return known.colours;
  const colours = api
    .dfg({ log, view, filter: [] }, { percentiles: 'false' })
    .then(({ activities }) => activityColours(activities))
    .catch(() => {
      known = undefined;
      return activityColours([]);
    });
  known = { of, colours };
  return colours;
}
