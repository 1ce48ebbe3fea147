import type { Instant } from '../firm/rows.ts';

/** A moment at which the clocks of a zone are changed; offsets in milliseconds east of UTC. */
export interface ClockChange {
  at: Instant;
  before: number;
  after: number;
}

const hour = 3_600_000;
const week = 168 * hour;
const first = Date.UTC(2015, 0, 1);
const last = Date.UTC(2040, 0, 1);

/**
 * The clocks of an IANA zone between 2015 and 2039. The changes are found once, because a call of `Intl` for each of
 * twelve million rows would take longer than everything else.
 *
 * @example new Zone('Europe/Berlin').offsetAt(Date.UTC(2025, 6, 1)) // 7,200,000
 */
export class Zone {
  readonly name: string;
  readonly changes: readonly ClockChange[];
  private readonly firstOffset: number;
  /** The stretch between two changes that was asked for last; the next question mostly falls into it too. */
  private from = 1;
  private until = 0;
  private offset = 0;
  /** How long after its begin and before its end clocks show what they show in the next stretch or did in the last. */
  private repeatedAfter = 0;
  private repeatedBefore = 0;

  /** @throws {RangeError} when there is no such zone */
  constructor(name: string) {
    this.name = name;
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    this.firstOffset = offsetOf(clock, first);
    this.changes = changesOf(clock, this.firstOffset);
  }

  /** Milliseconds that the zone's clocks are ahead of UTC. */
  offsetAt(instant: Instant): number {
    if (instant < this.from || instant >= this.until) this.seek(instant);
    return this.offset;
  }

  /** Whether the zone's clocks show the same date and time at another instant too. */
  isRepeated(instant: Instant): boolean {
    if (instant < this.from || instant >= this.until) this.seek(instant);
    return instant < this.from + this.repeatedAfter || instant >= this.until - this.repeatedBefore;
  }

  private seek(instant: Instant): void {
    if (instant < first || instant >= last) throw new RangeError(`${instant} lies outside 2015 to 2039`);
    let after = this.changes.findIndex(({ at }) => at > instant);
    if (after < 0) after = this.changes.length;
    const [before, next] = [this.changes[after - 1], this.changes[after]];
    this.from = before?.at ?? first;
    this.until = next?.at ?? last;
    this.offset = before?.after ?? this.firstOffset;
    this.repeatedAfter = before ? Math.max(0, before.before - before.after) : 0;
    this.repeatedBefore = next ? Math.max(0, next.before - next.after) : 0;
  }
}

const zones = new Map<string, Zone>();

/** The zone of a name; each is made once. */
export function zoneOf(name: string): Zone {
  const zone = zones.get(name) ?? new Zone(name);
  zones.set(name, zone);
  return zone;
}

/** Weekly steps miss nothing: no zone changes its clocks twice within a week. */
function changesOf(clock: Intl.DateTimeFormat, firstOffset: number): ClockChange[] {
  const changes: ClockChange[] = [];
  let before = firstOffset;
  for (let from = first; from < last; from += week) {
    const after = offsetOf(clock, from + week);
    if (after === before) continue;
    let [low, high] = [from, from + week];
    while (high - low > 1_000) {
      const middle = low + Math.floor((high - low) / 2_000) * 1_000;
      if (offsetOf(clock, middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: high, before, after });
    before = after;
  }
  return changes;
}

function offsetOf(clock: Intl.DateTimeFormat, instant: Instant): number {
  const name = clock.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const parts = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name);
  if (!parts) throw new RangeError(`the offset "${name}" cannot be read`);
  const [, sign, hours = '0', minutes = '0'] = parts;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
