/** The export of a CRM of one deal won, in the shape of Northforce; its contract may lack the tax id. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const opportunities = `Id,Name,AccountId,AccountName,Region__c,LegalEntity__c,ServiceLine__c,Amount,CurrencyIsoCode,OwnerId,AccountTeam__c,CreatedDate,CreatedById,CloseDate
006A,Acme rollout,001A,Acme,EMEA,Acme GmbH,Cloud,1000,EUR,E1,Sales EMEA,2024-03-01T09:00:00+01:00,E1,2024-03-20
`;
const fieldHistory = `Id,OpportunityId,Field,OldValue,NewValue,CreatedDate,CreatedById
017A,006A,StageName,Negotiation,Closed Won,2024-03-20T10:00:00+01:00,E1
`;
const contracts = (taxId: string): string =>
  `Id,OpportunityId,Value__c,CurrencyIsoCode,BillingModel__c,CreatedDate,CreatedById,SignedDate,SignedById,TaxId__c,PurchaseOrder__c,BillingContact__c,CostCentre__c
800A,006A,1000,EUR,fixed,2024-03-19T10:00:00+01:00,E1,2024-03-20T09:00:00+01:00,E1,${taxId},45,ap@acme.example,CC-1
`;
const projects = [
  {
    ...{ code: 'PRJ-1', opportunity: '006A', contract: '800A', name: 'Acme rollout', region: 'EMEA' },
    ...{ legal_entity: 'Acme GmbH', service_line: 'Cloud', office: 'BER', manager: 'E2', budget: 700, currency: 'EUR' },
    ...{ planned_start: '2024-04-01', planned_end: '2024-06-01', folder_colour: 'red' },
    history: [{ at: '2024-03-21 10:00:00', by: 'E2', action: 'created' }]
  }
];

/** Writes the folder that is imported, or the contracts of the next day's. */
export function writeCrmExport(folder: string, taxId: string): string {
  for (const part of ['crm', 'psa']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(
    join(folder, 'setup.json'),
    JSON.stringify({ offices: { BER: 'Europe/Berlin' }, functions: {}, now: '2024-04-30T12:00:00Z' })
  );
  writeFileSync(join(folder, 'crm/opportunities.csv'), opportunities);
  writeFileSync(join(folder, 'crm/field_history.csv'), fieldHistory);
  writeFileSync(join(folder, 'crm/contracts.csv'), contracts(taxId));
  writeFileSync(join(folder, 'psa/projects.json'), `[\n${projects.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
  return folder;
}
