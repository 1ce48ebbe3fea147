import { scorecard } from '#dashboards/boards/scorecard.ts';
import { lifecycleClient } from '#lib/lifecycle-client.ts';
import { inBrowser } from '#lib/state/in-browser.ts';
import { casesOf } from '#lib/state/lifecycle.ts';
import type { PageLoad } from './$types';

export const _rowsAPage = 20;

const dimensions = ['team', 'role', 'resource', 'system', 'legal_entity'] as const;
const orders = ['money', 'age', 'latency'] as const;
const statuses = ['open', 'done', 'cancelled'] as const;

export const load: PageLoad = async ({ parent, url, fetch }) => {
  const { api, log, asked, narrowing, period } = await parent();
  const lifecycle = lifecycleClient(fetch);
  const wanted = (name: string) => url.searchParams.get(name);
  const dimension = dimensions.find((one) => one === wanted('between')) ?? 'team';
  const handoff = wanted('handoff');
  const ledger = {
    handoff,
    status: statuses.find((one) => one === wanted('status')) ?? null,
    order: orders.find((one) => one === wanted('order')) ?? 'money',
    offset: Math.max(0, Number.parseInt(wanted('offset') ?? '0', 10) || 0)
  };
  const within = { ...period, ...narrowing.segment };
  const matrixFilter = casesOf(narrowing.segment);
  return {
    title: 'Who waits for whom?',
    dimension,
    matrixFilter,
    ledger,
    score: inBrowser(asked, async (name) =>
      scorecard(await lifecycle.scorecard(name, { ...within, ...(narrowing.by && { segment: narrowing.by }) }))
    ),
    rows: inBrowser(asked, (name) =>
      lifecycle.handoffs(name, {
        ...narrowing.segment,
        // A figure of the period opens what was picked up in it; what is open belongs to no period.
        ...(ledger.status === 'done' && period),
        ...(handoff !== null && { handoff }),
        ...(ledger.status !== null && { status: ledger.status }),
        ...{ order: ledger.order, offset: ledger.offset, limit: _rowsAPage }
      })
    ),
    stalled: inBrowser(asked, async (name) => {
      const { rows } = await lifecycle.stalled(name, { limit: 1_000, offset: 0 });
      return new Set(rows.map(({ project }) => project));
    }),
    bottlenecks: inBrowser(asked, (name) => lifecycle.bottlenecks(name, within)),
    approvals: inBrowser(asked, (name) => lifecycle.approvals(name, within)),
    matrix: inBrowser(log, ({ name, default_view }) =>
      api.handoffs({ log: name, view: default_view ?? '~', filter: matrixFilter }, { dimension, limit: 400 })
    )
  };
};
