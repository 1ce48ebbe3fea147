import { parseArgs } from 'node:util';
import type { ReferenceCount } from '#lib/server/api/quality-routes.ts';
import { BadUse } from '#models/log/errors.ts';
import type { Reference, ReferencePage } from '#models/log/references.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command, ExitCode } from '../throughline.ts';

type Listed = ReferencePage & { counts: ReferenceCount[] };

export const referencesCommand: Command = {
  usage:
    'references LOG [--state unmatched|contradictory|confirmed|linked] [--limit N] [--offset N] | references LOG KEY (--to ID | --none | --undo) [--by NAME] [--note TEXT] [--json]',
  about:
    'Lists codes by which one system names an object of another, with the objects that may be meant; a person settles one by its key.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        state: { type: 'string' },
        limit: { type: 'string' },
        offset: { type: 'string' },
        to: { type: 'string' },
        none: { type: 'boolean' },
        undo: { type: 'boolean' },
        by: { type: 'string' },
        note: { type: 'string' },
        json: { type: 'boolean' }
      }
    });
    const [log, key, ...more] = positionals;
    if (log === undefined || more.length > 0) throw new BadUse('name one log', `throughline ${this.usage}`);
    const path = `/logs/${segment(log)}/references`;
    return withConnection(storeDirectory(values.store), async (connection): Promise<ExitCode> => {
      const ways = [values.to !== undefined, values.none, values.undo].filter(Boolean).length;
      if (key === undefined) {
        if (ways > 0) throw new BadUse('which reference?', 'give its key from the list after the name of the log');
        const { state, limit, offset } = values;
        const listed = await connection.get<Listed>(path, { state, limit, offset });
        if (values.json) console.log(JSON.stringify(listed, null, 2));
        else print(listed, state ?? 'unmatched');
        return 0;
      }
      if (ways !== 1) throw new BadUse('say what it means', 'give one of --to ID, --none or --undo');
      const one = `${path}/${segment(key)}`;
      const { to = null, by = userName(), note } = values;
      const answer = values.undo
        ? await connection.send<{ reference: string }>('DELETE', one)
        : await connection.send<{ reference: string }>('PUT', one, { to, by, ...(note === undefined ? {} : { note }) });
      console.log(values.json ? JSON.stringify(answer, null, 2) : `settled ${answer.reference}`);
      return 0;
    });
  }
};

const userName = () => process.env['USER'] || process.env['USERNAME'] || 'command line';

function print({ total, rows, counts }: Listed, state: string): void {
  for (const { from_type, to_type, state: stands, count } of counts)
    console.log(`${from_type} → ${to_type}: ${count} ${stands}`);
  console.log(`\n${total} ${state}${rows.length < total ? `, ${rows.length} shown` : ''}`);
  for (const row of rows) console.log(`  ${row.key}  ${describe(row)}`);
}

function describe({ from_type, from_id, codes, said, to_type, candidates, confirmed_to, confirmed_by }: Reference) {
  const stated = (codes.length > 0 ? codes : said).map((code) => `"${code}"`).join(' and ');
  const start = `${from_type} ${from_id} names ${to_type} ${stated || 'nowhere'}`;
  if (confirmed_by !== null) return `${start}: ${confirmed_to ?? 'none of them'}, says ${confirmed_by}`;
  const meant = candidates.map(({ id, name, why }) => `${id}${name === null ? '' : ` (${name})`}: ${why}`);
  return meant.length > 0 ? `${start}; perhaps ${meant.join('; ')}` : `${start}; nothing looks alike`;
}
