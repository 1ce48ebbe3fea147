import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { areHere, differences, factsOf, folder, golden, note, openRealStore, type RealStore } from './real-logs.ts';

let real: RealStore;
beforeAll(async () => {
  real = await openRealStore();
});
afterAll(() => real.close());

const names = areHere
  ? readdirSync(join(folder, 'golden')).map((file) => file.replace('.json', ''))
  : ['every log with a golden file'];

describe.skipIf(!areHere)(`real logs give the golden facts${note}`, () => {
  test.each(names)('%s', { timeout: 300_000 }, async (name) => {
    const { log, facts, columns } = golden(name);
    const xes = join(folder, 'xes', log);
    const path = existsSync(xes) ? xes : join(folder, 'csv', log);
    const source = { path, log: name, ...(columns && { mapping: columns }) };
    const batch = await real.import(source);
    expect(batch).toMatchObject({ rows_in: facts['events'], loaded: facts['events'], quarantined: 0, duplicates: 0 });
    expect(differences(await factsOf(await real.context(name)), facts)).toEqual([]);

    const hash = await real.hash(name);
    const again = await real.import(source);
    expect(again).toMatchObject({ loaded: 0, duplicates: facts['events'] });
    expect(await real.hash(name)).toBe(hash);
    expect(differences(await factsOf(await real.context(name)), facts)).toEqual([]);
  });
});

test('the comparison sees what differs', () => {
  const facts = {
    cases: 2,
    total_s: 1.5,
    ends: { A: 1 },
    top: [{ a: 'x', n: 1 }],
    first_event: '2020-01-01T00:00:00+00:00'
  };
  const same = { ...facts, total_s: 1.501, first_event: '2020-01-01T00:00:00.000Z', more: true };
  expect(differences(same, facts)).toEqual([]);
  expect(differences({ ...same, total_s: 1.5021, cases: 3 }, facts)).toHaveLength(2);
  expect(differences({ ...same, ends: { A: 1, B: 1 }, top: [] }, facts)).toHaveLength(4);
  expect(differences({ ...same, first_event: '2020-01-01T00:00:00.001Z' }, facts)).toHaveLength(1);
});
