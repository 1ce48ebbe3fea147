import { parseArgs } from 'node:util';
import type { LogSummary } from '#lib/server/api/log-routes.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command } from '../throughline.ts';

export const nowCommand: Command = {
  usage: 'now LOG [--fixed INSTANT | --live] [--json]',
  about: 'Says what counts as now in a log, fixes it (so that old data does not age) or lets it run with the clock.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...storeOption, fixed: { type: 'string' }, live: { type: 'boolean' }, json: { type: 'boolean' } }
    });
    const [log] = positionals;
    if (log === undefined || positionals.length > 1) throw new BadUse('name one log', `throughline ${this.usage}`);
    if (values.fixed !== undefined && values.live) throw new BadUse('it is either fixed or live', 'leave one out');
    const at = values.fixed === undefined ? undefined : instantOf(values.fixed);
    const now = await withConnection(storeDirectory(values.store), async (connection) => {
      const path = `/logs/${segment(log)}`;
      if (at !== undefined) return connection.send<LogSummary['now']>('PUT', `${path}/now`, { mode: 'fixed', at });
      if (values.live) return connection.send<LogSummary['now']>('PUT', `${path}/now`, { mode: 'live' });
      return (await connection.get<LogSummary>(path)).now;
    });
    if (values.json) console.log(JSON.stringify(now, null, 2));
    else console.log(now.mode === 'live' ? 'now runs with the clock' : `now is fixed at ${now.at}`);
    return 0;
  }
};

function instantOf(text: string): string {
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const instant = isWhole ? new Date(text) : undefined;
  // Of 31 February JavaScript makes a day in March.
  const day = text.slice(0, 10);
  const isDay = isWhole && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  if (instant && isDay && !Number.isNaN(instant.getTime())) return instant.toISOString();
  throw new BadUse(`"${text}" is no instant`, 'write it like 2026-06-30T16:00:00Z');
}
