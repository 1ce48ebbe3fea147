import { automationClient, type SlaClock } from '#lib/automation-client.ts';
import type { LogSummary, ViewSummary } from '#lib/api-client.ts';
import { lifecycleClient } from '#lib/lifecycle-client.ts';
import { hasLifecycle } from '#lib/state/lifecycle.ts';
import type { LifecycleException } from '#mining/exceptions.ts';
import type { StalledProject } from '#mining/stalled.ts';

/** What somebody has, or had, to look after in one project. */
export interface LookAfter {
  stalled: StalledProject | undefined;
  /** Open ones first; those that were closed too. */
  exceptions: (LifecycleException & { name: string })[];
  exceptions_total: number;
  /** Promises that are late, or nearly so. */
  clocks: (SlaClock & { name: string })[];
}

const MOST = 20;

/** Cases of other views, and of logs without a lifecycle, have nothing of it. */
export const isProject = (log: LogSummary, { object_type }: ViewSummary): boolean =>
  object_type === 'project' && hasLifecycle(log);

export async function lookAfter(fetch: typeof globalThis.fetch, log: string, project: string): Promise<LookAfter> {
  const [lifecycle, automations] = [lifecycleClient(fetch), automationClient(fetch)];
  const [stalled, exceptions, clocks] = await Promise.all([
    lifecycle.stalled(log, { project, limit: 1, offset: 0 }),
    lifecycle.exceptions(log, { project, limit: MOST, offset: 0 }),
    automations.slaClocks(log, { project, open: 'true', limit: MOST, offset: 0 })
  ]);
  const late = clocks.rows.filter(({ alert }) => alert !== null);
  const policies = late.length > 0 ? (await automations.slaStatus(log)).policies : [];
  return {
    stalled: stalled.rows[0],
    exceptions: exceptions.rows.map((row) => ({
      ...row,
      name: exceptions.counts.find(({ rule }) => rule === row.rule)?.name ?? row.rule
    })),
    exceptions_total: exceptions.total,
    clocks: late.map((row) => ({ ...row, name: policies.find(({ id }) => id === row.policy)?.name ?? row.policy }))
  };
}
