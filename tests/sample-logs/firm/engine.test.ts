import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, nextOfBoth, SECOND, WorkTime } from '#sample-logs/firm/clock.ts';
import { fired, Signal, Simulation, until, type Process } from '#sample-logs/firm/engine.ts';
import { offices } from '#sample-logs/firm/offices.ts';
import { EMPLOYED_SINCE, Personnel, workOf } from '#sample-logs/firm/people.ts';
import { pickedUp, Queue, type Job } from '#sample-logs/firm/queue.ts';
import { Deck, Random, Strata } from '#sample-logs/firm/rng.ts';

const at = (iso: string): number => Date.parse(iso);

describe('working time', () => {
  // Two windows of three hours: 9–12 and 13–16.
  const day = new WorkTime([
    { start: 9 * HOUR, end: 12 * HOUR },
    { start: 13 * HOUR, end: 16 * HOUR }
  ]);

  test('runs in windows only', () => {
    expect(day.add(10 * HOUR, 3 * HOUR)).toBe(14 * HOUR);
    expect(day.add(8 * HOUR, HOUR)).toBe(10 * HOUR);
    expect(day.between(11 * HOUR, 14 * HOUR)).toBe(2 * HOUR);
    expect(day.between(0, 24 * HOUR)).toBe(6 * HOUR);
    expect(day.next(12 * HOUR)).toBe(13 * HOUR);
  });

  test('ends: work that does not fit is never done', () => {
    expect(day.add(15 * HOUR, 2 * HOUR)).toBe(Infinity);
    expect(day.next(16 * HOUR)).toBe(Infinity);
  });

  test('of two people begins when both are there', () => {
    const late = new WorkTime([
      { start: 12 * HOUR, end: 13 * HOUR },
      { start: 15 * HOUR, end: 20 * HOUR }
    ]);
    expect(nextOfBoth(day, late, 9 * HOUR)).toBe(15 * HOUR);
    expect(nextOfBoth(day, late, 16 * HOUR)).toBe(Infinity);
  });

  test.each([
    // Before and after clocks change in Berlin (30 March 2025) and New York (9 March 2025).
    ['BER', '2025-03-28', '2025-03-28T08:00:00Z'],
    ['BER', '2025-03-31', '2025-03-31T07:00:00Z'],
    ['NYC', '2025-03-07', '2025-03-07T14:00:00Z'],
    ['NYC', '2025-03-10', '2025-03-10T13:00:00Z'],
    ['SIN', '2025-03-31', '2025-03-31T01:00:00Z'],
    ['BLR', '2025-04-01', '2025-04-01T03:30:00Z']
  ] as const)('of %s on %s: nine o’clock is %s', (office, date, instant) => {
    expect(offices[office].at(date, 9)).toBe(at(instant));
    expect(offices[office].dateAt(at(instant))).toBe(date);
    expect(offices[office].dateAt(offices[office].at(date, 0))).toBe(date);
    expect(offices[office].dateAt(offices[office].at(date, 0) - 1)).not.toBe(date);
  });

  test('of an office skips holidays and weekends', () => {
    // Good Friday to Easter Monday 2025.
    expect(offices.BER.work.next(at('2025-04-17T15:30:00Z'))).toBe(at('2025-04-22T07:00:00Z'));
  });
});

describe('processes', () => {
  test('wake in the order of time, and of equal times in order of asking', () => {
    const simulation = new Simulation(0);
    const told: string[] = [];
    const tell = function* (name: string, ...times: number[]): Process {
      for (const time of times) {
        yield* until(time);
        told.push(`${name}${simulation.now / HOUR}`);
      }
    };
    simulation.start(tell('a', 2 * HOUR, 5 * HOUR));
    simulation.start(tell('b', 1 * HOUR, 2 * HOUR, 9 * HOUR));
    simulation.start(tell('c', 2 * HOUR));
    simulation.run(6 * HOUR);
    expect(told).toEqual(['b1', 'a2', 'c2', 'b2', 'a5']);
  });

  test('many wake in order', () => {
    const simulation = new Simulation(0);
    const random = new Random('heap');
    const times = Array.from({ length: 500 }, () => random.whole(0, 999) * SECOND);
    const seen: number[] = [];
    for (const time of times) simulation.schedule(time, () => seen.push(simulation.now));
    simulation.run(HOUR);
    expect(seen).toEqual([...times].sort((a, b) => a - b));
  });

  test('wait for a signal once, before or after it fired', () => {
    const simulation = new Simulation(0);
    const signal = new Signal();
    const seen: number[] = [];
    const wait = function* (): Process {
      yield* fired(signal);
      seen.push(simulation.now);
    };
    simulation.start(wait());
    simulation.start(wait(), 3 * HOUR);
    simulation.schedule(HOUR, () => simulation.fire(signal));
    simulation.run(4 * HOUR);
    expect(seen).toEqual([HOUR, 3 * HOUR]);
  });
});

describe('a queue', () => {
  const monday = at('2025-06-16T00:00:00Z');
  const berlin = (hour: number, day = 0): number => monday + (day * 24 + hour - 2) * HOUR;

  function team(size: number, leave: { from: string; to: string }[] = []) {
    const personnel = new Personnel(new Random('queue'), 0);
    const position = {
      team: 'Desk',
      department: 'Deal Desk' as const,
      role: 'Analyst',
      from: EMPLOYED_SINCE,
      to: null
    };
    const members = Array.from({ length: size }, (_, i) => {
      const person = personnel.hire({ office: offices.BER, position });
      const away =
        i === 0 ? leave.map((row) => ({ id: '', staff: person.staff, kind: 'holiday' as const, ...row })) : [];
      return { person, work: workOf(offices.BER, away, EMPLOYED_SINCE, null), busyUntil: 0, busyFor: 0 };
    });
    const queue = new Queue('Desk', members, new Random('desk'));
    const simulation = new Simulation(monday);
    const log: { name: string; by: string; at: number }[] = [];
    const offer = (name: string, when: number, job: Job): void => {
      const process = function* (): Process {
        const work = yield* pickedUp({ simulation }, queue, job);
        log.push({ name, by: work.by.staff, at: simulation.now });
      };
      simulation.start(process(), when);
    };
    return { simulation, offer, log, members };
  }
  /** Who turns to work does so within four minutes. */
  const soonAfter = (instant: number): { min: number; max: number } => ({ min: instant, max: instant + 4 * MINUTE });
  const within = (value: number | undefined, { min, max }: { min: number; max: number }): void => {
    expect(value).toBeGreaterThanOrEqual(min);
    expect(value).toBeLessThanOrEqual(max);
  };

  test('is worked first in first out, higher priorities first, in working hours', () => {
    const { simulation, offer, log } = team(1);
    offer('first', berlin(10), { service: 2 * HOUR });
    offer('second', berlin(10.1), { service: 8 * HOUR });
    offer('third', berlin(10.2), { service: HOUR });
    offer('urgent', berlin(10.3), { service: HOUR, priority: 1 });
    simulation.run(berlin(0, 4));
    expect(log.map(({ name }) => name)).toEqual(['first', 'urgent', 'second', 'third']);
    within(log[0]?.at, soonAfter(berlin(10)));
    within(log[1]?.at, { min: berlin(12), max: berlin(12.2) });
    // The break is from 12.30 to 13.00: eight hours from 13.30 on end the next day at 13.30.
    within(log[2]?.at, { min: berlin(13.5), max: berlin(13.7) });
    within(log[3]?.at, { min: berlin(13.5, 1), max: berlin(13.8, 1) });
  });

  test('goes to who is free, and not to who is on leave', () => {
    const { simulation, offer, log, members } = team(2, [{ from: '2025-06-16', to: '2025-06-17' }]);
    for (const name of ['a', 'b', 'c']) offer(name, berlin(9), { service: 5 * HOUR });
    simulation.run(berlin(20));
    expect(log.map(({ by }) => by)).toEqual([members[1]?.person.staff, members[1]?.person.staff]);
    simulation.run(berlin(20, 2));
    expect(log).toHaveLength(3);
  });

  test('keeps a job for the hours in which such jobs are begun, while others go on', () => {
    const { simulation, offer, log } = team(1);
    const hours = new WorkTime([{ start: berlin(14, 1), end: berlin(17, 1) }]);
    offer('batched', berlin(9), { service: HOUR, hours, priority: 2 });
    offer('other', berlin(9.1), { service: HOUR });
    simulation.run(berlin(20, 3));
    expect(log.map(({ name }) => name)).toEqual(['other', 'batched']);
    within(log[1]?.at, soonAfter(berlin(14, 1)));
  });
});

describe('chance', () => {
  test('is the same for the same seed, and another for another', () => {
    const draw = (...parts: (string | number)[]): number[] => {
      const random = new Random(...parts);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(7, 'a')).toEqual(draw(7, 'a'));
    expect(draw(7, 'a')).not.toEqual(draw(8, 'a'));
    expect(draw(7, 'a')).not.toEqual(draw(7, 'b'));
  });

  test('a log-normal has its median and its spread', () => {
    const random = new Random('log-normal');
    const logs = Array.from({ length: 20_000 }, () => Math.log(random.logNormal(10, 0.5))).sort((a, b) => a - b);
    expect(Math.exp(logs[10_000] ?? 0)).toBeCloseTo(10, 0);
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    const spread = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
    expect(spread).toBeGreaterThan(0.47);
    expect(spread).toBeLessThan(0.51);
  });

  test('a deck has its share in each block', () => {
    const deck = new Deck(new Random('deck'), 3, 20);
    for (let block = 0; block < 5; block += 1) {
      expect(Array.from({ length: 20 }, () => deck.draw()).filter(Boolean)).toHaveLength(3);
    }
  });

  test('strata cover the whole range in each block', () => {
    const strata = new Strata(new Random('strata'), 10);
    const tenths = Array.from({ length: 10 }, () => Math.floor(strata.draw() * 10)).sort((a, b) => a - b);
    expect(tenths).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
