import { z } from 'zod';
import type { Store } from '#models/store/store.ts';
import { sql } from '#models/store/sql.ts';
import { findLog, type LogRow } from './catalogue.ts';
import { BadUse } from './errors.ts';

/**
 * A stretch of a log's time that is gone through again, so that what happened can be watched happening: its now moves
 * from `from` to `to`, and stays there.
 */
export const Replay = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Seconds of the log that pass in one of the clock. */
  speed: z.number().positive().max(1e9),
  /** On the clock. */
  started_at: z.iso.datetime()
});
export type Replay = z.infer<typeof Replay>;

export interface LogNow {
  mode: 'live' | 'fixed' | 'replay';
  /** Epoch ms. */
  at: number;
  /** While a replay runs. */
  replay?: Replay;
}

/** What counts as now in a log, by the clock (epoch ms). A replay that has come to its end leaves what was before it. */
export function nowOf({ now_at, replay }: Pick<LogRow, 'now_at' | 'replay'>, clock: number): LogNow {
  if (replay !== null) {
    const running = Replay.parse(JSON.parse(replay));
    const [from, to] = [Date.parse(running.from), Date.parse(running.to)];
    const at = from + Math.max(0, clock - Date.parse(running.started_at)) * running.speed;
    if (at < to) return { mode: 'replay', at: Math.floor(at), replay: running };
  }
  return now_at === null ? { mode: 'live', at: clock } : { mode: 'fixed', at: Date.parse(now_at) };
}

/**
 * Lets a log's now go again through the time before it. Only the watch follows it: what is measured for the pages stays
 * as of the now before the replay.
 *
 * @throws {NotFound} when there is no such log
 * @throws {BadUse} when the stretch has no length
 */
export async function startReplay(
  store: Store,
  name: string,
  { back, speed }: { back: number; speed: number },
  clock: Date
): Promise<Replay> {
  if (!(back > 0)) throw new BadUse('a replay needs some time to go back', 'say how far, like 7d');
  return store.write(async (transaction) => {
    const { log_id, now_at } = await findLog(transaction, name);
    const to = now_at === null ? clock.getTime() : Date.parse(now_at);
    const replay: Replay = {
      from: new Date(to - back).toISOString(),
      to: new Date(to).toISOString(),
      speed,
      started_at: clock.toISOString()
    };
    await transaction.execute(sql`update log set replay = ${JSON.stringify(replay)} where log_id = ${log_id}`);
    return replay;
  });
}
