import { formatInstant } from '#lib/components/instants.ts';
import { inWords } from '#lib/components/names.ts';
import { formatDuration } from '#models/units/duration.ts';
import { formatInstant as precisely, isoInstant } from '#models/units/instant.ts';
import type { CaseEvent } from '#lib/components/timeline/lanes.ts';

export interface Fact {
  name: string;
  value: string;
  /** The exact form, for hover. */
  exact?: string;
}

/** "Ann Smith (E0123)", or what there is of it; null when nobody is named. */
export function person({ resource, resource_name }: CaseEvent): string | null {
  if (resource === null) return null;
  return resource_name === null || resource_name === resource ? resource : `${resource_name} (${resource})`;
}

/** When it was so, when its system wrote it, when we took it: each apart, with what lies between. */
export function instants(event: CaseEvent): Fact[] {
  const { start, complete, precision, recorded_at, ingested_at, batch_no } = event;
  const at = (instant: string) =>
    precisely(instant, { precision: precision === 'day' ? 'day' : 'second', withZone: precision !== 'day' });
  const happened =
    complete === start ? at(start) : `${at(start)} to ${at(complete)}, ${formatDuration(seconds(start, complete))}`;
  return [
    {
      name: 'happened',
      value: precision === 'day' ? `${happened}, the source gives no time` : happened,
      exact: isoInstant(start)
    },
    recorded_at === null
      ? { name: 'recorded', value: 'the source does not say' }
      : {
          name: 'recorded',
          value: `${formatInstant(recorded_at)} UTC${later(seconds(complete, recorded_at))}`,
          exact: isoInstant(recorded_at)
        },
    { name: 'ingested', value: `${formatInstant(ingested_at)} UTC, batch ${batch_no}`, exact: isoInstant(ingested_at) }
  ];
}

/** Where to find it in the system that it came from. */
export const record = ({ source, file, row, source_ref }: CaseEvent): Fact[] => [
  { name: 'source', value: source },
  { name: 'file', value: `${file}, row ${row}` },
  { name: 'id in the source', value: source_ref ?? 'not given' }
];

export const attributes = (event: CaseEvent): Fact[] =>
  Object.entries(event.attributes).map(([name, value]) => ({ name: inWords(name), value: written(value) }));

export const touched = ({ objects }: CaseEvent): string =>
  objects.map(({ type, id }) => (type ? `${inWords(type)} ${id}` : id)).join(', ');

export const written = (value: unknown): string =>
  value == null ? 'not given' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;

function later(by: number): string {
  if (Math.abs(by) < 1) return ', at once';
  return `, ${formatDuration(Math.abs(by))} ${by > 0 ? 'later' : 'earlier'}`;
}
