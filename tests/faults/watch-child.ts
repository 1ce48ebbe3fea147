/**
 * A process to be killed: the real store, state, watch and delivery on a store that `delivery-faults.ts` has prepared, with
 * retries after moments instead of minutes. Now and then a batch comes in that takes breaches back.
 *
 *     node watch-child.ts STORE
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createServices, startServices } from '#lib/server/services.ts';
import { openStore } from '#models/store/store.ts';
import { GOAL_MS, LOG, loadDeals, STEP_MS } from './deals.ts';

const [directory = '', began = '0'] = process.argv.slice(2);
const services = createServices(await openStore(directory), 'token', undefined, {
  schedule: [0, ...Array.from({ length: 2_000 }, () => 40)],
  limits: { deadlineMs: 2_000 }
});
await startServices(services);
for (let batch = 0; ; batch += 1) {
  await sleep(400);
  // Deals that were late a moment ago, or long ago, turn out to have been done in time: those that were not told are
  // taken back.
  const latest = Math.floor((Date.now() - Number(began)) / STEP_MS);
  const long = (process.pid * 31 + batch * 7_919) % Math.max(1, latest);
  const done = [long, latest - 1, latest, latest + 3].filter((i) => i >= 0);
  await loadDeals(
    services.store,
    `done ${process.pid} ${batch}`,
    done.map((i) => ({ id: `D${i}`, activity: 'done', at: Number(began) + i * STEP_MS - GOAL_MS / 2 }))
  );
  await services.watch.look(LOG);
}
