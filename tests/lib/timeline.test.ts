import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisTicks } from '#lib/components/timeline/axis.ts';
import {
  lanesOf,
  runOf,
  usualKind,
  withRuns,
  type CaseEvent,
  type ObjectName
} from '#lib/components/timeline/lanes.ts';
import { countOf, objectTree, type CaseObject, type ObjectNode } from '#lib/components/timeline/object-tree.ts';
import { placeLane, type Mark } from '#lib/components/timeline/placing.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const first = Date.UTC(2025, 0, 6);
const project: ObjectName = { type: 'project', id: 'P-1' };

interface Sketch {
  activity: string;
  /** Minutes after the first. */
  at: number;
  system?: string;
  team?: string;
  objects?: string[];
  hours?: number;
}

/** A case's events as its detail has them, in order. */
function caseOf(sketches: Sketch[]): CaseEvent[] {
  const sorted = sketches.toSorted((a, b) => a.at - b.at);
  return sorted.map(({ activity, at, system, team, objects = [], hours }, position): CaseEvent => {
    const instant = new Date(first + at * MINUTE).toISOString();
    const before = sorted[position - 1]?.at;
    return {
      ...{ position, event_no: position, activity, start: instant, complete: instant },
      wait_s: before === undefined ? null : (at - before) * 60,
      ...{ resource: null, resource_name: null, team: team ?? null, role: null, system: system ?? null },
      ...{ legal_entity: null, lifecycle: null, precision: 'instant', recorded_at: null, ingested_at: instant },
      attributes: hours === undefined ? {} : { hours },
      objects: ['project:P-1', ...objects].map((text) => {
        const [type = '', id = ''] = text.split(':');
        return { type, id };
      }),
      ...{ batch_no: 1, source: 's', file: 'f', row: position + 1, source_ref: null }
    };
  });
}

const sketch = fc.record({
  activity: fc.constantFrom(
    'Book',
    'Post an invoice',
    'Reach the milestone',
    'Sign',
    'A very long name of an activity'
  ),
  at: fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 200_000, max: 200_400 }))
});
const measure = (text: string) => text.length * 6.2;

describe('the place of marks', () => {
  test('every event stands once; marks and labels of a row never touch, at any scale', () => {
    fc.assert(
      fc.property(
        fc.array(sketch, { minLength: 1, maxLength: 140 }),
        fc.integer({ min: 200, max: 6_000 }),
        (all, width) => {
          const events = caseOf(all);
          const scale = { first, last: first + 400_000 * MINUTE, width };
          const { marks, rows, waits } = placeLane(events, scale, measure);
          expect(marks.flatMap((mark) => mark.events.map(({ position }) => position)).sort((a, b) => a - b)).toEqual(
            events.map(({ position }) => position)
          );
          for (let row = 0; row < rows; row++) {
            const boxes = marks.filter((mark) => mark.row === row).flatMap(boxesOf);
            boxes.sort((a, b) => a.left - b.left);
            for (const [index, box] of boxes.entries())
              expect(box.left, `row ${row}`).toBeGreaterThanOrEqual((boxes[index - 1]?.right ?? -Infinity) - 0.001);
          }
          expect(Math.max(...marks.flatMap(boxesOf).map(({ right }) => right))).toBeLessThanOrEqual(width + 10);
          for (const wait of waits) expect(wait.left + wait.width).toBeLessThanOrEqual(width + 0.001);
        }
      )
    );
  });

  test('a run of one activity is a bar with its count and hours, below the marks, and comes apart on a larger scale', () => {
    const hours = Array.from({ length: 20 }, (_, day) => ({ activity: 'Time booked', at: day * 1_440, hours: 7.5 }));
    const events = caseOf([...hours, { activity: 'Milestone reached', at: 9 * 1_440 }]);
    const at = (width: number) => placeLane(events, { first, last: first + 20 * DAY, width }, measure).marks;
    const near = at(600);
    expect(near.map(({ kind, label, row }) => [kind, label, row])).toEqual([
      ['run', '20 × Time booked, 150 h', 1],
      ['event', 'Milestone reached', 0]
    ]);
    expect(at(6_000).map(({ kind }) => kind)).toEqual(Array.from({ length: 21 }, () => 'event'));
  });

  test('a label at the right edge stands before its mark where there is room', () => {
    const events = caseOf([
      { activity: 'Begin', at: 0 },
      { activity: 'End of it all', at: 14_400 }
    ]);
    const { marks } = placeLane(events, { first, last: first + 10 * DAY, width: 500 }, measure);
    expect(marks.map(({ label, isBefore, labelWidth }) => [label, isBefore, labelWidth > 0])).toEqual([
      ['Begin', false, true],
      ['End of it all', true, true]
    ]);
  });
});

/** A mark and its label, as they are drawn. */
function boxesOf({ left, width, labelWidth, isBefore }: Mark): { left: number; right: number }[] {
  const mark = { left, right: left + width };
  if (labelWidth === 0) return [mark];
  const label = isBefore
    ? { left: left - 5 - labelWidth, right: left - 5 }
    : { left: mark.right + 5, right: mark.right + 5 + labelWidth };
  return [mark, label];
}

describe('the axis', () => {
  test('its times are round, in order and never nearer than their labels are wide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000_000 }), fc.integer({ min: 200, max: 20_000 }), (minutes, width) => {
        const ticks = axisTicks({ first, last: first + minutes * MINUTE, width });
        expect(ticks.length).toBeGreaterThan(0);
        for (const [index, { left }] of ticks.entries()) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left).toBeLessThanOrEqual(width);
          // Months differ in length: a February is 28 of 30 days.
          if (index > 0) expect(left - (ticks[index - 1]?.left ?? 0)).toBeGreaterThanOrEqual(84 * 0.93);
        }
      })
    );
  });

  test('names months over a year, days over a month, times over a day, the instant where there is but one', () => {
    const labels = (days: number, width: number) =>
      axisTicks({ first, last: first + days * DAY, width }).map(({ label }) => label);
    expect(labels(110, 600)).toEqual(['Feb 2025', 'Mar 2025', 'Apr 2025']);
    expect(labels(460, 300)).toEqual(['Jul 2025', '2026']);
    expect(labels(21, 300)).toEqual(['6 Jan', '13 Jan', '20 Jan']);
    expect(labels(1, 400)).toEqual(['6 Jan', '06:00', '12:00', '18:00']);
    expect(labels(0, 400)).toEqual(['6 Jan 2025, 00:00']);
  });
});

describe('lanes', () => {
  const events = caseOf([
    { activity: 'Win', at: 0, system: 'CRM', team: 'Sales' },
    { activity: 'Plan', at: 1, system: 'PSA', objects: ['milestone:M-1'] },
    ...[1, 2, 3, 4, 5].map((number) => ({
      ...{ activity: 'Post', at: 1 + number, system: 'ERP' },
      objects: [`invoice:I-${number}`, 'milestone:M-1', 'erp_project:E-1']
    }))
  ]);

  test('by system where several wrote, else by team, else by activity', () => {
    expect(usualKind(events)).toBe('system');
    expect(usualKind(events.slice(0, 1))).toBe('team');
    expect(usualKind(caseOf([{ activity: 'A', at: 0 }]))).toBe('activity');
    expect(lanesOf(events, 'system', { own: project }).map(({ name, events: of }) => [name, of.length])).toEqual([
      ['CRM', 1],
      ['PSA', 1],
      ['ERP', 5]
    ]);
    expect(lanesOf(events, 'team', { own: project }).map(({ name }) => name)).toEqual(['Sales', 'not known']);
  });

  test('by object: each event in the lane of what it is about; many of a type share one until opened', () => {
    const names = (opened: string[]) => lanesOf(events, 'object', { own: project, opened }).map(({ name }) => name);
    expect(names([])).toEqual(['P-1', 'M-1', '5 invoices']);
    expect(names(['invoice'])).toEqual(['P-1', 'M-1', 'I-1', 'I-2', 'I-3', 'I-4', 'I-5']);
  });

  test('the list says a run once, and holds every event in order', () => {
    const booked = Array.from({ length: 6 }, (_, index) => ({ activity: 'Book', at: index, hours: 2 }));
    const rows = withRuns(caseOf([...booked, { activity: 'Stop', at: 9 }, { activity: 'Stop', at: 10 }]));
    expect(rows.map((row) => ('events' in row ? row.events.length : row.activity))).toEqual([6, 'Stop', 'Stop']);
    expect(rows[0]).toMatchObject({ activity: 'Book', hours: 12 });
    expect(runOf(caseOf([{ activity: 'A', at: 0 }])).hours).toBeNull();
    fc.assert(
      fc.property(fc.array(sketch, { maxLength: 60 }), (all) => {
        const whole = caseOf(all);
        expect(withRuns(whole).flatMap((row) => ('events' in row ? row.events : [row]))).toEqual(whole);
      })
    );
  });
});

describe('the tree of objects', () => {
  const object = (type: string, id: string): CaseObject => ({
    ...{ type, id, attributes: {}, events: 0 },
    ...{ last_activity: null, last_at: null }
  });
  const link = (from: string, qualifier: string, to: string) => {
    const [[from_type = '', a = ''], [to_type = '', b = '']] = [from.split(':'), to.split(':')];
    return { from: a, from_type, qualifier, to: b, to_type };
  };
  const drawn = ({ object: { id }, relation, groups }: ObjectNode): unknown => [
    `${relation} ${id}`.trim(),
    ...groups.flatMap(({ nodes }) => nodes.map(drawn))
  ];

  test('each object hangs once on the nearest it is linked with; of two as near, on the one that it is for', () => {
    const objects = [
      ...[object('project', 'P'), object('deal', 'D'), object('customer', 'C'), object('erp_project', 'E')],
      ...[object('milestone', 'M'), object('invoice', 'I'), object('timesheet', 'T')]
    ];
    const tree = objectTree(objects, [
      link('project:P', 'for', 'deal:D'),
      link('deal:D', 'of', 'customer:C'),
      link('erp_project:E', 'same_as', 'project:P'),
      link('milestone:M', 'part_of', 'project:P'),
      link('invoice:I', 'part_of', 'erp_project:E'),
      link('invoice:I', 'for', 'milestone:M')
    ]);
    expect(tree && drawn(tree)).toEqual([
      'P',
      ['for → D', ['of → C']],
      ['same as E'],
      ['part of M', ['for I']],
      // Only the case's events touched it.
      ['T']
    ]);
  });

  test('holds every object exactly once, whatever the links', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `x:${index}`);
    const some = fc.tuple(fc.constantFrom(...ids), fc.constantFrom('for', 'part_of', 'else'), fc.constantFrom(...ids));
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), (all) => {
        const objects = ids.map((key) => object('x', key.slice(2)));
        const tree = objectTree(
          objects,
          all.map(([from, qualifier, to]) => link(from, qualifier, to))
        );
        const seen: string[] = [];
        const walk = (node: ObjectNode) => {
          seen.push(node.object.id);
          for (const { nodes } of node.groups) nodes.forEach(walk);
        };
        if (tree) walk(tree);
        expect(seen.toSorted()).toEqual(objects.map(({ id }) => id).sort());
        expect(tree?.groups.reduce((sum, group) => sum + countOf(group), 1)).toBe(ids.length);
      })
    );
  });
});
