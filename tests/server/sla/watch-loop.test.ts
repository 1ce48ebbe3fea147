import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startServices } from '#lib/server/services.ts';
import { HOUR, receiver, world, type Receiver, type World } from './world.ts';

/** Everything that was put off, run when the clock is moved there. */
class Later {
  private readonly list: { at: number; run: () => void }[] = [];
  now: () => number = () => 0;
  readonly timer = (ms: number, run: () => void): (() => void) => {
    const entry = { at: this.now() + ms, run };
    this.list.push(entry);
    return () => {
      const index = this.list.indexOf(entry);
      if (index >= 0) this.list.splice(index, 1);
    };
  };
  get size(): number {
    return this.list.length;
  }
  /** The next thing to do. */
  take(): { at: number; run: () => void } | undefined {
    this.list.sort((a, b) => a.at - b.at);
    return this.list.shift();
  }
}

let hook: Receiver;
let firm: World;
let later: Later;
beforeEach(async () => {
  later = new Later();
  hook = await receiver();
  firm = await world({ timer: (ms, run) => later.timer(ms, run) });
  later.now = () => firm.clock.now();
});
afterEach(async () => {
  await firm.close();
  await hook.close();
});

/** Lets the services work until the clock stands at an instant, jumping from one wake-up to the next. */
async function until(at: number): Promise<void> {
  for (;;) {
    // Watch and delivery each have one wake-up ahead, unless they are at work.
    await vi.waitUntil(() => later.size >= 2, { timeout: 20_000, interval: 1 });
    const next = later.take();
    if (!next || next.at > at) break;
    firm.clock.to(Math.max(firm.clock.now(), next.at));
    next.run();
  }
  firm.clock.to(at);
}

test('nothing is watched or sent before it is started; then a breach is seen and told within a second', async () => {
  await firm.load({ D1: { won: 0 } });
  await firm.target(hook);
  await firm.promise('desk');
  const due = firm.clock.now() + 2 * HOUR;
  firm.clock.to(due - 3_000);
  expect(later.take()).toBeUndefined();
  await startServices(firm.services);
  await until(due + 1_500);
  await vi.waitUntil(() => hook.got.length > 0, { timeout: 20_000 });
  expect(hook.got).toHaveLength(1);
  expect(hook.got[0]?.event.data.detected_late_by_ms).toBeLessThanOrEqual(1_000);
}, 60_000);
