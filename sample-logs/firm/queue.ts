import { nextOfBoth, SECOND, type WorkTime } from './clock.ts';
import { type Process, type Simulation, type Work } from './engine.ts';
import { type Person } from './people.ts';
import { type Random } from './rng.ts';
import { type Instant } from './rows.ts';

export interface Job {
  /** Working time that it takes whoever picks it up. */
  service: number;
  /** Higher ones are picked up first; equal ones in order of arrival. */
  priority?: number;
  /** Working time until the team has noticed it; nobody looks at an inbox all day. */
  notice?: number;
  /** The hours in which the team begins such jobs, when not all its hours. */
  hours?: WorkTime | undefined;
}

/** A member of a team, for the time of the membership. */
export interface Member {
  person: Person;
  work: WorkTime;
  busyUntil: Instant;
  busyFor: number;
}

interface Waiting {
  job: Job;
  order: number;
  begin: (work: Work<Person>) => void;
}

/** A team's work: a job goes to a member who is at work and free. */
export class Queue {
  readonly team: string;
  readonly members: readonly Member[];
  readonly #waiting: Waiting[] = [];
  readonly #random: Random;
  #order = 0;
  #wakesAt: Instant = Infinity;

  constructor(team: string, members: readonly Member[], random: Random) {
    this.team = team;
    this.members = members;
    this.#random = random;
  }

  get length(): number {
    return this.#waiting.length;
  }

  offer(simulation: Simulation, job: Job, begin: (work: Work<Person>) => void): void {
    const waiting = { job, order: (this.#order += 1), begin };
    const before = this.#waiting.findIndex(({ job: other }) => (other.priority ?? 0) < (job.priority ?? 0));
    this.#waiting.splice(before < 0 ? this.#waiting.length : before, 0, waiting);
    this.#dispatch(simulation);
  }

  #dispatch(simulation: Simulation): void {
    const { now } = simulation;
    for (let i = 0; i < this.#waiting.length;) {
      const next = this.#waiting[i] as Waiting;
      const member = this.#free(now, next.job);
      if (member) {
        this.#waiting.splice(i, 1);
        this.#begin(simulation, next, member);
      } else i += 1;
    }
    this.#sleep(simulation);
  }

  /** Of the free members the one who has been free longest. */
  #free(now: Instant, { hours }: Job): Member | undefined {
    if (hours && !hours.isOpen(now)) return undefined;
    let chosen: Member | undefined;
    for (const member of this.members) {
      if (member.busyUntil > now || !member.work.isOpen(now)) continue;
      if (!chosen || member.busyUntil < chosen.busyUntil) chosen = member;
    }
    return chosen;
  }

  #begin(simulation: Simulation, { job, begin }: Waiting, member: Member): void {
    // It takes a moment to turn to it, without leaving the hours in which it may begin.
    const reaction = simulation.now + this.#random.whole(20, 240) * SECOND;
    const startedAt = member.work.isOpen(reaction) && (job.hours?.isOpen(reaction) ?? true) ? reaction : simulation.now;
    const endsAt = Math.ceil(member.work.add(startedAt, job.service) / SECOND) * SECOND;
    member.busyUntil = endsAt;
    member.busyFor += job.service;
    simulation.schedule(startedAt, () => begin({ by: member.person, startedAt, endsAt }));
    simulation.schedule(endsAt, () => this.#dispatch(simulation));
  }

  /** Looks again when somebody comes to work, or the hours begin that a job waits for. */
  #sleep(simulation: Simulation): void {
    let earliest = Infinity;
    const seen = new Set<WorkTime | undefined>();
    for (const { job } of this.#waiting) {
      if (seen.has(job.hours)) continue;
      seen.add(job.hours);
      for (const member of this.members) {
        const from = Math.max(simulation.now + SECOND, member.busyUntil);
        if (from === Infinity) continue;
        const at = job.hours ? nextOfBoth(member.work, job.hours, from) : member.work.next(from);
        earliest = Math.min(earliest, at);
      }
    }
    if (earliest === Infinity || (this.#wakesAt > simulation.now && this.#wakesAt <= earliest)) return;
    this.#wakesAt = earliest;
    simulation.schedule(earliest, () => this.#dispatch(simulation));
  }
}

/** Hands a job to a team that notices it after a while; goes on at the moment that somebody picks it up. */
export function* pickedUp(firm: { simulation: Simulation }, queue: Queue, job: Job): Process<Work<Person>> {
  const [first] = queue.members;
  if (job.notice && first) yield { at: first.person.office.work.add(firm.simulation.now, job.notice) };
  return (yield { offer: (simulation, begin) => queue.offer(simulation, job, begin) }) as Work<Person>;
}
