import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordSplitter } from '#ingest/formats/csv/records.ts';
import { JsonBroken, JsonSplitter } from '#ingest/formats/json-elements.ts';
import { NotOrdinary, XmlScanner } from '#ingest/formats/xes/scan.ts';
import { StrictXml } from '#ingest/formats/xes/strict.ts';

/** A text cut at random places. */
const inParts = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.array(fc.nat(), { maxLength: 8 })).map(([whole, cuts]) => {
    const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
      (a, b) => a - b
    );
    return { whole, parts: places.slice(1).map((end, i) => whole.slice(places[i], end)) };
  });

describe('records', () => {
  const records = (parts: string[]) => {
    const found: unknown[] = [];
    const splitter = new RecordSplitter(
      { delimiter: ',', quote: '"', newline: '\n' },
      { onRecord: (fields, n) => found.push([n, fields]), onBroken: (broken, n) => found.push([n, broken]) }
    );
    splitter.width = 2;
    parts.forEach((part) => splitter.write(part));
    splitter.end();
    return found;
  };
  it('do not depend on how the text comes in', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', '""', '"\n', '","'),
      maxLength: 40
    });
    fc.assert(
      fc.property(inParts(text), ({ whole, parts }) => {
        expect(records(parts)).toEqual(records([whole]));
      }),
      { numRuns: 2_000 }
    );
  });
  it('are numbered without a gap but for blank lines, whatever is broken', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' '), maxLength: 40 });
    fc.assert(
      fc.property(text, (whole) => {
        const numbers = records([whole]).map((record) => (record as [number])[0]);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        expect(new Set(numbers).size).toBe(numbers.length);
      }),
      { numRuns: 1_000 }
    );
  });
});

describe('elements of JSON', () => {
  const elements = (parts: string[]) => {
    const found: unknown[] = [];
    const splitter = new JsonSplitter(({ member, text }) => found.push([member, JSON.parse(text)]));
    parts.forEach((part) => splitter.write(part));
    splitter.end();
    return found;
  };
  it('are those that JSON.parse finds, however the text comes in', () => {
    const document = fc.dictionary(
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }),
      { maxKeys: 3 }
    );
    const text = fc
      .tuple(document, fc.constantFrom(0, 1, '\t'))
      .map(([value, indent]) => JSON.stringify(value, null, indent));
    fc.assert(
      fc.property(inParts(text), ({ whole, parts }) => {
        const expected = Object.entries(JSON.parse(whole) as Record<string, unknown[]>).flatMap(([member, list]) =>
          list.map((element) => [member, element])
        );
        expect(elements(parts)).toEqual(expected);
      }),
      { numRuns: 500 }
    );
  });
  it.each(['', '[', '[1', '[1,]', '[1 2]', '{"a":[1}', '{"a" [1]}', '[1]]', '{"a":[1]', '{a:[1]}', '[,1]', '"x"'])(
    'of %j are refused',
    (text) => {
      expect(() => elements([text])).toThrow(JsonBroken);
    }
  );
});

describe('the XML scanner', () => {
  type Seen = unknown[];
  const handler = (seen: Seen) => ({
    open: (name: string, key?: string, value?: string, others?: readonly [string, string][] | null) => {
      seen.push([name, key, value, others ?? null]);
    },
    close: () => void seen.push('close'),
    text: (text: string) => void seen.push({ text })
  });
  const strict = (text: string): Seen | 'refused' => {
    const seen: Seen = [];
    try {
      const parser = new StrictXml(handler(seen), 'x');
      parser.write(text);
      parser.end();
      return seen;
    } catch {
      return 'refused';
    }
  };
  const scanned = (parts: string[]): Seen | 'not ordinary' => {
    const seen: Seen = [];
    const scanner = new XmlScanner(handler(seen));
    try {
      parts.forEach((part) => scanner.write(part));
      scanner.end();
      return seen;
    } catch (error) {
      if (error instanceof NotOrdinary) return 'not ordinary';
      throw error;
    }
  };

  const value = fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\t',
      '\r\n',
      '&amp;',
      '&lt;',
      '&gt;',
      '&quot;',
      '&apos;',
      '&#65;',
      '&#x1F600;',
      '&#10;',
      '>',
      'é',
      '😀',
      '/',
      '='
    ),
    maxLength: 6
  });
  const quoted = fc.tuple(value, fc.constantFrom('"', "'")).map(([text, quote]) => quote + text + quote);
  const attribute = fc
    .tuple(fc.constantFrom('key', 'value', 'scope', 'xes.version', 'xmlns:x'), quoted)
    .map(([name, text]) => ` ${name}=${text}`);
  const attributes = fc
    .uniqueArray(attribute, { maxLength: 3, selector: (text) => text.split('=')[0] })
    .map((all) => all.join(''));
  const space = fc.constantFrom('', ' ', '\n\t', '<!-- a <comment> & more -->');
  const elementOf = (depth: number): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.constantFrom('log', 'event', 'string'),
        attributes,
        depth === 0 ? fc.constant([]) : fc.array(fc.tuple(space, elementOf(depth - 1)), { maxLength: 3 }),
        space
      )
      .map(([name, said, children, tail]) =>
        children.length === 0 && tail === ''
          ? `<${name}${said}/>`
          : `<${name}${said}>${children.flat().join('')}${tail}</${name}>`
      );
  const element = elementOf(2);
  const declaration = fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8" ?>', "<?xml version='1.0'?>\n");
  const document = fc.tuple(declaration, space, element, space).map((parts) => parts.join(''));

  it('tells of an ordinary document what the strict parser tells, however it comes in', () => {
    fc.assert(
      fc.property(inParts(document), ({ whole, parts }) => {
        expect(scanned(parts)).toEqual(strict(whole));
      }),
      { numRuns: 1_500 }
    );
  });

  it('accepts nothing that the strict parser refuses, and sees nothing else in it', () => {
    const bits = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      ';',
      '"',
      "'",
      '=',
      ' ',
      '-',
      '!',
      '?',
      'key',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE a>',
      'é',
      '\u0001',
      '&x;',
      '&#0;',
      'a:b',
      '</log>',
      '<event/>'
    );
    const spoiled = fc.tuple(document, fc.nat(), fc.nat(6), bits).map(([text, at, cut, bit]) => {
      const place = at % (text.length + 1);
      // A decoder never yields half a surrogate pair.
      return (text.slice(0, place) + bit + text.slice(place + cut)).toWellFormed();
    });
    fc.assert(
      fc.property(inParts(spoiled), ({ whole, parts }) => {
        const found = scanned(parts);
        if (found !== 'not ordinary') expect(found).toEqual(strict(whole));
      }),
      { numRuns: 5_000 }
    );
  });
});
