import { isAscii, isUtf8 } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds, pick, read } from '../staged.ts';

const header = 'case_id,activity,timestamp,note\n';
const sound = '1,A,2020-01-01T10:00:00Z,x\n';

describe('a delimited file', () => {
  it('becomes events with their case, in file order, other columns their attributes', async () => {
    const staged = await read(
      'log.csv',
      'case_id,activity,timestamp,resource,cost\n7,B,2020-01-02 10:00:00+02:00,Ann,5\n7,A,2020-01-01T10:00:00Z,,\n'
    );
    expect(pick(staged.event, 'position', 'activity', 'happened_at', 'resource', 'attributes')).toEqual([
      [0, 'B', '2020-01-02 08:00:00', 'Ann', '{"cost":"5"}'],
      [1, 'A', '2020-01-01 10:00:00', null, null]
    ]);
    expect(pick(staged.event_object, 'position', 'object_type', 'object_id', 'qualifier')).toEqual([
      [0, 'case', '7', ''],
      [1, 'case', '7', '']
    ]);
    expect(pick(staged.object, 'object_type', 'object_id', 'attributes')).toEqual([['case', '7', null]]);
    expect(staged.report).toMatchObject({ format: 'csv', rowsIn: 2, countsObjects: false, emptyCases: 0 });
  });

  it('takes `case:` columns as attributes of the case, the last value of each', async () => {
    const staged = await read(
      'log.csv',
      'case:concept:name,concept:name,time:timestamp,case:region,case:size\n' +
        'b,A,2020-01-01T10:00:00Z,,3\nb,A,2020-01-01T10:00:00Z,North,3\nb,A,2020-01-01T10:00:00Z,South,3\na,A,2020-01-01T10:00:00Z,,\n'
    );
    expect(pick(staged.object, 'object_id', 'attributes')).toEqual([
      ['b', '{"region":"South","size":"3"}'],
      ['a', null]
    ]);
    expect(pick(staged.event, 'attributes')).toEqual([[null], [null], [null], [null]]);
    expect(kinds(staged)).toContain('case_attribute_differs');
  });

  it.each([
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['bars', '|']
  ])('may use %s', async (_, delimiter) => {
    const staged = await read('log.csv', (header + sound).replaceAll(',', delimiter));
    expect(pick(staged.event, 'activity', 'attributes')).toEqual([['A', '{"note":"x"}']]);
  });

  it('may say its delimiter in a first line, as spreadsheets write it', async () => {
    const staged = await read('log.csv', `sep=;\r\n${(header + sound).replaceAll(',', ';').replaceAll('\n', '\r\n')}`);
    expect(staged.event).toHaveLength(1);
  });

  it('may hold line breaks and quotes in quotes, and end its lines as it likes', async () => {
    const staged = await read(
      'log.csv',
      `${header}1,A,2020-01-01T10:00:00Z,"a\r\nb ""c"""\r\n1,B,2020-01-01T10:00:00Z,5" pipe`
    );
    expect(pick(staged.event, 'position', 'attributes')).toEqual([
      [0, '{"note":"a\\r\\nb \\"c\\""}'],
      [1, '{"note":"5\\" pipe"}']
    ]);
    const mac = await read('log.csv', (header + sound + sound).replaceAll('\n', '\r'));
    expect(mac.event).toHaveLength(2);
  });

  it('may be gzipped, whatever its name', async () => {
    const staged = await read('log.csv', gzipSync(header + sound));
    expect(staged.event).toHaveLength(1);
  });

  it('may hold a field of 100,000 characters', async () => {
    const long = 'é'.repeat(100_000);
    const staged = await read('log.csv', `${header}1,A,2020-01-01T10:00:00Z,"${long}\n"\n${sound}`);
    expect(staged.event).toHaveLength(2);
    expect(staged.event[0]?.['attributes']).toBe(`{"note":"${long}\\n"}`);
  });
});

describe('rows that cannot be read', () => {
  it('go to quarantine with their text, their row and the reason; the others load', async () => {
    const staged = await read(
      'log.csv',
      `${header}${sound}1,A,2020-01-01T10:00:00Z\n1,A,2020-01-01T10:00:00Z,x,y\n1,"A"b,2020-01-01T10:00:00Z,x\n` +
        `,A,2020-01-01T10:00:00Z,x\n1, ,2020-01-01T10:00:00Z,x\n1,A,,x\n1,A,yesterday,"x,y"\n1,A\0,2020-01-01T10:00:00Z,x\n${sound}`
    );
    expect(pick(staged.event, 'position')).toEqual([[0], [9]]);
    expect(pick(staged.quarantine, 'position', 'locator', 'reason', 'field', 'raw')).toEqual([
      [1, 'row 3', '3 columns instead of 4', null, '1,A,2020-01-01T10:00:00Z'],
      [2, 'row 4', '5 columns instead of 4', null, '1,A,2020-01-01T10:00:00Z,x,y'],
      [3, 'row 5', 'text follows a closing quote', null, '1,"A"b,2020-01-01T10:00:00Z,x'],
      [4, 'row 6', 'no case', 'case_id', ',A,2020-01-01T10:00:00Z,x'],
      [5, 'row 7', 'no activity', 'activity', '1, ,2020-01-01T10:00:00Z,x'],
      [6, 'row 8', 'no time', 'timestamp', '1,A,,x'],
      [7, 'row 9', 'the time cannot be read', 'timestamp', '1,A,yesterday,"x,y"'],
      [8, 'row 10', 'it holds a NUL character', null, '1,A\ufffd,2020-01-01T10:00:00Z,x']
    ]);
    expect(staged.quarantine.every(({ fix }) => typeof fix === 'string' && fix !== '')).toBe(true);
    expect(staged.report.rowsIn).toBe(10);
  });

  it('include the one row of a quote that never closes, and no other', async () => {
    const staged = await read('log.csv', `${header}1,"A,2020-01-01T10:00:00Z,x\n${sound}${sound}`);
    expect(pick(staged.quarantine, 'locator', 'reason')).toEqual([['row 2', 'a quote is never closed']]);
    expect(staged.event).toHaveLength(2);
  });

  it('include the one row of a quote that pairs with one further down', async () => {
    const staged = await read(
      'log.csv',
      `${header}1,"A,2020-01-01T10:00:00Z,x\n${sound}1,A,2020-01-01T10:00:00Z,x"\n${sound}`
    );
    expect(pick(staged.quarantine, 'locator', 'reason')).toEqual([['row 2', 'a quote closes in another row']]);
    expect(staged.event).toHaveLength(3);
  });

  it('include those with bytes that are no UTF-8 in a file that is', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${header}1,Prüfung,2020-01-01T10:00:00Z,ä\n1,B`),
      Buffer.from([0xff]),
      Buffer.from(`,2020-01-01T10:00:00Z,x\n${sound}`)
    ]);
    const staged = await read('log.csv', bytes);
    expect(pick(staged.quarantine, 'locator', 'reason')).toEqual([
      ['row 3', 'some of its bytes are no text in this encoding']
    ]);
    expect(pick(staged.event, 'activity')).toEqual([['Prüfung'], ['A']]);
  });

  it('keep the numbers of the rows after blank lines', async () => {
    const staged = await read('log.csv', `${header}${sound}\n\n1,,2020-01-01T10:00:00Z,x\n`);
    expect(pick(staged.quarantine, 'position', 'locator')).toEqual([[3, 'row 5']]);
    expect(staged.report.rowsIn).toBe(2);
  });
});

describe('a poor file', () => {
  it('is refused when it is empty or blank', async () => {
    await expect(read('log.csv', '')).rejects.toThrow('log.csv is empty');
    await expect(read('log.csv', ' \n \n')).rejects.toThrow('nothing but white space');
  });

  it('loads nothing when it has a header only', async () => {
    const staged = await read('log.csv', header);
    expect(staged.report.rowsIn).toBe(0);
    expect(staged.event).toEqual([]);
  });

  it('is refused with its columns named when nothing tells which is which', async () => {
    await expect(read('log.csv', 'only\nx\n')).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('its columns are only'),
      fix: expect.stringContaining('--case COLUMN --activity COLUMN --timestamp COLUMN')
    });
  });

  it('tells columns of one name apart, and names those without', async () => {
    const staged = await read('log.csv', 'case_id,activity,timestamp,x,x,\n1,A,2020-01-01T10:00:00Z,p,q,r\n');
    expect(staged.event[0]?.['attributes']).toBe('{"column 6":"r","x":"p","x (2)":"q"}');
    expect(kinds(staged)).toEqual(expect.arrayContaining(['repeated_column', 'unnamed_column']));
  });

  it('may lack a header', async () => {
    const mapping = { case: 'column 1', activity: 'column 2', timestamp: 'column 3' };
    const staged = await read('log.csv', sound + sound, mapping);
    expect(staged.event).toHaveLength(2);
    expect(staged.report.rowsIn).toBe(2);
  });
});

describe('encodings', () => {
  const text = 'case_id,activity,timestamp\n1,Prüfung – ñ,2020-01-01T10:00:00Z\n';
  const utf16 = Buffer.from(text, 'utf16le');
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16 LE without its mark', utf16],
    ['UTF-16 BE', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
    ['windows-1252', Buffer.from(text.replace('–', '\x96'), 'latin1')]
  ])('%s', async (_, bytes) => {
    expect(pick((await read('log.csv', bytes)).event, 'activity')).toEqual([['Prüfung – ñ']]);
  });

  it('is decided by the first byte above ASCII, however far into the file', async () => {
    const filler = sound.repeat(20_000);
    const tail = '1,Prüfung,2020-01-01T10:00:00Z,x\n';
    for (const bytes of [Buffer.from(tail), Buffer.from(tail, 'latin1')]) {
      const staged = await read('log.csv', Buffer.concat([Buffer.from(header + filler), bytes]));
      expect(staged.quarantine).toEqual([]);
      expect(staged.event.at(-1)?.['activity']).toBe('Prüfung');
    }
  });
});

describe('numbers with a decimal comma', () => {
  const rows = (...costs: string[]) =>
    `case;activity;end;cost\n${costs.map((cost) => `1;A;01.02.2020;${cost}\n`).join('')}`;
  it('become numbers where the whole column is written so', async () => {
    const staged = await read('log.csv', rows('167,52', '1.000,5', '-3', '007,10'));
    expect(pick(staged.event, 'attributes').flat()).toEqual([
      '{"cost":167.52}',
      '{"cost":1000.5}',
      '{"cost":-3}',
      '{"cost":7.10}'
    ]);
  });
  it('stay text where they could be thousands, or are no numbers', async () => {
    expect(pick((await read('log.csv', rows('1,234', '2,345'))).event, 'attributes')[0]).toEqual(['{"cost":"1,234"}']);
    expect(pick((await read('log.csv', rows('1,5', 'n/a'))).event, 'attributes')[0]).toEqual(['{"cost":"1,5"}']);
  });
});

describe('a mapping', () => {
  const table = 'id,what,begin,end,who,ref\nx,A,2020-01-01T09:00:00Z,2020-01-01T10:00:00Z,?,r1\n';
  it('wins over guessing, and switches off the guessing of other times', async () => {
    const guessed = await read('log.csv', table.replace('id,what', 'case,activity'));
    expect(guessed.event[0]?.['start_at']).toBe('2020-01-01 09:00:00');
    const staged = await read('log.csv', table, { case: 'id', activity: 'What', timestamp: 'end' });
    expect(pick(staged.event, 'start_at', 'attributes')).toEqual([
      [null, '{"begin":"2020-01-01T09:00:00Z","ref":"r1","who":"?"}']
    ]);
  });
  it('may name ids, missing values, columns to drop, attributes of the case', async () => {
    const mapping = {
      case: 'id',
      activity: 'what',
      timestamp: 'end',
      start: 'begin',
      id: 'ref',
      resource: 'who',
      missing: ['?']
    };
    const staged = await read('log.csv', table, mapping);
    expect(pick(staged.event, 'source_ref', 'resource', 'attributes')).toEqual([['r1', null, null]]);
    const other = await read('log.csv', table, {
      case: 'id',
      activity: ['what', 'who'],
      timestamp: 'end',
      case_attributes: ['ref'],
      drop: ['begin']
    });
    expect(pick(other.event, 'activity', 'attributes')).toEqual([['A+?', null]]);
    expect(pick(other.object, 'attributes')).toEqual([['{"ref":"r1"}']]);
  });
  it('is refused when it names what is not there', async () => {
    await expect(read('log.csv', table, { case: 'nope' })).rejects.toMatchObject({
      name: 'BadUse',
      fix: expect.stringContaining('who')
    });
    await expect(read('log.csv', table, { cases: 'id' })).rejects.toThrow('mapping is wrong');
    await expect(read('log.csv', table, { zone: 'Mars/Olympus' })).rejects.toThrow('no time zone Mars/Olympus');
  });
});

describe('properties', () => {
  const value = fc.string({ unit: fc.constantFrom(...'ab1 ,;|\t"\n\r\'é–€'), maxLength: 8 });
  const cells = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 12 });
  const style = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    newline: fc.constantFrom('\n', '\r\n'),
    encoding: fc.constantFrom('utf-8', 'utf-16le', 'windows-1252'),
    quoteAll: fc.boolean(),
    endsOpen: fc.boolean()
  });
  const encode = (text: string, encoding: string) =>
    encoding === 'utf-16le'
      ? Buffer.from(`\ufeff${text}`, 'utf16le')
      : encoding === 'utf-8'
        ? Buffer.from(text)
        : Buffer.from(text.replaceAll('–', '\x96').replaceAll('€', '\x80'), 'latin1');

  it('a table written in any style is read back the same', async () => {
    await fc.assert(
      fc.asyncProperty(cells, style, async (rows, { delimiter, newline, encoding, quoteAll, endsOpen }) => {
        const quote = (text: string) =>
          quoteAll || /["\r\n ]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
        const lines = [
          ['case_id', 'activity', 'timestamp', 'p', 'q'],
          ...rows.map(([p, q], i) => [`c${i}`, 'A', '2020-01-01T10:00:00Z', p, q])
        ].map((row) => row.map(quote).join(delimiter));
        const text = lines.join(newline) + (endsOpen ? '' : newline);
        const bytes = encode(text, encoding);
        // Bytes that happen to be UTF-8 are UTF-8: no reader can know better.
        fc.pre(encoding !== 'windows-1252' || isAscii(bytes) || !isUtf8(bytes));
        const staged = await read('log.csv', bytes);
        expect(staged.quarantine).toEqual([]);
        const expected = rows.map(([p, q]) => {
          const said = { ...(p === '' ? {} : { p }), ...(q === '' ? {} : { q }) };
          return Object.keys(said).length === 0 ? null : said;
        });
        const found = staged.event.map(({ attributes }) =>
          attributes === null ? null : (JSON.parse(String(attributes)) as object)
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 60 }
    );
  });

  it('what is last said of a case is the same however its file is cut', async () => {
    const named = 'case,activity,time,case:a,case:b\n';
    const rows = ['x,1', ',2', 'z,', 'x,', ',2', ',1'].map((said, i) => `c,A${i},2020-01-01T10:00:00Z,${said}\n`);
    const said = async (...lines: string[]) =>
      JSON.parse(String((await read('log.csv', named + lines.join(''))).object[0]?.['attributes'] ?? '{}')) as object;
    const whole = await said(...rows);
    expect(whole).toEqual({ a: 'x', b: '1' });
    for (const cut of [1, 2, 3, 4, 5])
      expect({ ...(await said(...rows.slice(0, cut))), ...(await said(...rows.slice(cut))) }).toEqual(whole);
  });

  it('a file cut into two consecutive parts holds the same events', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `c${i % 4},A${i % 3},2020-01-${String((i % 28) + 1).padStart(2, '0')}T10:00:00Z,${i}\n`
    );
    const whole = await read('log.csv', header + rows.join(''));
    const columns = ['activity', 'happened_at', 'attributes'];
    for (const cut of [1, 7, 29]) {
      const first = await read('a.csv', header + rows.slice(0, cut).join(''));
      const second = await read('b.csv', header + rows.slice(cut).join(''));
      expect([...pick(first.event, ...columns), ...pick(second.event, ...columns)]).toEqual(
        pick(whole.event, ...columns)
      );
    }
  });
});
