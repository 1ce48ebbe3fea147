import { describe, expect, it } from 'vitest';
import { resolve, type Column } from '#ingest/mapping/infer.ts';
import { classifierKeys } from '#ingest/formats/xes/values.ts';
import { usesDecimalComma } from '#ingest/mapping/table.ts';
import { pick, kinds, read } from '../staged.ts';

const columns = (named: Record<string, string[]>): Column[] =>
  Object.entries(named).map(([name, samples]) => ({ name, samples }));
const table = columns({
  case_id: ['1'],
  Activity: ['A'],
  start_time: ['2020-01-01'],
  end_time: ['2020-01-02'],
  recorded_at: ['2020-01-03'],
  Resource: ['Ann'],
  'org:group': ['G'],
  group: ['x'],
  id: ['7']
});

describe('the meaning of columns', () => {
  it('is guessed from their names, and that of times from their values', () => {
    const { mapping, guessed, lacking, eventAttributes } = resolve(table, {});
    expect(mapping).toEqual({
      case: 'case_id',
      activity: 'Activity',
      timestamp: 'end_time',
      start: 'start_time',
      recorded_at: 'recorded_at',
      resource: 'Resource',
      team: 'org:group'
    });
    expect(guessed).toContain('team');
    expect(lacking).toEqual([]);
    expect(eventAttributes.map(({ column }) => column)).toEqual(['group', 'id']);
    const words = columns({ case: ['1'], activity: ['A'], timestamp: ['monday', 'tuesday'], time: ['2020-01-01'] });
    expect(resolve(words, {}).mapping.timestamp).toBe('time');
  });

  it('is not guessed for optional times once any column is named; other roles still are', () => {
    for (const asked of [{ case: 'case_id' }, { timestamp: 'start_time' }, { resource: 'Resource' }]) {
      const { mapping } = resolve(table, asked);
      expect(mapping.start).toBeUndefined();
      expect(mapping.recorded_at).toBeUndefined();
      expect(mapping).toMatchObject({ case: 'case_id', activity: 'Activity', team: 'org:group' });
    }
    expect(resolve(table, { timestamp: 'start_time' }).mapping.timestamp).toBe('start_time');
  });

  it('makes the start the time of an event that has no other', () => {
    expect(resolve(columns({ case: ['1'], activity: ['A'], start: ['2020-01-01'] }), {}).mapping).toEqual({
      case: 'case',
      activity: 'activity',
      timestamp: 'start'
    });
  });

  it('settles the order of day and month over all date columns of a file', () => {
    const dates = columns({ case: ['1'], activity: ['A'], time: ['1/2/2020'], due: ['2/29/2020'] });
    expect(resolve(dates, {})).toMatchObject({ times: { timestamp: { order: 'mdy' } }, ambiguous: [] });
    const open = columns({ case: ['1'], activity: ['A'], time: ['1/2/2020'] });
    expect(resolve(open, {})).toMatchObject({ times: { timestamp: { order: 'dmy' } }, ambiguous: ['time'] });
  });
});

describe('dates that the head of a file leaves open', () => {
  const row = (date: string) => `1,${'x'.repeat(40)},${date}\n`;
  const head = `case,activity,time\n${row('3/4/2020').repeat(6_000)}`;
  it('are read as the rest of the file shows', async () => {
    const staged = await read('log.csv', head + row('3/14/2020'));
    expect(pick(staged.event.slice(0, 1), 'happened_at')).toEqual([['2020-03-04 00:00:00']]);
    expect(kinds(staged)).not.toContain('ambiguous_dates');
  });
  it('are read day-first where nothing shows, and a finding says so', async () => {
    const staged = await read('log.csv', head);
    expect(pick(staged.event.slice(0, 1), 'happened_at')).toEqual([['2020-04-03 00:00:00']]);
    expect(kinds(staged)).toContain('ambiguous_dates');
    const told = await read('log.csv', head, { timestamp_format: 'mdy' });
    expect(pick(told.event.slice(0, 1), 'happened_at')).toEqual([['2020-03-04 00:00:00']]);
    expect(kinds(told)).not.toContain('ambiguous_dates');
  });
});

it('decimal commas are told from thousands', () => {
  expect(usesDecimalComma(['1,5', '2'])).toBe(true);
  expect(usesDecimalComma(['1.234,567'])).toBe(true);
  expect(usesDecimalComma(['1,234', '5,678'])).toBe(false);
  expect(usesDecimalComma(['1', '2'])).toBe(false);
  expect(usesDecimalComma(['1,5', 'n/a'])).toBe(false);
  expect(usesDecimalComma([])).toBe(false);
});

it('the keys of a classifier may hold spaces in quotes', () => {
  expect(classifierKeys("concept:name 'the state'  org:resource")).toEqual([
    'concept:name',
    'the state',
    'org:resource'
  ]);
});
