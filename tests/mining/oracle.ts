import type { FixtureEvent } from './fixture.ts';

/** What the analyses must say of a small log, by walking its traces one by one. Times are whole seconds. */
export interface Oracle {
  edges: Record<string, { count: number; cases: number; total: number; times: number[] }>;
  variants: Record<string, number>;
  rework: Record<'self_loops' | 'loop_backs' | 'loop_back_cases' | 'repeat' | 'redo' | 'unknown', number>;
  /** Between teams, unknown ones skipped. */
  handoffs: Record<string, { count: number; cases: number; total: number }>;
  /** Between adjacent resources that are both known. */
  adjacent: { count: number; total: number };
}

/** `files` in the order of their sources' names. */
export function oracleOf(files: FixtureEvent[][]): Oracle {
  const traces = new Map<string, FixtureEvent[]>();
  for (const event of files.flat()) {
    const id = event.case ?? '';
    traces.set(id, [...(traces.get(id) ?? []), event]);
  }
  const oracle: Oracle = {
    edges: {},
    variants: {},
    rework: { self_loops: 0, loop_backs: 0, loop_back_cases: 0, repeat: 0, redo: 0, unknown: 0 },
    handoffs: {},
    adjacent: { count: 0, total: 0 }
  };
  for (const unsorted of traces.values()) {
    // Array sort is stable, so equal times keep the order of file and row.
    const trace = [...unsorted].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    const variant = trace.map(({ activity }) => activity).join(' ');
    oracle.variants[variant] = (oracle.variants[variant] ?? 0) + 1;
    walkEdges(oracle, trace);
    walkRework(oracle, trace);
    walkHandoffs(oracle, trace);
  }
  return oracle;
}

const between = (a: FixtureEvent, b: FixtureEvent) => (Date.parse(b.at) - Date.parse(a.at)) / 1000;

function walkEdges(oracle: Oracle, trace: FixtureEvent[]): void {
  const seen = new Set<string>();
  trace.slice(1).forEach((second, i) => {
    const first = trace[i] as FixtureEvent;
    const key = `${first.activity} ${second.activity}`;
    const edge = (oracle.edges[key] ??= { count: 0, cases: 0, total: 0, times: [] });
    edge.count++;
    if (!seen.has(key)) edge.cases++;
    seen.add(key);
    edge.total += between(first, second);
    edge.times.push(between(first, second));
    if (first.resource !== undefined && second.resource !== undefined && first.resource !== second.resource) {
      oracle.adjacent.count++;
      oracle.adjacent.total += between(first, second);
    }
  });
}

function walkRework(oracle: Oracle, trace: FixtureEvent[]): void {
  const { rework } = oracle;
  let loopedBack = false;
  trace.forEach((event, i) => {
    const before = trace.slice(0, i).findLastIndex(({ activity }) => activity === event.activity);
    if (before < 0) return;
    if (before === i - 1) rework.self_loops++;
    else {
      rework.loop_backs++;
      loopedBack = true;
    }
    const previous = trace[before]?.resource;
    if (previous === undefined || event.resource === undefined) rework.unknown++;
    else if (previous === event.resource) rework.repeat++;
    else rework.redo++;
  });
  if (loopedBack) rework.loop_back_cases++;
}

function walkHandoffs(oracle: Oracle, trace: FixtureEvent[]): void {
  const known = trace.filter(({ team }) => team !== undefined);
  const seen = new Set<string>();
  known.slice(1).forEach((second, i) => {
    const first = known[i] as FixtureEvent;
    if (first.team === second.team) return;
    const key = `${first.team} ${second.team}`;
    const pair = (oracle.handoffs[key] ??= { count: 0, cases: 0, total: 0 });
    pair.count++;
    if (!seen.has(key)) pair.cases++;
    seen.add(key);
    pair.total += between(first, second);
  });
}

/** Starts wait in line for the completes of their case, activity and resource; who finds no partner has no length. */
export function instancesOfTraces(events: FixtureEvent[]): { n: number; unpaired: number; active_s: number } {
  const inOrder = [...events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const waiting = new Map<string, FixtureEvent[]>();
  const answer = { n: 0, unpaired: 0, active_s: 0 };
  for (const event of inOrder) {
    const key = [event.case, event.activity, event.resource ?? '?'].join(' ');
    const line = waiting.get(key) ?? [];
    waiting.set(key, line);
    if (event.lifecycle === 'start') line.push(event);
    else {
      const begun = line.shift();
      answer.n++;
      if (begun) answer.active_s += between(begun, event);
      else answer.unpaired++;
    }
  }
  for (const line of waiting.values()) {
    answer.n += line.length;
    answer.unpaired += line.length;
  }
  return answer;
}

/** Linear interpolation between closest ranks: R type 7. */
export function percentile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const low = sorted[Math.floor(at)] ?? NaN;
  return low + ((sorted[Math.ceil(at)] ?? NaN) - low) * (at - Math.floor(at));
}
