import { describe, expect, it } from 'vitest';
import { kinds, pick, read } from '../staged.ts';

const header = 'case,activity,time\n';
const old = '1,A,3/4/2020\n1,B,5/6/2020\n';
const ndjson = (rows: string) =>
  rows
    .trim()
    .split('\n')
    .map((row) => {
      const [id, activity, time] = row.split(',');
      return JSON.stringify({ case: id, activity, time });
    })
    .join('\n');

describe('a file that grew', () => {
  it.each([
    ['CSV', 'log.csv', (rows: string) => header + rows],
    ['NDJSON', 'log.ndjson', ndjson]
  ])('keeps the order of day and month of its last import: %s', async (_, name, write) => {
    const first = await read(name, write(old));
    expect(first.report.mapping.time_formats).toEqual({ timestamp: 'dmy' });
    const grown = write(`${old}1,C,3/14/2020\n1,E,4/15/2020\n1,D,14/3/2020\n`);
    const second = await read(name, grown, undefined, first.report.mapping);
    expect(second.event.slice(0, 2)).toEqual(first.event);
    expect(pick(second.event, 'activity', 'happened_at').at(-1)).toEqual(['D', '2020-03-14 00:00:00']);
    expect(second.quarantine).toHaveLength(2);
    expect(second.quarantine[0]).toMatchObject({
      reason: 'the time cannot be read as day-first (dmy), the way this source was read before',
      field: 'time',
      fix: expect.stringContaining('timestamp_format')
    });
    expect(kinds(second)).not.toContain('mapping_changed');
    expect(second.report.mapping.time_formats).toEqual({ timestamp: 'dmy' });
  });

  it('says the same of its unreadable rows as the first time', async () => {
    const rows = `${header}${old}1,C,soon\n`;
    const first = await read('log.csv', rows);
    const second = await read('log.csv', rows, undefined, first.report.mapping);
    expect(second.quarantine).toEqual(first.quarantine);
    expect(second.event).toEqual(first.event);
  });

  it('is not bound to a format that no time was read with', async () => {
    const first = await read('log.csv', `${header}1,A,\n`);
    expect(first.report.mapping.time_formats).toEqual({});
    const second = await read('log.csv', `${header}1,A,\n1,B,14/3/2020\n`, undefined, first.report.mapping);
    expect(pick(second.event, 'happened_at')).toEqual([['2020-03-14 00:00:00']]);
  });

  it('keeps a format that was given once, in XES too', async () => {
    const xes = `<log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="A"/>
      <string key="time:timestamp" value="04.03.2020 10:00"/></event></trace></log>`;
    const first = await read('log.xes', xes, { timestamp_format: 'dd.MM.yyyy HH:mm' });
    const second = await read('log.xes', xes, undefined, first.report.mapping);
    expect(first.event).toHaveLength(1);
    expect(second.event).toEqual(first.event);
    expect(kinds(second)).not.toContain('mapping_changed');
  });
});

describe('a mapping that changed', () => {
  const extra = 'case,activity,time,step\n1,A,3/4/2020,x\n';
  it.each([
    ['zone', { zone: 'Europe/Amsterdam' }, 'zone: UTC before, Europe/Amsterdam now'],
    ['day_at', { day_at: 'end' }, 'day_at: start before, end now'],
    ['a column', { activity: 'step' }, 'activity: activity before, step now'],
    ['the format', { timestamp_format: 'mdy' }, 'format of timestamp: dmy before, mdy now'],
    ['what is left out', { drop: ['step'] }, 'drop: none before, step now']
  ])('is told: %s', async (_, mapping, example) => {
    const first = await read('log.csv', extra);
    const second = await read('log.csv', extra, mapping, first.report.mapping);
    expect(second.report.findings).toContainEqual({
      kind: 'mapping_changed',
      message: expect.stringContaining('count as new'),
      count: 1,
      example
    });
    expect(second.quarantine).toEqual([]);
  });

  it.each([
    ['the same', { case: 'case', zone: 'UTC', timestamp_format: 'dmy' }, undefined],
    ['none before', { zone: 'Europe/Amsterdam' }, null],
    ['something else before', {}, { zone: 5 }]
  ])('is not: %s', async (_, mapping, before) => {
    const first = await read('log.csv', extra);
    const previous = before === undefined ? first.report.mapping : before;
    expect(kinds(await read('log.csv', extra, mapping, previous))).not.toContain('mapping_changed');
  });
});
