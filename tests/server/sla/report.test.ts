import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WhatIf } from '#lib/server/watch/report.ts';
import { HOUR, world, type World } from './world.ts';

let firm: World;

beforeEach(async () => {
  firm = await world();
});
afterEach(async () => {
  await firm.close();
});

test('open clocks that are late come before all others, then the one that falls due next', async () => {
  // Of two hours on the wall clock: due 30, 90 and 60 minutes from now, and two late.
  await firm.load({
    Soon: { won: -1.5 * HOUR },
    Last: { won: -0.5 * HOUR },
    Middle: { won: -HOUR },
    Late: { won: -3 * HOUR },
    Later: { won: -5 * HOUR },
    Done: { won: -4 * HOUR, done: -3.5 * HOUR }
  });
  await firm.promise();
  await firm.look();
  expect((await firm.clocks()).map(({ subject }) => subject)).toEqual([
    ...['Late', 'Later', 'Soon', 'Middle', 'Last', 'Done']
  ]);
});

test('what another goal would have made of it says the share that is kept', async () => {
  // Done within 1, 2 and 3 hours, and one open for 5: of a goal of two hours 2 of 4 are kept, of three hours 3 of 4.
  await firm.load({
    A: { won: -10 * HOUR, done: -9 * HOUR },
    B: { won: -10 * HOUR, done: -8 * HOUR },
    C: { won: -10 * HOUR, done: -7 * HOUR },
    D: { won: -5 * HOUR }
  });
  await firm.promise();
  const goal = encodeURIComponent(JSON.stringify({ wall: 'PT3H' }));
  const answer = await firm.ask<WhatIf>('GET', `/logs/deals/sla/what-if?policy=done&goal=${goal}`);
  expect(answer.now).toEqual({ met: 2, breached: 2, share: 0.5 });
  expect(answer.then).toEqual({ met: 3, breached: 1, share: 0.75 });
  expect(answer.newly_breached).toEqual([]);
  expect(answer.no_longer_breached).toEqual(['C']);
});
