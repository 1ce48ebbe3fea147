/** A seeded event log as CSV, for crash tests and measurements: the same seed gives the same bytes. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** mulberry32: a small 32-bit generator, uniform in [0, 1). Enough to vary test data, not for secrets. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const ACTIVITIES = [
  'Win deal',
  'Open project',
  'Request staff',
  'Confirm staff',
  'Set up billing',
  'Book time',
  'Accept milestone',
  'Send invoice',
  'Take payment'
];
const TEAMS = ['Sales', 'Delivery', 'Resource management', 'Finance'];

/**
 * Writes about `events` rows `case_id,activity,timestamp,resource,team` (cases of 4 to 16 events, steps repeated at
 * times, cases interleaved by time in blocks of 1,000) and returns the exact number of rows.
 */
export async function writeRandomLog(path: string, events: number, seed: number): Promise<number> {
  const random = seeded(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const out = createWriteStream(path);
  out.write('case_id,activity,timestamp,resource,team\n');
  const start = Date.UTC(2024, 0, 1);
  let written = 0;
  for (let caseNumber = 0; written < events;) {
    const rows: { at: number; line: string }[] = [];
    for (let n = 0; n < 1000 && written + rows.length < events; n += 1, caseNumber += 1) {
      let at = start + caseNumber * 60_000 + Math.floor(random() * 86_400_000);
      const length = 4 + Math.floor(random() * 13);
      for (let step = 0; step < length; step += 1) {
        const activity = random() < 0.8 ? ACTIVITIES[Math.min(step, ACTIVITIES.length - 1)] : pick(ACTIVITIES);
        const team = pick(TEAMS);
        const person = `${team.slice(0, 3).toLowerCase()}-${Math.floor(random() * 12)}`;
        rows.push({ at, line: `P-${caseNumber},${activity},${new Date(at).toISOString()},${person},${team}\n` });
        at += Math.floor(random() * 3 * 86_400_000);
      }
    }
    rows.sort((a, b) => a.at - b.at);
    written += rows.length;
    if (!out.write(rows.map(({ line }) => line).join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return written;
}
