import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readXes } from '#ingest/formats/xes/read.ts';
import { Findings } from '#ingest/report.ts';
import { Staging } from '#ingest/staging.ts';
import { hasLogs, inFolder, kinds, logs, pick, query, read } from '../staged.ts';

const log = (...parts: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">${parts.join('\n')}</log>`;
const trace = (name: string, ...parts: string[]) =>
  `<trace><string key="concept:name" value="${name}"/>${parts.join('\n')}</trace>`;
const event = (activity: string, time = '2020-01-01T10:00:00.000+01:00', more = '') =>
  `<event><string key="concept:name" value="${activity}"/><date key="time:timestamp" value="${time}"/>${more}</event>`;

describe('an XES log', () => {
  it('becomes events and cases', async () => {
    const staged = await read(
      'log.xes',
      log(
        trace(
          'c1',
          '<int key="amount" value="+0042"/><date key="due" value="2020-01-05T00:00:00+01:00"/><boolean key="vip" value="true"/>',
          event(
            'A &amp; B',
            '2020-01-01T10:00:00.123456+01:00',
            '<string key="org:resource" value="Ann"/><string key="org:group" value="G"/><string key="org:role" value="R"/>' +
              '<string key="lifecycle:transition" value="complete"/><string key="concept:instance" value="7"/><float key="z" value="1.50"/><string key="b" value=""/>'
          )
        ),
        trace('c2')
      )
    );
    expect(staged.event[0]).toMatchObject({
      position: 0,
      activity: 'A & B',
      happened_at: '2020-01-01 09:00:00.123456',
      precision: 'instant',
      resource: 'Ann',
      team: 'G',
      role: 'R',
      lifecycle: 'complete',
      instance: '7',
      attributes: '{"b":"","z":1.5}'
    });
    expect(pick(staged.object, 'object_type', 'object_id', 'attributes')).toEqual([
      ['case', 'c1', '{"amount":42,"due":"2020-01-04T23:00:00.000Z","vip":true}'],
      ['case', 'c2', null]
    ]);
    expect(staged.report).toMatchObject({ format: 'xes', rowsIn: 1, emptyCases: 1 });
  });

  it('keeps what is nested, and what is in lists', async () => {
    const staged = await read(
      'log.xes',
      log(
        trace(
          'c',
          event(
            'A',
            undefined,
            '<string key="s" value="v"><int key="n" value="1"/></string><list key="l"><values><string key="x" value="1"/><string key="x" value="2"/></values></list>'
          )
        )
      )
    );
    expect(staged.event[0]?.['attributes']).toBe(
      '{"l":[{"key":"x","value":"1"},{"key":"x","value":"2"}],"s":{"children":{"n":1},"value":"v"}}'
    );
  });

  it('makes one case of traces of one name, with the last value of each attribute', async () => {
    const staged = await read(
      'log.xes',
      log(
        trace('c', '<string key="a" value="1"/>', event('A')),
        trace('d', event('B')),
        trace('c', '<string key="a" value="2"/><string key="b" value="3"/>', event('C'))
      )
    );
    expect(pick(staged.event_object, 'object_id')).toEqual([['c'], ['d'], ['c']]);
    expect(pick(staged.object, 'object_id', 'attributes')).toEqual([
      ['c', '{"a":"2","b":"3"}'],
      ['d', null]
    ]);
    expect(kinds(staged)).toEqual(expect.arrayContaining(['repeated_trace', 'case_attribute_differs']));
  });

  it('takes the last value in the order of the file, also of traces without events', async () => {
    const said = (value: string) => `<string key="a" value="${value}"/>`;
    const staged = await read(
      'log.xes',
      log(trace('c', said('9'), event('A')), trace('c', said('8')), trace('c', said('7')), trace('c', said('5')))
    );
    expect(pick(staged.object, 'attributes')).toEqual([['{"a":"5"}']]);
  });

  it('calls traces without a name after what they hold, wherever they stand', async () => {
    const nameless = (...events: string[]) => `<trace>${events.join('')}</trace>`;
    const first = await read('log.xes', log(nameless(event('A')), nameless(event('B')), nameless(event('A'))));
    const second = await read('log.xes', log(trace('x', event('X')), nameless(event('B'))));
    const [a, b, again] = first.event_object.map((row) => String(row['object_id']));
    expect(a).toMatch(/^unnamed [0-9a-f]{12}$/);
    expect(again).toBe(`${a}-2`);
    expect(second.event_object[1]?.['object_id']).toBe(b);
    expect(kinds(first)).toContain('unnamed_trace');
  });

  it('reads times without an offset as UTC and says so, or in the zone of the mapping', async () => {
    const text = log(trace('c', event('A', '2020-07-01T10:00:00')));
    const utc = await read('log.xes', text);
    expect(utc.event[0]?.['happened_at']).toBe('2020-07-01 10:00:00');
    expect(kinds(utc)).toContain('time_without_zone');
    const zoned = await read('log.xes', text, { zone: 'Europe/Amsterdam' });
    expect(zoned.event[0]?.['happened_at']).toBe('2020-07-01 08:00:00');
    expect(kinds(zoned)).not.toContain('time_without_zone');
  });

  it('sends to quarantine what has no case, no activity or no readable time', async () => {
    const staged = await read(
      'log.xes',
      log(
        trace(
          'c',
          event('A'),
          '<event><date key="time:timestamp" value="2020-01-01T10:00:00Z"/></event>',
          event('B', 'soon'),
          '<event><string key="concept:name" value="C"/></event>'
        ),
        event('D')
      )
    );
    expect(pick(staged.quarantine, 'locator', 'reason', 'field')).toEqual([
      ['event 2', 'no activity', 'concept:name'],
      ['event 3', 'the time cannot be read', 'time:timestamp'],
      ['event 4', 'no time', 'time:timestamp'],
      ['event 5', 'no case', 'trace']
    ]);
    expect(staged.report.rowsIn).toBe(5);
  });

  it('takes a classifier, keys, other attributes and the declared defaults when it is asked to', async () => {
    const text = log(
      '<global scope="event"><string key="org:resource" value="nobody"/></global>',
      '<classifier name="Both" keys="concept:name \'the state\'"/>',
      trace(
        'c',
        event(
          'A',
          undefined,
          '<string key="the state" value="open"/><string key="who" value="Ann"/><date key="begun" value="2020-01-01T08:00:00+01:00"/>'
        )
      )
    );
    const plain = await read('log.xes', text);
    expect(pick(plain.event, 'activity', 'resource', 'start_at')).toEqual([['A', null, null]]);
    expect(plain.report.mapping).toMatchObject({
      classifiers: [{ name: 'Both', scope: 'event', keys: ['concept:name', 'the state'] }],
      globals: [{ scope: 'event', key: 'org:resource', value: 'nobody' }]
    });
    for (const activity of ['Both', ['concept:name', 'the state']])
      expect((await read('log.xes', text, { activity })).event[0]?.['activity']).toBe('A+open');
    const asked = await read('log.xes', text, {
      activity: 'the state',
      resource: 'who',
      start: 'begun',
      apply_globals: true
    });
    expect(pick(asked.event, 'activity', 'resource', 'start_at')).toEqual([['open', 'Ann', '2020-01-01 07:00:00']]);
    const filled = await read('log.xes', text, { apply_globals: true });
    expect(filled.event[0]?.['resource']).toBe('nobody');
  });

  it('honours the encoding it declares', async () => {
    const text = log(trace('c', event('Prüfung'))).replace('UTF-8', 'ISO-8859-1');
    expect((await read('log.xes', Buffer.from(text, 'latin1'))).event[0]?.['activity']).toBe('Prüfung');
    const marked = Buffer.from(`\ufeff${text.replace('ISO-8859-1', 'UTF-16')}`, 'utf16le');
    expect((await read('log.xes', marked)).event[0]?.['activity']).toBe('Prüfung');
    await expect(read('log.xes', Buffer.from(text.replace('ISO-8859-1', 'UTF-8'), 'latin1'))).rejects.toThrow(
      'are not utf-8'
    );
    await expect(read('log.xes', text.replace('ISO-8859-1', 'klingon'))).rejects.toThrow('unknown encoding');
  });

  it('is read by the strict parser where it is out of the ordinary', async () => {
    const text = log(
      '<![CDATA[ ]]><?note x?>',
      trace('c', event('A').replaceAll('string', 'x:string')),
      trace(
        'd',
        "<event ><string key='concept:name' value='&#66; > \"q\"'/><date key = 'time:timestamp' value='2020-01-01T10:00:00Z'></date></event>"
      )
    );
    expect(pick((await read('log.xes', text)).event, 'activity')).toEqual([['A'], ['B > "q"']]);
  });

  it.each([
    ['cut off', log(trace('c', event('A'))).slice(0, -20), 'no well-formed XML'],
    ['with a DOCTYPE', `<!DOCTYPE log [<!ENTITY a "b">]>${log()}`, 'has a DOCTYPE'],
    [
      'nested too deep',
      log(trace('c', '<string key="k" value="v">'.repeat(70) + '</string>'.repeat(70))),
      'more than 64 deep'
    ],
    ['with an event in an event', log(trace('c', '<event><event/></event>')), 'a <event> stands in a <event>'],
    ['of something else', '<dcrgraph/>', 'its root is <dcrgraph>'],
    ['with an unknown entity', log(trace('&nope;', event('A'))), 'no well-formed XML']
  ])('%s is refused', async (_, text, message) => {
    await expect(read('log.xes', text)).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining(message)
    });
  });

  it('is refused when its gzip is cut off', async () => {
    const bytes = gzipSync(log(trace('c', event('A'))));
    await expect(read('log.xes.gz', bytes.subarray(0, bytes.length - 10))).rejects.toThrow('damaged or cut off');
  });
});

/** One hash of everything that is staged. */
async function staged(path: string, isStrict: boolean): Promise<string> {
  return inFolder(async (folder) => {
    const signal = new AbortController().signal;
    await using staging = await Staging.open({ folder, signal });
    const findings = new Findings();
    const progress = { bytes: () => undefined, rows: () => undefined };
    const report = await readXes(
      { file: { path, name: 'x' }, mapping: {}, staging, findings, progress, signal },
      { isStrict }
    );
    const hashes = ['event', 'event_object', 'object', 'quarantine'].map(
      (name) => `(select md5(string_agg(x::varchar, chr(10))) from read_parquet('${join(folder, name)}.parquet') x)`
    );
    const [row] = await query(`select concat_ws(' ', ${hashes.join(', ')}) as hash`);
    return `${String(row?.['hash'])} ${JSON.stringify(report)}`;
  });
}

describe.skipIf(!hasLogs)('the scanner and the strict parser stage the same (needs ../shared/logs)', () => {
  it.each(['Receipt_WABO', 'Sepsis_Cases-Event_Log', 'Helpdesk'])('%s', async (name) => {
    const path = join(logs, 'xes', `${name}.xes.gz`);
    expect(existsSync(path)).toBe(true);
    expect(await staged(path, false)).toBe(await staged(path, true));
  });
});

it('stages the same whichever parser reads it', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'log.xes');
    const traces = Array.from({ length: 200 }, (_, i) =>
      trace(
        `c${i % 150} &lt;${i % 7}&gt;`,
        event(`A${i % 5}`, undefined, `<int key="n" value="${i}"/><string key="k" value="a&#10;b"/>`)
      )
    );
    await writeFile(path, log(...traces));
    expect(await staged(path, false)).toBe(await staged(path, true));
  });
});
