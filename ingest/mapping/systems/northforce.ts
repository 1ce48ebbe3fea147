import { parseSystem, type SystemMappingInput } from '#ingest/mapping/record-mapping.ts';

type StreamInput = SystemMappingInput['streams'][number];

/** Northforce writes commas and ISO times with the offset of whoever wrote. */
const shape = { format: 'csv', delimiter: ',' } satisfies Partial<StreamInput>;
const opportunity = { type: 'opportunity', id: 'Id' };
const customer = { type: 'customer', id: 'AccountId' };
const number = (field: string) => ({ field, type: 'number' }) as const;

const opportunities: StreamInput = {
  name: 'opportunities',
  file: 'crm/opportunities.csv',
  ...shape,
  id: 'Id',
  required: ['AccountId', 'Amount', 'CreatedDate'],
  legal_entity: 'LegalEntity__c',
  objects: [
    {
      ...opportunity,
      attributes: {
        name: 'Name',
        region: 'Region__c',
        legal_entity: 'LegalEntity__c',
        service_line: 'ServiceLine__c',
        amount: number('Amount'),
        currency: 'CurrencyIsoCode',
        owner: 'OwnerId',
        account_team: 'AccountTeam__c',
        close_date: { field: 'CloseDate', type: 'date' }
      }
    },
    { ...customer, attributes: { name: 'AccountName', region: 'Region__c', legal_entity: 'LegalEntity__c' } }
  ],
  events: [{ activity: 'Opportunity created', at: 'CreatedDate', by: 'CreatedById', objects: [opportunity, customer] }],
  links: [{ from: opportunity, qualifier: 'of', to: customer }]
};

/** What a new value of a field means; null where it is no step. */
const stages: Record<string, Record<string, string | null>> = {
  StageName: {
    Prospecting: null,
    Qualification: 'Opportunity qualified',
    Proposal: 'Proposal sent',
    Negotiation: 'Negotiation started',
    'Closed Won': 'Deal won',
    'Closed Lost': 'Deal lost'
  },
  Deal_Validation__c: {
    Submitted: 'Deal submitted for validation',
    Returned: 'Deal returned by deal desk',
    Validated: 'Deal validated'
  },
  Handover__c: { Released: 'Deal handed over', Returned: 'Deal handover returned' }
};
const changed = { Amount: 'Amount changed', CloseDate: 'Close date changed', Intake_Form__c: 'Intake form completed' };
const ofField = (field: string) => ({
  at: 'CreatedDate',
  by: 'CreatedById',
  when: [{ field: 'Field', is: field }],
  objects: [{ type: 'opportunity', id: 'OpportunityId' }],
  attributes: { field: 'Field', old_value: 'OldValue', new_value: 'NewValue' }
});

const fieldHistory: StreamInput = {
  name: 'field_history',
  file: 'crm/field_history.csv',
  ...shape,
  id: 'Id',
  required: ['OpportunityId', 'Field', 'CreatedDate'],
  events: [
    ...Object.entries(stages).map(([field, is]) => ({ ...ofField(field), activity: { by: 'NewValue', is } })),
    ...Object.entries(changed).map(([field, activity]) => ({ ...ofField(field), activity }))
  ]
};

const contracts: StreamInput = {
  name: 'contracts',
  file: 'crm/contracts.csv',
  ...shape,
  id: 'Id',
  required: ['OpportunityId', 'CreatedDate'],
  objects: [
    {
      type: 'contract',
      id: 'Id',
      attributes: {
        value: number('Value__c'),
        currency: 'CurrencyIsoCode',
        billing_model: 'BillingModel__c',
        tax_id: 'TaxId__c',
        purchase_order: 'PurchaseOrder__c',
        billing_contact: 'BillingContact__c',
        cost_centre: 'CostCentre__c'
      }
    }
  ],
  events: [
    { activity: 'Contract drafted', at: 'CreatedDate', by: 'CreatedById' },
    { activity: 'Contract signed', at: 'SignedDate', by: 'SignedById' }
  ].map((event) => ({
    ...event,
    objects: [
      { type: 'contract', id: 'Id' },
      { type: 'opportunity', id: 'OpportunityId' }
    ]
  })),
  links: [{ from: { type: 'contract', id: 'Id' }, qualifier: 'for', to: { type: 'opportunity', id: 'OpportunityId' } }]
};

/** Northforce, a CRM: opportunities with the history of their fields, and contracts. */
export const northforce = parseSystem({
  system: 'Northforce',
  version: '1',
  streams: [opportunities, fieldHistory, contracts]
} satisfies SystemMappingInput);
