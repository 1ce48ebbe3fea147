import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listLogs } from '#models/log/catalogue.ts';
import { listViews } from '#models/views/catalogue.ts';
import { cycleTime } from '#mining/cycle-time.ts';
import { transitionHandoffs } from '#mining/handoffs.ts';
import { rework } from '#mining/rework.ts';
import { variants } from '#mining/variants.ts';
import { areHere, differences, factsOf, folder, golden, note, openRealStore, type RealStore } from './real-logs.ts';

let real: RealStore;
beforeAll(async () => {
  real = await openRealStore();
});
afterAll(() => real.close());

describe.skipIf(!areHere)(`one log in three formats gives one answer${note}`, () => {
  const formats = [
    ['xes', { path: join(folder, 'xes/Receipt_WABO.xes.gz') }],
    ['csv', { path: join(folder, 'csv/receipt.csv') }],
    ['parquet', { path: join(folder, 'csv/receipt.parquet'), mapping: { zone: 'Europe/Amsterdam' } }]
  ] as const;

  const answers: unknown[] = [];
  test.each(formats)('receipt as %s', async (log, source) => {
    await real.import({ log, ...source });
    const context = await real.context(log);
    const facts = await factsOf(context);
    expect(differences(facts, golden('Receipt_WABO').facts)).toEqual([]);
    answers.push({
      facts,
      variants: await variants(context),
      cycleTime: await cycleTime(context),
      teams: await transitionHandoffs(context),
      people: await transitionHandoffs(context, [], { dimension: 'resource' }),
      rework: await rework(context)
    });
    expect(answers.at(-1)).toEqual(answers[0]);
  });
});

describe.skipIf(!areHere)(`OCEL 2.0 procure-to-pay${note}`, () => {
  test('holds every event, object and link', async () => {
    await real.import({ log: 'p2p', path: join(folder, 'ocel/ocel2-p2p.json.gz') });
    const log = (await listLogs(real.store.engine)).find(({ name }) => name === 'p2p');
    expect(log).toMatchObject({ events: 14_671, objects: 9_543, event_objects: 35_927, object_objects: 20_402 });
    const views = await listViews(real.store.engine, 'p2p');
    expect(views.map(({ name }) => name).sort()).toEqual([
      'goods receipt',
      'invoice receipt',
      'material',
      'payment',
      'purchase_order',
      'purchase_requisition',
      'quotation'
    ]);
  });

  test('again changes nothing', async () => {
    const before = await real.hash('p2p');
    const again = await real.import({ log: 'p2p', path: join(folder, 'ocel/ocel2-p2p.json.gz') });
    expect(again).toMatchObject({ loaded: 0, duplicates: 14_671 + 9_543 });
    expect(await real.hash('p2p')).toBe(before);
  });
});
