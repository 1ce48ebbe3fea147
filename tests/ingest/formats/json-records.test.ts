import { describe, expect, it } from 'vitest';
import { kinds, pick, read } from '../staged.ts';

const row = {
  case_id: 7,
  activity: 'A',
  timestamp: '2020-01-01T10:00:00Z',
  resource: 'Ann',
  price: 1.5,
  tags: ['b', 'a'],
  deep: { z: 1, a: null },
  none: null,
  'case:region': 'N'
};

describe('JSON records', () => {
  it.each([
    ['one a line', 'log.ndjson', (rows: unknown[]) => rows.map((r) => JSON.stringify(r)).join('\r\n\n')],
    ['in an array', 'log.json', (rows: unknown[]) => JSON.stringify(rows, null, 2)]
  ])('%s become events, with what is nested as JSON', async (_, name, write) => {
    const staged = await read(name, write([row, { ...row, activity: 'B', late: true }]));
    expect(pick(staged.event, 'position', 'activity', 'resource', 'attributes')).toEqual([
      [0, 'A', 'Ann', '{"deep":{"a":null,"z":1},"price":1.5,"tags":["b","a"]}'],
      [1, 'B', 'Ann', '{"deep":{"a":null,"z":1},"late":true,"price":1.5,"tags":["b","a"]}']
    ]);
    expect(pick(staged.object, 'object_id', 'attributes')).toEqual([['7', '{"region":"N"}']]);
    expect(staged.report.rowsIn).toBe(2);
  });

  it('that are none go to quarantine as they are', async () => {
    const lines = [
      JSON.stringify(row),
      '{"case_id": 1,',
      '[1]',
      JSON.stringify({ ...row, activity: 'A\0' }),
      JSON.stringify({ ...row, timestamp: 5 })
    ];
    const staged = await read('log.ndjson', lines.join('\n'));
    expect(pick(staged.quarantine, 'locator', 'reason', 'raw')).toEqual([
      ['record 2', 'it is no JSON object', '{"case_id": 1,'],
      ['record 3', 'it is no JSON object', '[1]'],
      ['record 4', 'it holds a NUL character', lines[3]],
      ['record 5', 'the time cannot be read', lines[4]]
    ]);
    expect(staged.report.rowsIn).toBe(5);
  });

  it.each([9_000, 64])('of which one is nested %i deep are read but for that one', async (depth) => {
    const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    const line = (levels: number) => JSON.stringify({ ...row, x: 0 }).replace('"x":0', `"x":${nested(levels)}`);
    for (const name of ['log.ndjson', 'log.json']) {
      const lines = [line(63), line(depth), JSON.stringify(row)];
      const staged = await read(name, name === 'log.json' ? `[${lines.join(',')}]` : lines.join('\n'));
      expect(pick(staged.quarantine, 'locator', 'reason')).toEqual([['record 2', 'it is nested more than 64 deep']]);
      expect(pick(staged.event, 'position')).toEqual([[0], [2]]);
    }
  });

  it('keep ids that are longer than a number can be', async () => {
    const staged = await read(
      'log.ndjson',
      '{"case_id":12345678901234567891,"activity":"A","timestamp":1577872800123}\n'
    );
    expect(pick(staged.event_object, 'object_id')).toEqual([['12345678901234567891']]);
    expect(pick(staged.event, 'happened_at')).toEqual([['2020-01-01 10:00:00.123']]);
  });

  it('of an array that is cut off are refused', async () => {
    await expect(read('log.json', `[${JSON.stringify(row)},`)).rejects.toMatchObject({ name: 'BadInput' });
  });

  it('of one object that is no log are refused', async () => {
    await expect(read('x.json', '{\n"a":\n{"b":1}}')).rejects.toThrow('neither OCEL 2.0 nor');
  });

  it('say when the day and the month could be either way round', async () => {
    const staged = await read('log.ndjson', JSON.stringify({ ...row, timestamp: '3/4/2020' }));
    expect(pick(staged.event, 'happened_at', 'precision')).toEqual([['2020-04-03 00:00:00', 'day']]);
    expect(kinds(staged)).toContain('ambiguous_dates');
  });
});
