import { sourceFreshness, type SourceFreshness } from '#mining/source-freshness.ts';
import type { LogNow } from '#models/log/now.ts';
import type { Policy } from '#models/sla/policy.ts';
import { list, sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';
import type { PolicyPass } from '../state/clocks.ts';
import type { SilentSource } from './cloud-event.ts';

type Asked = Pick<Store, 'engine' | 'revision'>;
const HOUR = 3_600_000;

/**
 * Of the systems that tell the ends and pauses of a policy's clocks those that are silent, by `sourceFreshness`. A clock
 * that is open and became late after such a system was last heard of rests on its silence: that is said, and nothing is
 * held back for it.
 */
export async function silentSources(
  store: Asked,
  logId: number,
  now: Pick<LogNow, 'at' | 'mode'>,
  policies: readonly Policy[]
): Promise<Map<string, SilentSource[]>> {
  const { engine } = store;
  const stale = (await freshness(store, logId, now)).filter((source) => source.stale);
  if (stale.length === 0 || policies.length === 0) return new Map(policies.map(({ id }) => [id, []]));
  const ends = (policy: Policy) => [...policy.stop, ...policy.cancel, ...policy.pause];
  const told = await engine.query<{ activity: string; system: string }>(sql`
    select distinct a.value as activity, s.value as system from event e
    join (select id, value from term where log_id = ${logId} and kind = 'activity'
      and value in (${list([...new Set(policies.flatMap(ends))])})) a on a.id = e.activity
    join (select id, value from term where log_id = ${logId} and kind = 'system'
      and value in (${list(stale.map(({ system }) => system))})) s on s.id = e.system
    where e.log_id = ${logId} and superseded_batch is null`);
  return new Map(
    policies.map((policy) => {
      const systems = new Set(
        told.flatMap(({ activity, system }) => (ends(policy).includes(activity) ? [system] : []))
      );
      return [policy.id, stale.flatMap(({ system, last }) => (systems.has(system) ? [{ system, last }] : []))];
    })
  );
}

const known = new WeakMap<Asked, Map<number, { key: string; sources: Promise<SourceFreshness[]> }>>();

/** Silence is counted in whole hours, so it is asked once in each, and after every commit. */
async function freshness(store: Asked, logId: number, { at, mode }: Pick<LogNow, 'at' | 'mode'>) {
  const logs = known.get(store) ?? new Map<number, { key: string; sources: Promise<SourceFreshness[]> }>();
  known.set(store, logs);
  const key = [store.revision, mode, Math.floor(at / HOUR)].join(' ');
  const before = logs.get(logId);
  if (before?.key === key) return before.sources;
  const sources = sourceFreshness(store.engine, logId, new Date(at).toISOString(), { live: mode === 'live' });
  logs.set(logId, { key, sources });
  return sources.catch((error: unknown) => {
    logs.delete(logId);
    throw error;
  });
}

/** Of silent sources those that were last heard of before an instant, epoch ms. */
export const silentAt = (silent: readonly SilentSource[], at: number): SilentSource[] =>
  silent.filter(({ last }) => Date.parse(last) < at);

/**
 * Says in what is about to be told which of it rests on a silent source: asked only where something is told. What is told
 * never waits for the answer: where there is none, it says that nobody knows.
 */
export async function addSilence(
  store: Asked,
  logId: number,
  now: LogNow,
  passes: readonly PolicyPass[]
): Promise<void> {
  const telling = passes.filter(({ actions, updates }) => actions.length + updates.length > 0);
  if (telling.length === 0) return;
  const policies = telling.map(({ policy }) => policy);
  const silent = await silentSources(store, logId, now, policies).catch(() => undefined);
  for (const { policy, actions, updates } of telling)
    for (const { payload, edgeNow } of [...actions, ...updates])
      if (payload.data.open)
        payload.data.stale_sources = silent ? silentAt(silent.get(policy.id) ?? [], edgeNow) : null;
}
