import type { Ask, Fact, Truth } from '../verify.ts';

/** The policy that the truth is about: one of those that a firm begins with. */
const POLICY = 'deal_to_erp';

interface Status {
  policies: { id: string; adherence: { share: number; n: number } | null; breached: number }[];
}
interface WhatIf {
  then: { met: number; breached: number };
}
type Planted = Truth['truths']['T13']['breached'];

/**
 * T13: the share of late clocks in business hours of the accountable team, and what a wall-clock reading of the same
 * promise would say. Found when it lies within two standard errors of the planted share, and the two readings differ in
 * the planted direction.
 */
export async function facts({ truths }: Truth, ask: Ask): Promise<Fact[]> {
  const { T13 } = truths;
  const { policies } = await ask<Status>('/sla/status');
  const policy = policies.find(({ id }) => id === POLICY);
  const goal = encodeURIComponent(JSON.stringify({ wall: `PT${T13.goalWallHours}H` }));
  const { then } = await ask<WhatIf>(`/sla/what-if?policy=${POLICY}&goal=${goal}`);
  return [
    share(
      `later than ${T13.goalBusinessHours} business hours`,
      T13.breached,
      policy?.breached ?? 0,
      policy?.adherence?.n ?? 0
    ),
    share(
      `later than ${T13.goalWallHours} hours on the wall clock`,
      T13.breachedOnWallClock,
      then.breached,
      then.met + then.breached
    )
  ];
}

function share(name: string, { hits, n, share: planted }: Planted, found: number, of: number): Fact {
  const p = planted ?? 0;
  const tolerance = 2 * Math.sqrt((p * (1 - p)) / Math.max(1, n));
  const isFound = of > 0 && Math.abs(found / of - p) <= tolerance && Math.abs(of - n) <= Math.ceil(n * 0.02);
  const told = (late: number, all: number) => `${late} of ${all} (${((100 * late) / Math.max(1, all)).toFixed(1)} %)`;
  return {
    group: 'T13',
    name,
    planted: `${told(hits, n)} ± ${(100 * tolerance).toFixed(1)} points`,
    found: told(found, of),
    verdict: isFound ? 'found' : 'missed'
  };
}
