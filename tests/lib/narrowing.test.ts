import { describe, expect, test } from 'vitest';
import { ledgerLink, subjectLink, wayLink } from '#lib/components/lifecycle/links.ts';
import { periodOf, readNarrowing } from '#lib/state/lifecycle.ts';

const read = (query: string) => readNarrowing(new URLSearchParams(query));

describe('what a page about the lifecycle is narrowed to', () => {
  test('is a year without anything said', () => {
    expect(read('')).toEqual({ months: 12, by: null, segment: {} });
  });
  test('is read from the address, and what it does not know is passed over', () => {
    expect(read('months=3&by=region&region=EMEA&service_line=Data&team=x')).toEqual({
      ...{ months: 3, by: 'region', segment: { region: 'EMEA', service_line: 'Data' } }
    });
    expect(read('months=all').months).toBeNull();
    for (const months of ['0', '-1', '2.5', 'x', '9999']) expect(read(`months=${months}`).months).toBe(12);
    expect(read('by=colour').by).toBeNull();
  });
});

describe('the period', () => {
  const last_event = '2026-06-30T15:22:08.000Z';
  test('ends with the now of the log', () => {
    const now = { mode: 'fixed' as const, at: '2026-06-30T16:00:00.000Z' };
    expect(periodOf({ last_event, now }, 12)).toEqual({ from: '2025-06-30T16:00:00.000Z', to: now.at });
  });
  test('of a live log ends just after its last event, as an end is not part of a period', () => {
    expect(periodOf({ last_event, now: { mode: 'live' } }, 1)?.to).toBe('2026-06-30T15:22:08.001Z');
  });
  test('stays while a replay runs', () => {
    const replay = {
      from: '2026-06-23T16:00:00.000Z',
      to: '2026-06-30T16:00:00.000Z',
      speed: 1,
      started_at: last_event
    };
    const now = { mode: 'replay' as const, at: '2026-06-24T00:00:00.000Z', replay };
    expect(periodOf({ last_event, now }, 12)?.to).toBe(replay.to);
  });
  test('is none for all of the log, and for a log without events', () => {
    expect(periodOf({ last_event, now: { mode: 'live' } }, null)).toBeNull();
    expect(periodOf({ last_event: null, now: { mode: 'live' } }, 12)).toBeNull();
  });
});

describe('links behind figures', () => {
  const url = new URL('http://x/handoffs?log=Firm&months=6&by=region&region=EMEA&status=open&offset=40');
  test('keep the log, the period and the segment, and nothing of another list', () => {
    expect(ledgerLink(url, { handoff: 'plan_to_erp', status: 'done', order: 'money' })).toBe(
      '/handoffs?log=Firm&months=6&by=region&region=EMEA&handoff=plan_to_erp&status=done&order=money#ledger'
    );
    expect(wayLink(url, 'closure')).toBe('/deal-to-cash?log=Firm&months=6&by=region&region=EMEA&part=closure');
  });
  test('a segment of the figure goes before that of the page', () => {
    expect(ledgerLink(url, { handoff: 'plan_to_erp', region: 'APAC' })).toContain('region=APAC');
  });
  test('an object opens as a case where some view has it as one', () => {
    const views = [{ name: 'milestone', object_type: 'milestone' }];
    expect(subjectLink(url, { views }, 'milestone', 'MS 1/2')).toBe('/cases/MS%201%2F2?log=Firm&view=milestone');
    expect(subjectLink(url, { views }, 'approval', 'A')).toBeNull();
  });
});
