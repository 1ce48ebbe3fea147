import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import type { AppType } from '#lib/server/api/app.ts';
import { answer } from './api-client.ts';

export type AutomationClient = ReturnType<typeof automationClient>;

type Routes = ReturnType<typeof hc<AppType>>['api']['v1'];
type One = Routes['logs'][':log'];
export type SlaOverview = InferResponseType<One['sla']['status']['$get'], 200>;
export type SlaStatus = SlaOverview['policies'][number];
export type SlaPolicy = InferResponseType<One['sla']['policies']['$get'], 200>['policies'][number];
export type SlaGoal = SlaStatus['goal'];
export type SlaCalendar = NonNullable<SlaStatus['calendar']>;
export type SlaClock = InferResponseType<One['sla']['clocks']['$get'], 200>['rows'][number];
export type SlaExplanation = InferResponseType<One['sla']['clocks'][':policy'][':subject']['$get'], 200>;
export type Automations = InferResponseType<One['automations']['$get'], 200>;
export type Delivery = Automations['deliveries'][number];
export type Target = Automations['targets'][number];
export type AllowedHost = Automations['hosts'][number];

type Json<Route> = InferRequestType<Route> extends { json: infer Body } ? Body : never;
type Query<Route> = InferRequestType<Route> extends { query: infer Asked } ? Asked : never;

/** What was promised, what is sent when it is not kept, and how that went. */
export function automationClient(fetch: typeof globalThis.fetch) {
  const routes = hc<AppType>('/', { fetch }).api.v1;
  const one = routes.logs[':log'];
  const { sla } = one;
  // The client puts parameters into the address as they are.
  const of = (log: string) => ({ log: encodeURIComponent(log) });
  const clock = (log: string, { policy, subject }: { policy: string; subject: string }) => ({
    ...of(log),
    policy: encodeURIComponent(policy),
    subject: encodeURIComponent(subject)
  });
  const policyOf = (log: string, policy: string) => ({ ...of(log), policy: encodeURIComponent(policy) });
  const target = (name: string) => ({ param: { target: encodeURIComponent(name) } });
  const host = (name: string) => ({ host: encodeURIComponent(name) });
  return {
    slaStatus: (log: string) => answer(sla.status.$get({ param: of(log) })),
    slaClocks: (log: string, query: Query<typeof sla.clocks.$get>) =>
      answer(sla.clocks.$get({ param: of(log), query })),
    explainClock: (log: string, which: { policy: string; subject: string }) =>
      answer(sla.clocks[':policy'][':subject'].$get({ param: clock(log, which) })),
    acknowledge: (log: string, which: { policy: string; subject: string }, seen: { cycle: number; by: string }) =>
      answer(sla.clocks[':policy'][':subject'].acknowledge.$post({ param: clock(log, which), json: seen })),
    addPolicy: (log: string, policy: Record<string, unknown>) =>
      answer(sla.policies.$post({ param: of(log), json: policy })),
    changePolicy: (log: string, id: string, changes: Record<string, unknown>) =>
      answer(sla.policies[':policy'].$patch({ param: policyOf(log, id), json: changes })),
    removePolicy: (log: string, id: string) => answer(sla.policies[':policy'].$delete({ param: policyOf(log, id) })),
    whatIf: (log: string, query: Query<(typeof sla)['what-if']['$get']>) =>
      answer(sla['what-if'].$get({ param: of(log), query })),

    automations: (log: string, query: Query<typeof one.automations.$get>) =>
      answer(one.automations.$get({ param: of(log), query })),
    retry: (log: string, delivery: string) =>
      answer(
        one.deliveries[':delivery'].retry.$post({ param: { ...of(log), delivery: encodeURIComponent(delivery) } })
      ),
    remediate: (log: string, wanted: Json<typeof one.remediations.$post>) =>
      answer(one.remediations.$post({ param: of(log), json: wanted })),
    addTarget: (wanted: Json<typeof routes.targets.$post>) => answer(routes.targets.$post({ json: wanted })),
    rotateSecret: (name: string) => answer(routes.targets[':target'].rotate.$post(target(name))),
    resumeTarget: (name: string) => answer(routes.targets[':target'].resume.$post(target(name))),
    removeTarget: (name: string) => answer(routes.targets[':target'].$delete(target(name))),
    allowHost: (name: string, isPrivate: boolean) =>
      answer(routes.hosts[':host'].$put({ param: host(name), json: { private: isPrivate } })),
    disallowHost: (name: string) => answer(routes.hosts[':host'].$delete({ param: host(name) })),
    replay: (log: string, wanted: { days: number; speed: number }) =>
      answer(one.now.$put({ param: of(log), json: { mode: 'replay', ...wanted } })),
    fixNow: (log: string, at: string) => answer(one.now.$put({ param: of(log), json: { mode: 'fixed', at } }))
  };
}
