import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SlaExplanation, SlaClock } from '#lib/server/watch/report.ts';
import { loadRecordFile } from '../../models/log/record-fixture.ts';
import { HOUR, receiver, world, type Receiver, type World } from './world.ts';

let hook: Receiver;
let firm: World;
beforeEach(async () => {
  hook = await receiver();
  firm = await world();
});
afterEach(async () => {
  await firm.close();
  await hook.close();
});

test('what is late because nothing is heard of it says so where its source is silent', async () => {
  const last = Math.floor(firm.clock.now() / HOUR) * HOUR - HOUR / 2;
  firm.clock.to(last);
  // Six weeks of two signs of life an hour, day and night; and the PSA tells when a deal is done.
  const signs = Array.from({ length: 42 * 48 }, (_, i) => last - i * (HOUR / 2));
  await loadRecordFile(firm.services.store, {
    log: 'deals',
    source: 'PSA',
    file: 'signs',
    records: [
      {
        ref: 'signs',
        events: signs.map((at) => ({
          ...{ activity: at === signs.at(-1) ? 'done' : 'seen', at: new Date(at).toISOString(), system: 'PSA' },
          objects: [['deal', 'Before']]
        }))
      }
    ]
  });
  await firm.load({ Early: { won: -HOUR }, Silent: { won: 8 * HOUR }, Done: { won: 8 * HOUR } });
  await firm.target(hook);
  await firm.promise('desk', { act_on: ['breached', 'resolved'] });
  const psa = { system: 'PSA', last: new Date(last).toISOString() };
  const sent = () =>
    Object.fromEntries(hook.got.map(({ event: { subject, data } }) => [`${subject} ${data.edge}`, data.stale_sources]));

  // An hour without it is chance: two signs are missing.
  firm.clock.to(last + 1.2 * HOUR);
  await firm.look();
  await firm.send();
  expect(sent()).toEqual({ 'deal/Early breached': [] });

  // Ten hours are not.
  firm.clock.to(last + 10.2 * HOUR);
  await firm.load({ Done: { done: 0 } });
  await firm.look();
  await firm.send();
  expect(sent()).toEqual({
    'deal/Early breached': [],
    'deal/Silent breached': [psa],
    'deal/Done breached': [],
    'deal/Done resolved': []
  });
  const { rows } = await firm.ask<{ rows: SlaClock[] }>('GET', '/logs/deals/sla/clocks');
  expect(Object.fromEntries(rows.map(({ subject, stale_sources }) => [subject, stale_sources]))).toEqual({
    Early: [psa],
    Silent: [psa],
    Done: []
  });
  const { cycles } = await firm.ask<SlaExplanation>('GET', '/logs/deals/sla/clocks/done/Silent');
  expect(cycles.map(({ stale_sources }) => stale_sources)).toEqual([[psa]]);
});
