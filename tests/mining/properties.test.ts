import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ident, sql } from '#models/store/sql.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { cycleTime } from '#mining/cycle-time.ts';
import type { ViewContext } from '#mining/context.ts';
import { directlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import { transitionHandoffs } from '#mining/handoffs.ts';
import { rework } from '#mining/rework.ts';
import { summary } from '#mining/summary.ts';
import { variants } from '#mining/variants.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';
import { instancesOfTraces, oracleOf, percentile } from './oracle.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

/** Few values of each, so that ties, repetitions and equal rows are common. */
const event: fc.Arbitrary<FixtureEvent> = fc
  .record({
    case: fc.constantFrom('1', '2', '3', '4', '5'),
    activity: fc.constantFrom('A', 'B', 'C'),
    second: fc.integer({ min: 0, max: 9 }),
    resource: fc.constantFrom('ann', 'bob', undefined),
    team: fc.constantFrom('x', 'y', 'z', undefined),
    lifecycle: fc.constantFrom('start', 'complete')
  })
  .map(({ second, resource, team, ...rest }) => ({
    ...rest,
    at: `2020-01-01T00:00:0${second}Z`,
    ...(resource !== undefined && { resource }),
    ...(team !== undefined && { team })
  }));
const someEvents = fc.array(event, { minLength: 1, maxLength: 24 });

let logs = 0;
/** Loads files one after the other, each a source of its own, named by its place in `files`. */
async function load(files: FixtureEvent[][], order = files.map((_, i) => i)): Promise<ViewContext> {
  const log = `random ${++logs}`;
  for (const i of order) await fixture.load({ log, events: files[i] ?? [], file: `part ${i}.csv` });
  return fixture.context(log);
}

async function instancesOf(log: string) {
  const { engine, view } = await fixture.context(log, { grain: 'instance' });
  const [row] = await engine.query<{ n: number; unpaired: number; active_s: number }>(sql`
    select count(*)::double as n, (count(*) filter (unpaired))::double as unpaired,
      sum(epoch_us(complete) - epoch_us(start))::double / 1e6 as active_s from ${ident(view.segments)}`);
  return { hash: await segmentsHash(engine, view), ...row };
}

/** All that is said of a log, in the order in which it is said. */
const everything = async (context: ViewContext) => ({
  hash: await segmentsHash(context.engine, context.view),
  instances: await instancesOf(context.view.log),
  summary: await summary(context),
  graph: await directlyFollowsGraph(context),
  variants: await variants(context),
  handoffs: await transitionHandoffs(context),
  rework: await rework(context),
  cycleTime: await cycleTime(context)
});

const check = (property: fc.IAsyncPropertyWithHooks<never[]> | fc.IAsyncProperty<unknown[]>, numRuns: number) =>
  fc.assert(property as fc.IAsyncProperty<unknown[]>, { numRuns, endOnFailure: true });

describe('on any log', () => {
  test('graph, variants, handoffs and rework are what a walk over the traces finds', () =>
    check(
      fc.asyncProperty(someEvents, async (events) => {
        const context = await load([events]);
        const oracle = oracleOf([events]);
        const graph = await directlyFollowsGraph(context);
        const edges = graph.directly_follows.map(({ a, b, count, cases, total_s, median_s, p90_s }) => {
          const { times } = oracle.edges[`${a} ${b}`] ?? { times: [] };
          expect(median_s).toBeCloseTo(percentile(times, 0.5), 3);
          expect(p90_s).toBeCloseTo(percentile(times, 0.9), 3);
          return [`${a} ${b}`, { count, cases, total: total_s, times }];
        });
        expect(Object.fromEntries(edges)).toEqual(oracle.edges);
        const { variants: rows } = await variants(context);
        expect(Object.fromEntries(rows.map(({ sequence, cases }) => [sequence.join(' '), cases]))).toEqual(
          oracle.variants
        );
        const handoffs = await transitionHandoffs(context);
        expect(
          Object.fromEntries(
            handoffs.pairs.map(({ from, to, count, cases, total_s }) => [
              `${from} ${to}`,
              { count, cases, total: total_s }
            ])
          )
        ).toEqual(oracle.handoffs);
        const again = await rework(context);
        expect({
          self_loops: again.self_loop_events,
          loop_backs: again.loop_back_events,
          loop_back_cases: again.loop_back_cases,
          repeat: again.repeat_events,
          redo: again.redo_events,
          unknown: again.unknown_events
        }).toEqual(oracle.rework);
        const facts = await summary(context);
        expect([facts.resource_handoffs ?? 0, facts.resource_handoffs_total_s ?? 0]).toEqual([
          oracle.adjacent.count,
          oracle.adjacent.total
        ]);
      }),
      15
    ));

  test('instances pair starts and completes first in, first out', () =>
    check(
      fc.asyncProperty(someEvents, async (events) => {
        const { view } = await load([events]);
        expect(await instancesOf(view.log)).toMatchObject(instancesOfTraces(events));
      }),
      10
    ));

  test('the order in which files arrive changes nothing', () =>
    check(
      fc.asyncProperty(
        fc.array(someEvents, { minLength: 2, maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
        async (files, random) => {
          const keys = files.map(() => random.next().value ?? 0);
          const order = files.map((_, i) => i).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || b - a);
          expect(await everything(await load(files, order))).toEqual(await everything(await load(files)));
        }
      ),
      5
    ));

  test('a file cut into two consecutive parts says the same', () =>
    check(
      fc.asyncProperty(someEvents, fc.nat(24), async (events, cut) => {
        const whole = await everything(await load([events]));
        expect(await everything(await load([events.slice(0, cut), events.slice(cut)]))).toEqual(whole);
      }),
      5
    ));

  test('sending a file again changes nothing, and a file that grew adds its new rows', () =>
    check(
      fc.asyncProperty(someEvents, fc.nat(24), async (events, cut) => {
        const log = `random ${++logs}`;
        const first = await fixture.load({ log, events: events.slice(0, cut) });
        await fixture.context(log).catch(() => undefined);
        const grown = await fixture.load({ log, events });
        expect([first.loaded + grown.loaded, grown.duplicates]).toEqual([events.length, first.loaded]);
        const before = await everything(await fixture.context(log));
        const again = await fixture.load({ log, events });
        expect([again.loaded, again.duplicates]).toEqual([0, events.length]);
        expect(await everything(await fixture.context(log))).toEqual(before);
        expect(await everything(await load([events]))).toEqual(before);
      }),
      5
    ));
});
