import { parseArgs } from 'node:util';
import type { Diagnosis } from '#lib/server/doctor.ts';
import { storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command } from '../throughline.ts';

export const doctorCommand: Command = {
  usage: 'doctor [--json]',
  about: 'Checks that the store is sound and prints what it holds, with a hash of the segments of every view.',
  async run(args) {
    const { values } = parseArgs({ args, options: { ...storeOption, json: { type: 'boolean' } } });
    const diagnosis = await withConnection(storeDirectory(values.store), (connection) =>
      connection.get<Diagnosis>('/doctor')
    );
    console.log(values.json ? JSON.stringify(diagnosis, null, 2) : readable(diagnosis));
    return diagnosis.ok ? 0 : 1;
  }
};

function readable({ versions, store, checks, logs }: Diagnosis): string {
  const n = (count: number) => count.toLocaleString('en');
  return [
    `node ${versions.node}, DuckDB ${versions.duckdb}`,
    `store ${store.directory} (${n(store.bytes)} bytes)`,
    ...checks.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}`),
    ...logs.flatMap((log) => [
      `${log.name}: ${n(log.events)} events, ${n(log.objects)} objects, ${n(log.event_objects)} + ${n(log.object_objects)} links, ${n(log.quarantined)} quarantined`,
      ...log.views.map(
        (view) =>
          `  view ${view.name} (${view.grain}): ${n(view.cases)} cases, ${n(view.segments)} segments, hash ${view.segments_hash}`
      )
    ])
  ].join('\n');
}
