import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasLogs, kinds, logs, pick, read, readPath } from '../staged.ts';

const events = [
  {
    id: 'e1',
    type: 'Order',
    time: '2020-01-01T10:00:00.123456+01:00',
    attributes: [
      { name: 'resource', value: 'Ann' },
      { name: 'price', value: 1.5 }
    ],
    relationships: [
      { objectId: 'o1', qualifier: 'of' },
      { objectId: 'gone', qualifier: '' }
    ]
  },
  { id: 'e2', type: 'Pay', time: '2020-01-02T10:00:00Z' }
];
const objects = [
  {
    id: 'o1',
    type: 'order',
    attributes: [
      { name: 'state', time: '1970-01-01T00:00:00Z', value: 'new' },
      { name: 'size', value: 3 },
      { name: 'state', time: '2020-01-02T00:00:00Z', value: 'paid' }
    ],
    relationships: [{ objectId: 'o2', qualifier: 'part' }]
  },
  { id: 'o2', type: 'item' }
];
const types = { objectTypes: [], eventTypes: [] };

describe('an OCEL 2.0 log', () => {
  it.each([
    ['events first', { ...types, events, objects }],
    ['objects first', { objects, ...types, events }]
  ])('becomes events, objects, links and changes: %s', async (_, document) => {
    const staged = await read('log.json', JSON.stringify(document, null, 1));
    expect(pick(staged.event, 'source_ref', 'activity', 'happened_at', 'resource', 'attributes')).toEqual([
      ['e1', 'Order', '2020-01-01 09:00:00.123456', 'Ann', '{"price":1.5}'],
      ['e2', 'Pay', '2020-01-02 10:00:00', null, null]
    ]);
    expect(pick(staged.event_object, 'object_type', 'object_id', 'qualifier')).toEqual([
      [null, 'o1', 'of'],
      [null, 'gone', '']
    ]);
    expect(pick(staged.object, 'object_type', 'object_id', 'attributes')).toEqual([
      ['order', 'o1', '{"size":3,"state":"new"}'],
      ['item', 'o2', null]
    ]);
    expect(pick(staged.object_change, 'object_type', 'object_id', 'changed_at', 'attributes')).toEqual([
      ['order', 'o1', '2020-01-02 00:00:00', '{"state":"paid"}']
    ]);
    expect(pick(staged.object_object, 'from_type', 'from_id', 'to_type', 'to_id', 'qualifier')).toEqual([
      ['order', 'o1', null, 'o2', 'part']
    ]);
    expect(staged.report).toMatchObject({ format: 'ocel-json', rowsIn: 4, countsObjects: true });
    expect(kinds(staged).sort()).toEqual(['attribute_as_role']);
    const positions = [...staged.event, ...staged.object].map(({ position }) => position);
    expect(new Set(positions).size).toBe(4);
  });

  it('sends to quarantine the records that lack something', async () => {
    const spoiled = {
      ...types,
      events: [
        { id: 'a', type: '', time: '2020-01-01T10:00:00Z' },
        { id: 'b', type: 'B', time: 'soon' },
        { type: 'C', time: '2020-01-01T10:00:00Z' },
        5
      ],
      objects: [
        { id: 'o' },
        { id: 'p', type: 't', relationships: [{}] },
        { id: 'q', type: 't', attributes: [{ name: 'x', time: 'never', value: 1 }] }
      ]
    };
    const staged = await read('log.json', JSON.stringify(spoiled));
    expect(pick(staged.quarantine, 'locator', 'reason')).toEqual([
      ['record 1', 'no activity'],
      ['record 2', 'the time cannot be read'],
      ['record 3', 'it has no id'],
      ['record 4', 'it is no JSON object'],
      ['record 5', 'it has no type'],
      ['record 6', 'a relationship has no objectId'],
      ['record 7', 'the time of an attribute cannot be read: never']
    ]);
    expect(staged.report.rowsIn).toBe(7);
  });

  it('loses only the record that is nested too deep', async () => {
    const deep = `{"id":"d","type":"D","time":"2020-01-01T10:00:00Z","attributes":[{"name":"x","value":${'['.repeat(9_000)}1234567890123456789${']'.repeat(9_000)}}]}`;
    const text = JSON.stringify({ ...types, events, objects }).replace('"events":[', `"events":[${deep},`);
    const staged = await read('log.json', text);
    expect(pick(staged.quarantine, 'locator', 'reason')).toEqual([['record 1', 'it is nested more than 64 deep']]);
    expect([staged.event.length, staged.object.length]).toEqual([2, 2]);
  });

  it.each([
    ['cut off', JSON.stringify({ ...types, events }).slice(0, -5), 'the document is cut off'],
    ['of version 1.0', '{"ocel:global-log":{},"ocel:events":{}}', 'is OCEL 1.0'],
    ['with nothing in it', '{"objectTypes":[],"eventTypes":[]}', 'neither events nor objects'],
    ['in XML', '<log><object-types/><event-types/></log>', 'OCEL 2.0 in XML']
  ])('%s is refused', async (_, text, message) => {
    await expect(read('log.jsonocel', text)).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining(message),
      fix: expect.any(String)
    });
  });
});

describe.skipIf(!hasLogs)('public OCEL logs (needs ../shared/logs)', () => {
  it('procure to pay has its 14,671 events, 9,543 objects and links', async () => {
    const staged = await readPath(join(logs, 'ocel/ocel2-p2p.json.gz'), 'ocel2-p2p.json.gz');
    const sizes = [staged.event, staged.object, staged.event_object, staged.object_object].map((rows) => rows.length);
    expect(sizes).toEqual([14_671, 9_543, 35_927, 20_402]);
    expect(staged.quarantine).toEqual([]);
  });
  it('the example of the standard has its changes', async () => {
    const staged = await readPath(join(logs, 'ocel/ocel20_example.jsonocel'), 'ocel20_example.jsonocel');
    expect([staged.event.length, staged.object.length, staged.object_change.length]).toEqual([13, 9, 3]);
  });
});
