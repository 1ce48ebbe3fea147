import type { Cycle } from '#models/sla/clock.ts';
import type { Edge, Policy } from '#models/sla/policy.ts';
import type { Belongs } from '#models/sla/subjects.ts';

/** An event in the JSON format of CloudEvents 1.0 (https://github.com/cloudevents/spec). */
export interface CloudEvent<Data extends object = object> {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  data: Data;
}

/** A system that is not heard of as usual: what would have ended a clock may have happened there. */
export interface SilentSource {
  system: string;
  /** The last that it recorded, ISO 8601: up to then its facts are known. */
  last: string;
}

export interface SlaEventData {
  log: string;
  policy: { id: string; name: string };
  subject: { type: string; id: string };
  cycle: number;
  edge: Edge;
  state: Cycle['state'];
  open: boolean;
  goal: Policy['goal'];
  calendar: string | null;
  started_at: string;
  due_at: string | null;
  breached_at: string | null;
  ended_at: string | null;
  elapsed_ms: number;
  goal_ms: number | null;
  /** How long after it was so it was seen, on the log's time. */
  detected_late_by_ms: number;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
  /**
   * Systems that would tell the end of the clock, and were silent when it became so: it may have been done there. Empty
   * where the end is known; null where it could not be asked.
   */
  stale_sources: SilentSource[] | null;
  /** Whether the log's time is gone through again: nothing happens now. */
  replay: boolean;
}

const sourceOf = (log: string): string => `urn:throughline:log:${encodeURIComponent(log)}`;
const partOf = (type: string, id: string): string => `${type}/${id}`;
const iso = (at: number): string => new Date(at).toISOString();

export interface Told {
  id: string;
  log: string;
  policy: Policy;
  edge: Edge;
  cycle: Cycle;
  subject: string;
  calendar: string | null;
  belongs: Belongs;
  /** When it became so, on the log's time. */
  at: number;
  now: number;
  replay: boolean;
}

/** What an SLA's edge tells its target. */
export function slaEvent(told: Told): CloudEvent<SlaEventData> {
  const { id, log, policy, edge, cycle, subject, calendar, belongs, at, now, replay } = told;
  return {
    specversion: '1.0',
    id,
    source: sourceOf(log),
    type: `throughline.sla.${edge}`,
    subject: partOf(policy.anchor, subject),
    time: iso(at),
    datacontenttype: 'application/json',
    data: {
      log,
      policy: { id: policy.id, name: policy.name },
      subject: { type: policy.anchor, id: subject },
      cycle: cycle.cycle,
      edge,
      state: cycle.state,
      open: cycle.open,
      goal: policy.goal,
      calendar,
      started_at: iso(cycle.started_at),
      due_at: cycle.due_at === null ? null : iso(cycle.due_at),
      breached_at: cycle.breached_at === null ? null : iso(cycle.breached_at),
      ended_at: cycle.ended_at === null ? null : iso(cycle.ended_at),
      elapsed_ms: cycle.elapsed_ms,
      goal_ms: cycle.goal_ms,
      detected_late_by_ms: Math.max(0, now - at),
      region: belongs.region,
      legal_entity: belongs.legal_entity,
      service_line: belongs.service_line,
      stale_sources: [],
      replay
    }
  };
}

export interface RequestData {
  log: string;
  kind: string;
  subject: { type: string; id: string };
  note: string | null;
  by: string | null;
}

/** What a person's "remediate" tells its target. */
export function requestEvent(id: string, data: RequestData, at: Date): CloudEvent<RequestData> {
  return {
    specversion: '1.0',
    id,
    source: sourceOf(data.log),
    type: 'throughline.remediation.requested',
    subject: partOf(data.subject.type, data.subject.id),
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data
  };
}
