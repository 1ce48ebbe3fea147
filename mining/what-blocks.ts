import { rulesOf, type Lifecycle, type Severity } from '#models/lifecycle/schema.ts';
import type { OpenFact, Someone } from './blocking-facts.ts';

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
  /** The team that has it, if known. */
  team: string | null;
}

export interface WhatBlocks {
  blocking: Blocking;
  action: Action;
  /** The team that has it now. */
  team: string | null;
}

const severities: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

/**
 * Which of the facts that are open around a project blocks it, who has it, and the action that fits.
 *
 * The first of: an approval whose approver has left, one whose approver is on leave, a request of the stage that the
 * project is in, another approval, a grave field that is missing, evidence that is not accepted, a code that was not
 * settled, any other missing field, a request of another stage; else nothing is open, and who has the project is asked.
 * Of equals the one that is open longest.
 *
 * What is decided least by anybody at hand comes first: an approval whose approver has left ends by itself never. A
 * request comes before a field, since the stage waits for it by its own rules, and a field that is not grave after a
 * code, since work goes on without it.
 */
export function whatBlocks(lifecycle: Lifecycle, { stage, team }: Standing, facts: readonly OpenFact[]): WhatBlocks {
  const ranked = facts
    .map((fact) => ({ fact, rank: rankOf(lifecycle, stage, fact), since: 'since' in fact ? fact.since : '' }))
    .sort((a, b) => a.rank - b.rank || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
  const [first] = ranked;
  if (!first) {
    const owner = ownerOf(lifecycle, stage);
    const whom = team ?? owner;
    return {
      blocking: { kind: 'nothing_open', text: `nothing is open around it: ask ${whom}` },
      action: { kind: 'ask', text: `ask ${whom} what it waits for` },
      team
    };
  }
  return told(lifecycle, first.fact, facts, team);
}

function rankOf(lifecycle: Lifecycle, stage: string, fact: OpenFact): number {
  switch (fact.kind) {
    case 'approval':
      return fact.approver?.left ? 0 : fact.approver?.away_until != null ? 1 : 3;
    case 'handoff': {
      const handoff = lifecycle.handoffs.find(({ id }) => id === fact.handoff);
      if (handoff?.billing) return 6;
      return handoff?.stage === stage ? 2 : 9;
    }
    case 'missing_field':
      return [5, 8, 8][severities[fieldOf(lifecycle, fact.rule)?.severity ?? 'medium']] ?? 8;
    case 'unsettled_code':
      return 7;
  }
}

const fieldOf = (lifecycle: Lifecycle, rule: string) =>
  rulesOf(lifecycle).find((each) => each.id === rule && each.kind === 'required_field');

function ownerOf(lifecycle: Lifecycle, stage: string): string {
  const owner = lifecycle.stages.find(({ id }) => id === stage)?.owner;
  return lifecycle.functions.find(({ id }) => id === owner)?.name ?? 'its owner';
}

function told(lifecycle: Lifecycle, fact: OpenFact, facts: readonly OpenFact[], team: string | null): WhatBlocks {
  const about = { object_type: fact.object_type, object_id: fact.object_id };
  const named = fact.object_type.replaceAll('_', ' ');
  switch (fact.kind) {
    case 'approval': {
      const { approver, step } = fact;
      const waits = `approval ${fact.object_id}, step ${step}, waits`;
      const person = approver === null ? {} : { person: approver.id };
      const having = approver?.team ?? team;
      if (approver === null)
        return {
          blocking: { kind: 'approval_open', text: `${waits}; nobody is named as its approver`, ...about },
          action: { kind: 'reassign', text: 'name an approver' },
          team
        };
      if (approver.left)
        return {
          blocking: { kind: 'approver_left', text: `${waits} for ${approver.name}, who has left`, ...about, ...person },
          action: {
            kind: 'reassign',
            text: `give the approval to ${approver.manager?.name ?? 'another approver'}`
          },
          team: having
        };
      if (approver.away_until !== null)
        return {
          blocking: {
            kind: 'approver_on_leave',
            text: `${waits} for ${approver.name}, who is on leave until ${approver.away_until}`,
            ...about,
            ...person
          },
          action: { kind: 'name_delegate', text: `name a delegate for ${approver.name}` },
          team: having
        };
      return {
        blocking: { kind: 'approval_open', text: `${waits} for ${approver.name}`, ...about, ...person },
        action: { kind: 'remind', text: `remind ${approver.name}` },
        team: having
      };
    }
    case 'handoff': {
      const handoff = lifecycle.handoffs.find(({ id }) => id === fact.handoff);
      const name = (id: string | undefined): string =>
        lifecycle.functions.find((each) => each.id === id)?.name ?? 'its owner';
      const [sender, receiver] = [name(handoff?.from), name(handoff?.to)];
      const holder: Someone | null = fact.returned ? null : fact.with;
      const person = holder === null ? {} : { person: holder.id };
      if (handoff?.billing)
        return {
          blocking: {
            kind: 'evidence_not_accepted',
            text: fact.returned
              ? `the evidence of ${named} ${fact.object_id} was given back to ${sender}`
              : `the evidence of ${named} ${fact.object_id} is not accepted by ${receiver}`,
            ...about,
            ...person
          },
          action: fact.returned
            ? { kind: 'complete_evidence', text: `complete the evidence and submit it again` }
            : { kind: 'ask', text: `ask ${holder?.name ?? receiver} to check the evidence` },
          team: fact.returned ? team : (holder?.team ?? receiver)
        };
      return {
        blocking: {
          kind: 'request_open',
          text:
            holder === null
              ? `${named} ${fact.object_id} waits for ${fact.returned ? sender : receiver}`
              : `${named} ${fact.object_id} is not done; ${holder.name} has it`,
          ...about,
          ...person
        },
        action:
          holder === null
            ? { kind: 'ask', text: `ask ${fact.returned ? sender : receiver} to take up ${named} ${fact.object_id}` }
            : holder.left || holder.away_until !== null
              ? {
                  kind: 'reassign',
                  text: `give ${named} ${fact.object_id} to somebody else: ${holder.name} is not there`
                }
              : { kind: 'ask', text: `ask ${holder.name} for ${named} ${fact.object_id}` },
        team: holder?.team ?? (fact.returned ? sender : receiver)
      };
    }
    case 'missing_field': {
      const missing = facts.flatMap((other) => {
        const isOfIt = other.kind === 'missing_field' && other.object_id === fact.object_id;
        const field = isOfIt ? fieldOf(lifecycle, other.rule) : undefined;
        return field?.kind === 'required_field' ? [field] : [];
      });
      const graveFirst = missing.sort((a, b) => severities[a.severity] - severities[b.severity]);
      const words = [...new Set(graveFirst.map(({ attribute }) => attribute.replaceAll('_', ' ')))].join(', ');
      const owner = graveFirst[0]?.owner;
      const function_ = lifecycle.functions.find(({ id }) => id === owner)?.name ?? 'its owner';
      const person = fact.owner === null || fact.owner.left ? null : fact.owner;
      return {
        blocking: {
          kind: 'missing_field',
          text: `${named} ${fact.object_id} has no ${words}`,
          ...about,
          ...(person && { person: person.id })
        },
        action: { kind: 'fill_field', text: `ask ${person?.name ?? function_} for the ${words}, and fill it in` },
        team: person?.team ?? function_
      };
    }
    case 'unsettled_code':
      return {
        blocking: {
          kind: 'code_without_match',
          text: `${named} ${fact.object_id} says "${fact.said}", a code that is not settled: this project may be meant`,
          ...about
        },
        action: { kind: 'settle_code', text: `say on the Data page which project ${named} ${fact.object_id} is for` },
        team
      };
  }
}
