import type { ContractRow, FieldChangeRow, Instant, OpportunityRow, Staff } from '../../firm/rows.ts';
import type { Clocks } from '../clocks.ts';
import type { CsvLayout } from '../layout.ts';
import { isoWithOffset } from '../times.ts';

/** The CRM writes a time as the clocks show it where the person sits, with their offset. */
const written = (at: Instant, by: Staff, clocks: Clocks) => isoWithOffset(at, clocks.ofPerson(by, at));

export const opportunities: CsvLayout<OpportunityRow> = {
  file: 'crm/opportunities.csv',
  format: 'csv',
  delimiter: ',',
  key: ({ id }) => id,
  breaks: { id: 'Id', time: 'CreatedDate', amount: 'Amount' },
  columns: [
    ['Id', ({ id }) => id],
    ['Name', ({ name }) => name],
    ['AccountId', ({ accountId }) => accountId],
    ['AccountName', ({ accountName }) => accountName],
    ['Region__c', ({ region }) => region],
    ['LegalEntity__c', ({ legalEntity }) => legalEntity],
    ['ServiceLine__c', ({ serviceLine }) => serviceLine],
    ['Amount', ({ amount }) => amount],
    ['CurrencyIsoCode', ({ currency }) => currency],
    ['OwnerId', ({ owner }) => owner],
    ['AccountTeam__c', ({ accountTeam }) => accountTeam],
    ['CreatedDate', ({ createdAt, createdBy }, clocks) => written(createdAt, createdBy, clocks)],
    ['CreatedById', ({ createdBy }) => createdBy],
    ['CloseDate', ({ closeDate }) => closeDate]
  ]
};

export const fieldHistory: CsvLayout<FieldChangeRow> = {
  file: 'crm/field_history.csv',
  format: 'csv',
  delimiter: ',',
  key: ({ id }) => id,
  breaks: { id: 'Id', time: 'CreatedDate' },
  columns: [
    ['Id', ({ id }) => id],
    ['OpportunityId', ({ opportunity }) => opportunity],
    ['Field', ({ field }) => field],
    ['OldValue', ({ oldValue }) => oldValue],
    ['NewValue', ({ newValue }) => newValue],
    ['CreatedDate', ({ at, by }, clocks) => written(at, by, clocks)],
    ['CreatedById', ({ by }) => by]
  ]
};

/** The fields that financial set-up needs, and where they stand. */
export const mandatoryFields = {
  taxId: 'TaxId__c',
  purchaseOrder: 'PurchaseOrder__c',
  billingContact: 'BillingContact__c',
  costCentre: 'CostCentre__c'
} as const satisfies Partial<Record<keyof ContractRow, string>>;

export const contracts: CsvLayout<ContractRow> = {
  file: 'crm/contracts.csv',
  format: 'csv',
  delimiter: ',',
  key: ({ id }) => id,
  breaks: { id: 'Id', time: 'CreatedDate', amount: 'Value__c' },
  columns: [
    ['Id', ({ id }) => id],
    ['OpportunityId', ({ opportunity }) => opportunity],
    ['Value__c', ({ value }) => value],
    ['CurrencyIsoCode', ({ currency }) => currency],
    ['BillingModel__c', ({ billingModel }) => billingModel],
    ['CreatedDate', ({ draftedAt, draftedBy }, clocks) => written(draftedAt, draftedBy, clocks)],
    ['CreatedById', ({ draftedBy }) => draftedBy],
    [
      'SignedDate',
      ({ signedAt, signedBy, draftedBy }, clocks) =>
        signedAt === null ? null : written(signedAt, signedBy ?? draftedBy, clocks)
    ],
    ['SignedById', ({ signedBy }) => signedBy],
    [mandatoryFields.taxId, ({ taxId }) => taxId],
    [mandatoryFields.purchaseOrder, ({ purchaseOrder }) => purchaseOrder],
    [mandatoryFields.billingContact, ({ billingContact }) => billingContact],
    [mandatoryFields.costCentre, ({ costCentre }) => costCentre]
  ]
};
