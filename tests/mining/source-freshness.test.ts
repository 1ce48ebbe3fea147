import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourceFreshness } from '#mining/source-freshness.ts';
import { findLog } from '#models/log/catalogue.ts';
import { sql } from '#models/store/sql.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

/** Monday 1 January 2024 and so many days and hours after. */
const when = (day: number, hour: number, minute = 0): string =>
  new Date(Date.UTC(2024, 0, 1 + day, hour, minute)).toISOString();
/** Eight weeks, Monday to Friday, 9 to 17 h: two signs an hour. */
const working = (system: string, upTo: string): FixtureEvent[] => {
  const events: FixtureEvent[] = [];
  for (let day = 0; day < 56; day += 1)
    if (day % 7 < 5)
      for (let hour = 9; hour < 17; hour += 1)
        for (const minute of [0, 30]) events.push({ activity: 'a', at: when(day, hour, minute), case: 'c', system });
  return events.filter(({ at }) => at <= upTo);
};
const fresh = async (log: string, now: string, live = false) =>
  sourceFreshness(fixture.store.engine, (await findLog(fixture.store.engine, log)).log_id, now, { live });

describe('the freshness of sources', () => {
  // The ninth week's Monday is day 56; the last sign is of the Friday before, 16:30.
  beforeAll(() => fixture.load({ log: 'office', events: working('PSA', when(56, 0)) }));
  const last = when(53, 16, 30);

  test('is told by how many signs of life are missing: none over a weekend, two an hour on a Monday', async () => {
    expect(await fresh('office', when(56, 9))).toEqual([{ system: 'PSA', last, expected: 0, stale: false }]);
    // The hours 9 to 13 are over: ten signs. With the hour of 14 it would be twelve.
    expect(await fresh('office', when(56, 14, 59))).toEqual([{ system: 'PSA', last, expected: 10, stale: false }]);
    expect(await fresh('office', when(56, 15))).toEqual([{ system: 'PSA', last, expected: 12, stale: true }]);
  });

  test('goes by what was known at an earlier now', async () => {
    expect(await fresh('office', when(50, 12, 10))).toEqual([
      { system: 'PSA', last: when(50, 12), expected: 0, stale: false }
    ]);
  });

  test('goes by when a fact was recorded, and leaves out facts without a time of day', async () => {
    await fixture.load({
      log: 'recorded',
      events: [
        ...working('PSA', when(50, 0)),
        { activity: 'a', at: when(49, 9), recorded: when(56, 14), case: 'c', system: 'PSA' },
        { activity: 'a', at: when(56, 14, 30), precision: 'day', case: 'c', system: 'PSA' }
      ]
    });
    expect(await fresh('recorded', when(56, 15))).toMatchObject([{ last: when(56, 14), stale: false }]);
  });

  test('waits for the next import of a source that comes by the day, while now runs with the clock', async () => {
    for (const file of ['1.csv', '2.csv', '3.csv'])
      await fixture.load({ log: 'daily', source: 'PSA', file, events: working('PSA', when(56, 0)) });
    const { log_id: logId } = await findLog(fixture.store.engine, 'daily');
    // Imported on Thursday, Friday and Saturday at 2:00.
    await fixture.store.write(async (transaction) => {
      await transaction.execute(sql`
        update batch set committed_at = timestamp '2024-02-22 02:00:00'
          + to_days((batch_no - (select min(batch_no) from batch where log_id = ${logId}))::integer)
        where log_id = ${logId}`);
    });
    // Saturday 24 February 2:00 and twice a day: until Monday 26 February 2:00.
    expect(await fresh('daily', when(55, 23), true)).toMatchObject([{ stale: false }]);
    expect(await fresh('daily', when(56, 15), true)).toMatchObject([{ expected: 12, stale: true }]);
    await fixture.store.write(async (transaction) => {
      await transaction.execute(sql`
        update batch set committed_at = committed_at + interval 1 day where log_id = ${logId}`);
    });
    expect(await fresh('daily', when(56, 15), true)).toMatchObject([{ expected: 12, stale: false }]);
    expect(await fresh('daily', when(56, 15), false)).toMatchObject([{ stale: true }]);
  });

  test('a system that never gave a sign is not there', async () => {
    await fixture.load({ log: 'none', events: [{ activity: 'a', at: when(0, 9), case: 'c' }] });
    expect(await fresh('none', when(1, 9))).toEqual([]);
  });
});
