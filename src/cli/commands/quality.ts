import { parseArgs } from 'node:util';
import type { QualityFinding } from '#mining/data-quality.ts';
import { BadUse } from '#models/log/errors.ts';
import type { SourceOverview } from '#models/log/sources.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command } from '../throughline.ts';

export const qualityCommand: Command = {
  usage: 'quality LOG [--json]',
  about: 'Every source of a log with its rows, and what is wrong with the data.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...storeOption, json: { type: 'boolean' } }
    });
    const [log] = positionals;
    if (log === undefined || positionals.length > 1) throw new BadUse('name one log', `throughline ${this.usage}`);
    const path = `/logs/${segment(log)}`;
    const { sources, findings } = await withConnection(storeDirectory(values.store), async (connection) => ({
      ...(await connection.get<{ sources: SourceOverview[] }>(`${path}/sources`)),
      ...(await connection.get<{ findings: QualityFinding[] }>(`${path}/quality`))
    }));
    if (values.json) {
      console.log(JSON.stringify({ sources, findings }, null, 2));
      return 0;
    }
    for (const { name, files, rows_in, loaded, quarantined, duplicates, events } of sources) {
      console.log(
        `${name}: ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${rows_in} rows in = ${loaded} loaded + ${quarantined} quarantined + ${duplicates} duplicates; ${events} events`
      );
    }
    if (findings.length > 0) console.log('');
    for (const { kind, about, count, minutes, from, to, example } of findings) {
      const told = minutes === undefined ? `${count}` : `${minutes} minutes, by ${count} pairs`;
      const when = from === undefined ? '' : ` from ${from} to ${to}`;
      console.log(
        `${kind.replaceAll('_', ' ')}${about ? `, ${about}` : ''}: ${told}${when}${example === undefined ? '' : ` (${example})`}`
      );
    }
    return 0;
  }
};
