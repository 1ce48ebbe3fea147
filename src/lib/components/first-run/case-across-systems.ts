import type { ApiClient, Place } from '#lib/api-client.ts';
import type { Clause } from '#models/filter/filter.ts';

/** The most recently active case that every system of the log wrote of, else the one with most events; null without cases. */
export async function caseAcrossSystems(api: ApiClient, place: Place): Promise<string | null> {
  const { parties } = await api.handoffs({ ...place, filter: [] }, { dimension: 'system', limit: 50 });
  const filter = parties.map(({ name }): Clause => ({ kind: 'party', dimension: 'system', values: [name] }));
  const across = await api.cases({ ...place, filter }, { sort: 'end', order: 'desc', limit: 1 });
  if (across.cases[0]) return across.cases[0].case_id;
  const largest = await api.cases({ ...place, filter: [] }, { sort: 'events', order: 'desc', limit: 1 });
  return largest.cases[0]?.case_id ?? null;
}
