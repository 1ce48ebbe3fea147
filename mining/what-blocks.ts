import { rulesOf, type FieldRule, type Lifecycle, type Severity } from '#models/lifecycle/schema.ts';
import type { OpenFact } from './blocking-facts.ts';

export const blockingKinds = [
  'approver_left',
  'approver_on_leave',
  'approval_open',
  'request_open',
  'missing_field',
  'evidence_not_accepted',
  'code_without_match',
  'nothing_open'
] as const;
export type BlockingKind = (typeof blockingKinds)[number];

export interface Blocking {
  kind: BlockingKind;
  text: string;
  object_type?: string;
  object_id?: string;
  /** Id of the person whom it waits for, or who knows. */
  person?: string;
}

export interface Action {
  kind: 'reassign' | 'name_delegate' | 'remind' | 'ask' | 'fill_field' | 'complete_evidence' | 'settle_code';
  text: string;
}

/** Where a project stands when something is said to block it. */
export interface Standing {
  stage: string;
  /** Function → name of the team that does it for this project. */
  teams: ReadonlyMap<string, string>;
}

export interface WhatBlocks {
  blocking: Blocking;
  action: Action;
  /** The team that has it now. */
  team: string | null;
}

/**
 * Which of the facts that are open around a project blocks it, who has it, and the action that fits.
 *
 * The first of: an approval whose approver has left, one whose approver is on leave, a request of the stage that the
 * project is in, another approval, a grave field that is missing, evidence that is not accepted, a code that was not
 * settled, any other missing field, a request of another stage; else nothing is open, and who has the project is asked.
 * Of equals the one that is open longest, of those the first by its name.
 *
 * What is decided least by anybody at hand comes first: an approval whose approver has left ends by itself never. A
 * request comes before a field, since the stage waits for it by its own rules, and a field that is not grave after a
 * code, since work goes on without it.
 */
export function whatBlocks(lifecycle: Lifecycle, standing: Standing, facts: readonly OpenFact[]): WhatBlocks {
  const [first] = facts
    .map((fact) => ({
      fact,
      rank: rankOf(lifecycle, standing.stage, fact),
      since: fact.kind === 'unsettled_code' ? '' : fact.since
    }))
    .sort((a, b) => a.rank - b.rank || compare(a.since, b.since) || compare(nameOf(a.fact), nameOf(b.fact)));
  const who = whoDoes(lifecycle, standing);
  switch (first?.fact.kind) {
    case undefined: {
      const owner = who(lifecycle.stages.find(({ id }) => id === standing.stage)?.owner);
      return {
        blocking: { kind: 'nothing_open', text: `nothing is open around it: ask ${owner.name}` },
        action: { kind: 'ask', text: `ask ${owner.name} what it waits for` },
        team: owner.team
      };
    }
    case 'approval':
      return ofApproval(first.fact, who(lifecycle.stages.find(({ id }) => id === standing.stage)?.owner).team);
    case 'handoff':
      return ofHandoff(first.fact, lifecycle, who);
    case 'missing_field':
      return ofField(first.fact, facts, lifecycle, who);
    case 'unsettled_code': {
      const { object_type, object_id, said } = first.fact;
      const named = nameOf(first.fact);
      return {
        blocking: {
          kind: 'code_without_match',
          text: `${named} says "${said}", a code that is not settled: this project may be meant`,
          object_type,
          object_id
        },
        action: { kind: 'settle_code', text: `say on the Data page which project ${named} is for` },
        team: who(lifecycle.stages.find(({ id }) => id === standing.stage)?.owner).team
      };
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function rankOf(lifecycle: Lifecycle, stage: string, fact: OpenFact): number {
  switch (fact.kind) {
    case 'approval':
      return fact.approver?.left ? 0 : fact.approver?.away_until != null ? 1 : 3;
    case 'handoff': {
      const handoff = lifecycle.handoffs.find(({ id }) => id === fact.handoff);
      if (handoff?.billing) return 5;
      return handoff?.stage === stage ? 2 : 8;
    }
    case 'missing_field':
      return fieldOf(lifecycle, fact.rule)?.severity === 'high' ? 4 : 7;
    case 'unsettled_code':
      return 6;
  }
}

/** The team that does what a function does for this project, else null; and what whoever does it is called. */
type WhoDoes = (function_: string | undefined) => { name: string; team: string | null };

function whoDoes(lifecycle: Lifecycle, { teams }: Standing): WhoDoes {
  return (id) => {
    const team = id === undefined ? undefined : teams.get(id);
    const called = lifecycle.functions.find((each) => each.id === id)?.name;
    return { name: team ?? called ?? 'whoever has it', team: team ?? null };
  };
}

const nameOf = ({ object_type, object_id }: OpenFact): string => `${object_type.replaceAll('_', ' ')} ${object_id}`;

function ofApproval(
  { object_type, object_id, step, approver }: Extract<OpenFact, { kind: 'approval' }>,
  team: string | null
): WhatBlocks {
  const about = { object_type, object_id };
  const waits = `approval ${object_id}, step ${step}, waits`;
  if (approver === null)
    return {
      blocking: { kind: 'approval_open', text: `${waits}; nobody is named as its approver`, ...about },
      action: { kind: 'reassign', text: 'name an approver' },
      team
    };
  const { id: person, name } = approver;
  const of = (kind: BlockingKind, more: string, action: Action): WhatBlocks => ({
    blocking: { kind, text: `${waits} for ${name}${more}`, ...about, person },
    action,
    team: approver.team ?? team
  });
  if (approver.left)
    return of('approver_left', ', who has left', {
      kind: 'reassign',
      text: `give the approval to ${approver.manager?.name ?? 'another approver'}`
    });
  if (approver.away_until !== null)
    return of('approver_on_leave', `, who is on leave until ${approver.away_until}`, {
      kind: 'name_delegate',
      text: `name a delegate for ${name}`
    });
  return of('approval_open', '', { kind: 'remind', text: `remind ${name}` });
}

function ofHandoff(fact: Extract<OpenFact, { kind: 'handoff' }>, lifecycle: Lifecycle, who: WhoDoes): WhatBlocks {
  const { object_type, object_id, returned } = fact;
  const handoff = lifecycle.handoffs.find(({ id }) => id === fact.handoff);
  const named = nameOf(fact);
  const holder = returned ? null : fact.with;
  const having = who(returned ? handoff?.from : handoff?.to);
  const about = { object_type, object_id, ...(holder && { person: holder.id }) };
  const team = holder?.team ?? having.team;
  if (handoff?.billing)
    return {
      blocking: {
        kind: 'evidence_not_accepted',
        text: `the evidence of ${named} ${returned ? `was given back to ${having.name}` : `is not accepted by ${having.name}`}`,
        ...about
      },
      action: returned
        ? { kind: 'complete_evidence', text: `ask ${having.name} to complete the evidence and submit it again` }
        : { kind: 'ask', text: `ask ${having.name} to check the evidence` },
      team
    };
  if (holder === null)
    return {
      blocking: { kind: 'request_open', text: `${named} waits for ${having.name}`, ...about },
      action: { kind: 'ask', text: `ask ${having.name} to take up ${named}` },
      team
    };
  return {
    blocking: { kind: 'request_open', text: `${named} is not done; ${holder.name} has it`, ...about },
    action:
      holder.left || holder.away_until !== null
        ? { kind: 'reassign', text: `give ${named} to somebody else: ${holder.name} is not there` }
        : { kind: 'ask', text: `ask ${holder.name} for ${named}` },
    team
  };
}

function ofField(
  fact: Extract<OpenFact, { kind: 'missing_field' }>,
  facts: readonly OpenFact[],
  lifecycle: Lifecycle,
  who: WhoDoes
): WhatBlocks {
  const { object_type, object_id } = fact;
  const order: readonly Severity[] = ['high', 'medium', 'low'];
  const missing = facts
    .flatMap((other) =>
      other.kind === 'missing_field' && other.object_id === object_id ? (fieldOf(lifecycle, other.rule) ?? []) : []
    )
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const words = [...new Set(missing.map(({ attribute }) => attribute.replaceAll('_', ' ')))].join(', ');
  const person = fact.owner === null || fact.owner.left ? null : fact.owner;
  const owner = who(missing[0]?.owner);
  return {
    blocking: {
      kind: 'missing_field',
      text: `${nameOf(fact)} has no ${words}`,
      object_type,
      object_id,
      ...(person && { person: person.id })
    },
    action: { kind: 'fill_field', text: `ask ${person?.name ?? owner.name} for the ${words}, and fill it in` },
    team: person?.team ?? owner.team
  };
}

function fieldOf(lifecycle: Lifecycle, id: string): FieldRule | undefined {
  const rule = rulesOf(lifecycle).find((each) => each.id === id);
  return rule?.kind === 'required_field' ? rule : undefined;
}
