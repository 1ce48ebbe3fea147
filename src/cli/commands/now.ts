import { parseArgs } from 'node:util';
import type { LogSummary } from '#lib/server/api/log-routes.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command } from '../throughline.ts';

export const nowCommand: Command = {
  usage: 'now LOG [--fixed INSTANT | --live | --replay DAYS [--speed N]] [--json]',
  about:
    'Says what counts as now in a log, fixes it (so that old data does not age), lets it run with the clock, or goes through its last days again for the SLA watch (N seconds of the log in one; 1008 is a week in ten minutes).',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        fixed: { type: 'string' },
        live: { type: 'boolean' },
        replay: { type: 'string' },
        speed: { type: 'string' },
        json: { type: 'boolean' }
      }
    });
    const [log] = positionals;
    if (log === undefined || positionals.length > 1) throw new BadUse('name one log', `throughline ${this.usage}`);
    const ways = [values.fixed !== undefined, values.live, values.replay !== undefined].filter(Boolean).length;
    if (ways > 1) throw new BadUse('it is either fixed, live or a replay', 'leave all but one out');
    if (values.speed !== undefined && values.replay === undefined)
      throw new BadUse('only a replay has a speed', 'add --replay DAYS');
    const at = values.fixed === undefined ? undefined : instantOf(values.fixed);
    const now = await withConnection(storeDirectory(values.store), async (connection) => {
      const path = `/logs/${segment(log)}`;
      if (at !== undefined) return connection.send<LogSummary['now']>('PUT', `${path}/now`, { mode: 'fixed', at });
      if (values.replay !== undefined)
        return connection.send<LogSummary['now']>('PUT', `${path}/now`, {
          mode: 'replay',
          days: positive('--replay', values.replay),
          ...(values.speed === undefined ? {} : { speed: positive('--speed', values.speed) })
        });
      if (values.live) return connection.send<LogSummary['now']>('PUT', `${path}/now`, { mode: 'live' });
      return (await connection.get<LogSummary>(path)).now;
    });
    if (values.json) console.log(JSON.stringify(now, null, 2));
    else console.log(inWords(now));
    return 0;
  }
};

function inWords({ mode, at, replay }: LogSummary['now']): string {
  if (mode === 'live') return 'now runs with the clock';
  if (mode === 'fixed' || !replay) return `now is fixed at ${at}`;
  return `now is ${at}: ${replay.from} to ${replay.to} goes by again, ${replay.speed} times as fast`;
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new BadUse(`${option} is "${text}"`, 'give a number above 0, like 7');
}

function instantOf(text: string): string {
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const instant = isWhole ? new Date(text) : undefined;
  // Of 31 February JavaScript makes a day in March.
  const day = text.slice(0, 10);
  const isDay = isWhole && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  if (instant && isDay && !Number.isNaN(instant.getTime())) return instant.toISOString();
  throw new BadUse(`"${text}" is no instant`, 'write it like 2026-06-30T16:00:00Z');
}
