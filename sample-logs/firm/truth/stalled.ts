import { type Instant } from '../rows.ts';
import { stallReasons, type Stall } from '../stalls.ts';
import { type Facts, iso } from './facts.ts';

export interface StalledTruth {
  where: string;
  reasons: Record<string, number>;
  stalls: (Omit<Stall, 'since'> & { since: string })[];
}

/** The projects that stand still now (T8), each since the last thing that happened to it or to what hangs on it. */
export function stalledTruth(facts: Facts): StalledTruth {
  const { list } = facts.firm.stalls;
  const last = lastEvents(
    facts,
    list.map(({ project }) => project)
  );
  return {
    where: 'stalled worklist, with the blocking fact',
    reasons: Object.fromEntries(
      stallReasons.map((reason) => [reason, list.filter((stall) => stall.reason === reason).length])
    ),
    stalls: list.map((stall) => ({ ...stall, since: iso(Math.max(stall.since, last.get(stall.project) ?? 0)) }))
  };
}

/** A project that stands still has got no further than its set-up and its first requests. */
function lastEvents({ records, projects, erpOf }: Facts, codes: readonly string[]): Map<string, Instant> {
  const last = new Map<string, Instant>();
  const see = (code: string, ...instants: (Instant | null | undefined)[]): void => {
    for (const at of instants) if (at != null && at > (last.get(code) ?? 0)) last.set(code, at);
  };
  for (const code of codes) {
    const erp = erpOf.get(code);
    see(code, projects.get(code)?.history.at(-1)?.at, erp?.createdAt, erp?.setupStartedAt, erp?.setupCompletedAt);
  }
  for (const { project, history } of records.all('psa/resource_requests')) see(project, history.at(-1)?.at);
  for (const { project, history } of records.all('psa/milestones')) see(project, history.at(-1)?.at);
  for (const { project, createdAt } of records.all('psa/assignments')) see(project, createdAt);
  return last;
}
