import { describe, expect, it } from 'vitest';
import { parseSystem } from '#ingest/mapping/record-mapping.ts';
import { fingerprint, streamOf, systems } from '#ingest/mapping/systems.ts';

describe('a file of a known system', () => {
  it.each([
    ['psa/milestones.json', 'planbase/milestones', 'Planbase'],
    ['/data/2026/exports/psa/milestones.json.gz', 'planbase/milestones', 'Planbase'],
    ['C:\\data\\psa\\milestones.json', 'planbase/milestones', 'Planbase'],
    ['PSA/Milestones.JSON.GZ', 'planbase/milestones', 'Planbase'],
    ['psa/milestones-2.json', 'planbase/milestones', 'Planbase'],
    ['psa/milestones_02.json.gz', 'planbase/milestones', 'Planbase'],
    ['psa/milestones.part1.json', 'planbase/milestones', 'Planbase'],
    ['psa/milestones.part-12.json.gz', 'planbase/milestones', 'Planbase'],
    ['psa/milestones (1).json', 'planbase/milestones', 'Planbase'],
    ['psa/projects.json', 'planbase/projects', 'Planbase'],
    ['erp/projects.csv', 'ledgerline/projects', 'Ledgerline'],
    ['psa/time.ndjson', 'planbase/time', 'Planbase'],
    ['hr/calendars.json.gz', 'peopledesk/calendars', 'Peopledesk']
  ])('%s is %s', (path, stream, source) => {
    const found = streamOf(path);
    expect([found?.stream, found?.source, found?.system.system]).toEqual([stream, source, source]);
  });

  it.each([
    'milestones.json',
    'psa/milestones.csv',
    'psa/milestones-old.json',
    'psa/milestonesX.json',
    'xpsa/milestones.json',
    'psa/milestones.json.bak',
    'setup.json',
    'truth.json'
  ])('%s is none', (path) => {
    expect(streamOf(path)).toBeUndefined();
  });

  it("may be the user's own system", () => {
    const own = parseSystem({
      system: 'Över + Desk',
      version: '1',
      streams: [{ name: 'a', file: 'a+b.csv', format: 'csv', id: 'x', objects: [{ type: 't', id: 'x' }] }]
    });
    expect(streamOf('in/a+b-3.csv', [own])).toEqual({ system: own, stream: 'över-desk/a', source: 'Över + Desk' });
    expect(streamOf('psa/milestones.json', [own])).toBeUndefined();
  });

  it('has one stream and one alone', () => {
    const files = systems.flatMap(({ streams }) => streams.map(({ file }) => file));
    expect(new Set(files).size).toBe(files.length);
    expect(files).toHaveLength(23);
  });
});

describe('the fingerprint of a stream', () => {
  const stream = { name: 'a', file: 'a.csv', format: 'csv', id: 'x', objects: [{ type: 't', id: 'x' }] };
  const of = (changed: object) => {
    const system = parseSystem({ system: 'S', version: '1', streams: [{ ...stream, ...changed }] });
    return fingerprint({ system, stream: system.streams[0] as (typeof system.streams)[0] });
  };
  it('changes with what is read, and not with where it lies', () => {
    expect(of({ file: 'b.csv' })).toBe(of({}));
    expect(of({ decimal_comma: false })).toBe(of({}));
    expect(of({ decimal_comma: true })).not.toBe(of({}));
    expect(of({ objects: [{ type: 'u', id: 'x' }] })).not.toBe(of({}));
  });
});
