import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteLog } from '#models/log/catalogue.ts';
import { sql } from '#models/store/sql.ts';
import { ensureDefaultViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { loadRecordFile, type WrittenRecord } from '../log/record-fixture.ts';
import { at, startFirm, thing } from './firm.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const few = fc.integer({ min: 1, max: 3 });
const hour = fc.integer({ min: 0, max: 5 });
const staff = fc.constantFrom('E1', 'E2', undefined);
const recorded = fc.integer({ min: 1, max: 3 }).map((day) => at(0, 20 + day));

/** A record of one of the firm's systems. Ids and times are few, so that records are told again, and times tie. */
function record(
  type: string,
  activities: string[],
  links: ((target: number) => string)[] = [],
  also: ((target: number) => string)[] = []
): fc.Arbitrary<WrittenRecord> {
  return fc
    .record({
      id: few,
      activity: fc.constantFrom(...activities),
      hour,
      staff,
      target: few,
      linked: fc.boolean(),
      recorded
    })
    .map(({ id, activity, hour, staff, target, linked, recorded }) => ({
      ...thing(
        `${type}:${id}`,
        [
          [
            activity,
            at(hour),
            { ...(staff && { resource: staff }), also: linked ? also.map((name) => name(target)) : [] }
          ]
        ],
        linked ? links.map((link) => link(target)) : [],
        { name: `${type} ${id} ${activity}` }
      ),
      recorded
    }));
}

const systems: Record<string, fc.Arbitrary<WrittenRecord>> = {
  crm: record('opportunity', ['Deal won', 'Deal handed over', 'Deal handover returned']),
  projects: record(
    'project',
    ['Project created', 'Project closed', 'Project reopened'],
    [(n) => `for opportunity:${n}`]
  ),
  milestones: record('milestone', ['Milestone reached'], [(n) => `part_of project:${n}`], [(n) => `project:${n}`]),
  erp: fc.record({ id: few, hour, code: few, staff, recorded }).map(({ id, hour, code, recorded }) => ({
    ...thing(`erp_project:10.${id}`, [['Project created in ERP', at(hour)]]),
    // By a code that the ERP holds: found, or found anew, whenever the project comes.
    references: [
      [['erp_project', `10.${id}`], 'same_as', 'project', String(code), `code ${code}`] as [
        [string, string],
        string,
        string,
        string,
        string
      ]
    ],
    recorded
  })),
  invoices: record(
    'invoice',
    ['Invoice posted'],
    [(n) => `part_of erp_project:10.${n}`, (n) => `for milestone:${4 - n}`]
  ),
  payments: record(
    'payment',
    ['Invoice paid', 'Part payment received'],
    [(n) => `for invoice:${n}`],
    [(n) => `invoice:${n}`]
  ),
  people: fc
    .record({ id: fc.constantFrom('E1', 'E2'), hour, team: few, recorded })
    .map(({ id, hour, team, recorded }) => ({
      ref: `${id} ${hour}`,
      objects: [['person', id] as [string, string]],
      changes: [
        ['person', id, at(hour), { team: `team ${team}`, integration: team === 3 }] as [string, string, string, object]
      ] as NonNullable<WrittenRecord['changes']>,
      recorded
    }))
};

/** What each system says, in the order of its file. */
const world = fc.record(
  Object.fromEntries(
    Object.entries(systems).map(([name, records]) => [name, fc.array(records, { minLength: 1, maxLength: 6 })])
  )
);
type World = Record<string, WrittenRecord[]>;

/** One import: consecutive records of one system's file. */
interface Part {
  source: string;
  from: number;
  to: number;
}

const whole = (said: World): Part[] =>
  Object.entries(said).map(([source, records]) => ({ source, from: 0, to: records.length }));

/** Versions of a record told at one time are a matter of order; told at different times they are not. */
const unambiguous = (said: World): World =>
  Object.fromEntries(
    Object.entries(said).map(([source, records]) => {
      const seen = new Set<string>();
      return [
        source,
        records.filter(({ ref, recorded }) => !seen.has(`${ref} ${recorded}`) && seen.add(`${ref} ${recorded}`))
      ];
    })
  );

/** So many that nobody touches that refreshing the others is worth it. */
const archive: World = {
  archive: Array.from({ length: 15 }, (_, n) => [
    thing(`project:old ${n}`, [['Project closed', at(n)]]),
    thing(`milestone:old ${n}`, [['Milestone reached', at(n)]], [`part_of project:old ${n}`])
  ]).flat()
};

let logs = 0;
/** Imports parts one after the other and answers what the views say in the end. */
async function told(world: World, some: Part[], { asking = false } = {}): Promise<Said> {
  const said = { ...archive, ...world };
  const parts = [...whole(archive), ...some];
  const { store } = fixture;
  const log = `world ${++logs}`;
  await startFirm(store, log);
  for (const { source, from, to } of parts) {
    const records = (said[source] ?? []).slice(from, to);
    await loadRecordFile(store, { log, source, file: `from ${from}.json`, records }, ensureDefaultViews);
    // Built early and brought up to date later, instead of built once in the end.
    if (asking) for (const name of views) await freshView(store, log, name).catch(() => undefined);
  }
  const found = await say(log);
  if (asking) {
    await store.write((transaction) => transaction.execute(sql`update view set built_batch = 0`));
    expect(found, 'refreshed as if built whole').toEqual(await say(log));
  }
  await deleteLog(store, log);
  return found;
}

const views = ['project', 'milestone'];
type Said = Record<string, unknown>;

async function say(log: string): Promise<Said> {
  const said: Said = {};
  for (const name of views) {
    const view = await freshView(fixture.store, log, name);
    said[name] = [await segmentsHash(fixture.store.engine, view), view.overlap];
  }
  return said;
}

describe('a view by traversal says the same', () => {
  const runs = { numRuns: 3 };

  test('whichever system comes first, and whenever it is looked at', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        world
          .map(unambiguous)
          .chain((said) =>
            fc.record({ said: fc.constant(said), parts: fc.shuffledSubarray(whole(said), { minLength: 7 }) })
          ),
        async ({ said, parts }) => {
          expect(await told(said, parts, { asking: true })).toEqual(await told(said, whole(said)));
        }
      ),
      runs
    );
  });

  test('when files come in halves, and again', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        world.map(unambiguous).chain((said) => {
          const halves = whole(said).flatMap((part) => {
            const middle = Math.floor(part.to / 2);
            return middle === 0
              ? [part]
              : [
                  { ...part, to: middle },
                  { ...part, from: middle }
                ];
          });
          return fc.record({
            said: fc.constant(said),
            parts: fc.shuffledSubarray(halves, { minLength: halves.length }),
            again: fc.subarray(halves)
          });
        }),
        async ({ said, parts, again }) => {
          expect(await told(said, [...parts, ...again], { asking: true })).toEqual(await told(said, whole(said)));
        }
      ),
      runs
    );
  });
});

test('the tables of a view go with its log', async () => {
  const left = await fixture.store.engine.query(sql`
    select table_name from duckdb_tables() where regexp_matches(table_name, '^(segment|case|member)_[0-9]+$')`);
  expect(logs).toBeGreaterThan(0);
  expect(left).toEqual([]);
});
