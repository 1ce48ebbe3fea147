import type { ContractRow } from '../../firm/rows.ts';
import { mandatoryFields } from '../systems/northforce.ts';
import type { Dirtying } from './cell.ts';

const share = 0.015;
const fields = Object.keys(mandatoryFields) as (keyof typeof mandatoryFields)[];

export interface MissingFieldsTruth {
  /** Contracts with at least one empty field. */
  contracts: number;
  /** How often each is empty. */
  fields: Record<string, number>;
}

/** Empties one mandatory field of some contracts that had them all; those that the firm left empty stay empty. */
export function emptyFields({ cell, draw }: Dirtying): MissingFieldsTruth {
  const contracts = cell['crm/contracts'];
  const complete = contracts.filter((contract) => !isIncomplete(contract));
  const by = draw('missing field');
  const chosen = by.choose(complete, Math.round(contracts.length * share), ({ id }) => id);
  const which = draw('which field is missing');
  cell['crm/contracts'] = contracts.map((contract) =>
    chosen.has(contract)
      ? { ...contract, [fields[which.below(fields.length, contract.id)] ?? 'purchaseOrder']: '' }
      : contract
  );
  return {
    contracts: cell['crm/contracts'].filter(isIncomplete).length,
    fields: Object.fromEntries(
      fields.map((field) => [
        mandatoryFields[field],
        cell['crm/contracts'].filter((contract) => contract[field] === '').length
      ])
    )
  };
}

const isIncomplete = (contract: ContractRow) => fields.some((field) => contract[field] === '');
