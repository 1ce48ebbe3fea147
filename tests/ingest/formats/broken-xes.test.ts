/** Each file of ../shared/logs/broken-xes holds one defect or one legal oddity. What becomes of it is decided here. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasLogs, kinds, logs, readPath } from '../staged.ts';

interface Outcome {
  /** Reasons of the events that go to quarantine. */
  quarantined?: string[];
  /** Cases that are known although none of their events is. */
  cases?: number;
  /** What the report says, besides that there are no events. */
  findings?: string[];
}

/** Legal, and loads; the log has no events, which is said. */
const legal: Outcome = {};
const badValue: Outcome = { findings: ['bad_value'] };
const badDeclaration: Outcome = { findings: ['bad_declaration'] };
const extra: Outcome = { findings: ['extra_xml_attribute'] };
const incomplete: Outcome = { findings: ['attribute_incomplete'] };
/** The event stands in no trace. */
const noCase: Outcome = { quarantined: ['no case'] };
/** A trace without name and events. */
const emptyTrace: Outcome = { cases: 1, findings: ['empty_trace', 'unnamed_trace'] };
/** Two events in a trace lack a time, two stand outside. */
const untimed = (...findings: string[]): Outcome => ({
  quarantined: ['no case', 'no case', 'no time', 'no time'],
  cases: 1,
  findings: ['unnamed_trace', ...findings]
});
const noActivity: Outcome = { quarantined: ['no activity'], cases: 1, findings: ['unnamed_trace'] };

const outcomes: Record<string, Outcome | string> = {
  'attributeEventSwapped.xes': noCase,
  'attributeTraceSwapped.xes': emptyTrace,
  'attributeValuesSwapped.xes': legal,
  'booleanCorrectValue.xes': legal,
  'booleanIncorrectValue.xes': badValue,
  'classifierAttributeSwapped.xes': legal,
  'classifierCorrectAttributes.xes': legal,
  'classifierEmptyKeys.xes': badDeclaration,
  'classifierEventCorrectAttributes.xes': legal,
  'classifierEventSwapped.xes': noCase,
  'classifierIncorrectKey.xes': badDeclaration,
  'classifierIncorrectScope.xes': badDeclaration,
  'classifierNoAttributes.xes': { findings: ['bad_declaration', 'unexpected_text'] },
  'classifierTooManyAttributes.xes': badDeclaration,
  'classifierTraceCorrectAttributes.xes': legal,
  'classifierTraceSwapped.xes': emptyTrace,
  'composite_list_attributes.xes': noActivity,
  'dateCorrectValue.xes': legal,
  'dateIncorrectValue.xes': badValue,
  'dateNoTZD.xes': legal,
  'elementIncorrect.xes': untimed('unknown_element'),
  'eventCorrectAttributes.xes': untimed(),
  'eventIdenticalAttributes.xes': untimed('repeated_key'),
  'eventIncorrectType.xes': untimed(),
  'eventTooManyAttributes.xes': untimed('extra_xml_attribute'),
  'extensionAttributeSwapped.xes': legal,
  'extensionClassifierSwapped.xes': legal,
  'extensionCorrectAttributes.xes': legal,
  'extensionEventSwapped.xes': noCase,
  'extensionGlobalSwapped.xes': legal,
  'extensionIncorrectKey.xes': noActivity,
  'extensionNoAttributes.xes': badDeclaration,
  'extensionNotDeclared.xes': legal,
  'extensionStandard.xes': legal,
  'extensionTooManyAttributes.xes': badDeclaration,
  'extensionTraceSwapped.xes': emptyTrace,
  'globalAttributeSwapped.xes': legal,
  'globalClassifierSwapped.xes': legal,
  'globalEventStringCorrectAttributes.xes': legal,
  'globalEventSwapped.xes': noCase,
  'globalIncorrectScope.xes': badDeclaration,
  'globalNoAttributes.xes': legal,
  'globalStringCorrectAttributes.xes': legal,
  'globalStringNoAttributes.xes': incomplete,
  'globalStringTooManyAttributes.xes': extra,
  'globalTooManyAttributes.xes': badDeclaration,
  'globalTraceStringCorrectAttributes.xes': legal,
  'globalTraceSwapped.xes': emptyTrace,
  'idCorrectValue.xes': legal,
  'idIncorrectValue.xes': badValue,
  'intCorrectValue.xes': legal,
  'intIncorrectValue.xes': badValue,
  'listEmptyValues.xes': legal,
  'listNoValues.xes': legal,
  'listTwoValues.xes': legal,
  'logCorrectAttributes.xes': legal,
  'logNoAttributes.xes': legal,
  'logNoNestedAttributes.xes': legal,
  'logOutOfPlace.xes': 'a <log> stands in a <event>',
  'logTooManyAttributes.xes': legal,
  'noLog.xes': 'noLog.xes is empty',
  'pendingEvent.xml': 'its root is <dcrgraph>',
  'realCorrectValue.xes': legal,
  'realIncorrectValue.xes': badValue,
  'stringCorrectAttributes.xes': legal,
  'stringNestedNotDeclared.xes': legal,
  'stringNoAttributes.xes': incomplete,
  'stringNotNestedButDeclared.xes': legal,
  'stringTooManyAttributes.xes': extra,
  'traceCorrectAttributes.xes': emptyTrace,
  'traceEventSwapped.xes': { quarantined: ['no case'], ...emptyTrace },
  'traceOutOfPlace.xes': 'a <trace> stands in a <event>',
  'traceTooManyAttributes.xes': { ...emptyTrace, findings: ['empty_trace', 'extra_xml_attribute', 'unnamed_trace'] }
};

describe.skipIf(!hasLogs)('broken XES (needs ../shared/logs/broken-xes)', () => {
  it('decides on every file', () => {
    expect(Object.keys(outcomes).sort()).toEqual(readdirSync(join(logs, 'broken-xes')).sort());
  });
  it.each(Object.entries(outcomes))('%s', async (name, outcome) => {
    const reading = readPath(join(logs, 'broken-xes', name), name);
    if (typeof outcome === 'string') {
      await expect(reading).rejects.toMatchObject({ name: 'BadInput', message: expect.stringContaining(outcome) });
      return;
    }
    const { quarantined = [], cases = 0, findings = [] } = outcome;
    const staged = await reading;
    expect(staged.event).toEqual([]);
    expect(staged.quarantine.map(({ reason }) => reason).sort()).toEqual(quarantined);
    expect(staged.report.rowsIn).toBe(quarantined.length);
    expect(staged.object).toHaveLength(cases);
    const noEvents = quarantined.length === 0 ? ['no_events'] : [];
    expect([...new Set(kinds(staged))].sort()).toEqual([...findings, ...noEvents].sort());
  });
});
