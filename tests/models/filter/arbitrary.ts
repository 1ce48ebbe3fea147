import fc, { type Arbitrary } from 'fast-check';
import { Dimension, type Clause, type Filter } from '#models/filter/filter.ts';

/** UTF-16 at its worst: signs that the syntax uses, addresses escape, and halves of surrogate pairs. */
const name = fc.oneof(
  fc.constantFrom(
    '',
    'Send Fine',
    'a.b',
    '*',
    '**',
    '*.',
    '.',
    'is',
    'not',
    'from',
    'to',
    '*ud800',
    'ä → €',
    '&f=%2E+ #'
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 6 })
);
const names = fc.array(name, { minLength: 1, maxLength: 4 });
const amount = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e21)
);
const ms = fc.oneof(
  amount,
  fc.nat(5_000).map((hours) => hours * 3_600_000)
);
const date = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const instant = fc.oneof(
  date.map((at) => at.toISOString()),
  date.map((at) => `${at.toISOString().slice(0, 10)}T00:00:00.000Z`),
  date.map((at) => `${at.toISOString().slice(0, 19)}+05:30`),
  date.map((at) => `${at.toISOString().slice(0, 10)}T00:00:00Z`)
);
const dimension = fc.constantFrom(...Dimension.options);
const exclude = fc.constant(true as const);
const kind = <Kind extends Clause['kind']>(value: Kind) => fc.constant(value);

const clause: Arbitrary<Clause> = fc.oneof(
  record(
    { kind: kind('period'), mode: fc.constantFrom('active', 'contained', 'started', 'ended') },
    { from: instant, to: instant }
  ),
  record(
    { kind: kind('attribute'), scope: fc.constantFrom('case', 'event'), key: name },
    { values: names, min: amount, max: amount, exclude }
  ),
  record({ kind: kind('party'), dimension, values: names }, { exclude }),
  record({ kind: kind('activity'), values: names, match: fc.constantFrom('any', 'all', 'none') }, {}),
  record({ kind: kind('endpoint'), at: fc.constantFrom('start', 'end'), values: names }, {}),
  record(
    { kind: kind('path'), from: name, to: name, relation: fc.constantFrom('directly', 'eventually') },
    { min_ms: ms, max_ms: ms, exclude }
  ),
  record({ kind: kind('handoff'), dimension, from: name, to: name }, {}),
  record(
    {
      kind: kind('variant'),
      ids: fc.array(
        fc.bigInt(0n, 2n ** 64n - 1n).map((id) => id.toString(16).padStart(16, '0')),
        {
          minLength: 1,
          maxLength: 3
        }
      )
    },
    { exclude }
  ),
  record({ kind: kind('duration') }, { min_ms: ms, max_ms: ms }),
  record({ kind: kind('status'), status: fc.constantFrom('open', 'closed') }, {}),
  record({ kind: kind('rework'), type: fc.constantFrom('self_loop', 'loop_back') }, { activity: name }),
  record({ kind: kind('case'), contains: name }, {}),
  record({ kind: kind('events'), activities: names, keep: fc.boolean() }, {})
) as Arbitrary<Clause>;

/** Any filter, each clause of which says only what it means (`exclude` is true or absent). */
export const filters: Arbitrary<Filter> = fc.array(clause, { maxLength: 5 });
export { clause as clauses };

function record(always: Record<string, Arbitrary<unknown>>, sometimes: Record<string, Arbitrary<unknown>>) {
  return fc.record({ ...always, ...sometimes }, { requiredKeys: Object.keys(always), noNullPrototype: true });
}
