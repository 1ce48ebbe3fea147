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
  return [
    `node ${versions.node}, DuckDB ${versions.duckdb}`,
    `store ${store}`,
    ...checks.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}`),
    ...logs.flatMap((log) => [
      `${log.name}: ${log.events} events, ${log.objects} objects, ${log.event_objects} + ${log.object_objects} links, ${log.quarantined} quarantined`,
      ...log.views.map(
        (view) =>
          `  view ${view.name} (${view.grain}): ${view.cases} cases, ${view.segments} segments, hash ${view.segments_hash}`
      )
    ])
  ].join('\n');
}
