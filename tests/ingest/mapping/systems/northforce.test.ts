import { describe, expect, it } from 'vitest';
import { pick, readStream, told } from '../../staged.ts';

const opportunityHeader =
  'Id,Name,AccountId,AccountName,Region__c,LegalEntity__c,ServiceLine__c,Amount,CurrencyIsoCode,OwnerId,AccountTeam__c,CreatedDate,CreatedById,CloseDate\n';
const historyHeader = 'Id,OpportunityId,Field,OldValue,NewValue,CreatedDate,CreatedById\n';
const contractHeader =
  'Id,OpportunityId,Value__c,CurrencyIsoCode,BillingModel__c,CreatedDate,CreatedById,SignedDate,SignedById,TaxId__c,PurchaseOrder__c,BillingContact__c,CostCentre__c\n';

describe('Northforce', () => {
  it('opportunities: the opportunity and its customer', async () => {
    const staged = await readStream(
      'northforce/opportunities',
      `${opportunityHeader}006A,"Cloud, phase 2",001B,Bosch,EMEA,Meridian GmbH,Cloud,250000.5,EUR,E0101,Team Nord,2025-03-31T09:12:44+02:00,E0101,2025-06-30\n`
    );
    expect(told(staged)).toEqual({
      events: ['0 Opportunity created @2025-03-31 07:12:44 by E0101 → opportunity 006A, customer 001B'],
      objects: [
        'opportunity 006A {"account_team":"Team Nord","amount":250000.5,"close_date":"2025-06-30","currency":"EUR","legal_entity":"Meridian GmbH","name":"Cloud, phase 2","owner":"E0101","region":"EMEA","service_line":"Cloud"}',
        'customer 001B {"legal_entity":"Meridian GmbH","name":"Bosch","region":"EMEA"}'
      ],
      changes: [],
      links: ['opportunity 006A --of--> customer 001B'],
      references: [],
      quarantine: []
    });
    expect(pick(staged.event, 'system', 'legal_entity', 'source_ref', 'precision', 'recorded_at')).toEqual([
      ['Northforce', 'Meridian GmbH', 'opportunities:006A#0', 'instant', null]
    ]);
    expect(pick(staged.record, 'position', 'stream', 'source_ref', 'recorded_at')).toEqual([
      [0, 'opportunities', 'opportunities:006A', null]
    ]);
    expect(staged.report).toMatchObject({ format: 'csv', rowsIn: 1, countsRecords: true, findings: [] });
  });

  it('field history: each value that is a step of the deal', async () => {
    const steps: [string, string, string | null][] = [
      ['StageName', 'Prospecting', null],
      ['StageName', 'Qualification', 'Opportunity qualified'],
      ['StageName', 'Proposal', 'Proposal sent'],
      ['StageName', 'Negotiation', 'Negotiation started'],
      ['StageName', 'Closed Won', 'Deal won'],
      ['StageName', 'Closed Lost', 'Deal lost'],
      ['Amount', '12', 'Amount changed'],
      ['CloseDate', '2025-07-31', 'Close date changed'],
      ['Deal_Validation__c', 'Submitted', 'Deal submitted for validation'],
      ['Deal_Validation__c', 'Returned', 'Deal returned by deal desk'],
      ['Deal_Validation__c', 'Validated', 'Deal validated'],
      ['Handover__c', 'Released', 'Deal handed over'],
      ['Handover__c', 'Returned', 'Deal handover returned'],
      ['Intake_Form__c', 'v2', 'Intake form completed']
    ];
    const rows = steps.map(
      ([field, value], i) => `017${i},006A,${field},old,${value},2025-03-31T09:12:44-04:00,E0${i}\n`
    );
    const staged = await readStream('northforce/field_history', historyHeader + rows.join(''));
    expect(pick(staged.event, 'activity', 'position', 'source_ref')).toEqual(
      steps.flatMap(([, , activity], i) => {
        const rule = [...new Set(steps.map(([field]) => field))].indexOf(steps[i]?.[0] ?? '');
        const slot = [0, 3, 4, 1, 2, 5][rule] ?? 0;
        return activity === null ? [] : [[activity, i * 4096 + slot, `field_history:017${i}#${slot}`]];
      })
    );
    expect(told(staged).events.at(-1)).toBe(
      '53253 Intake form completed @2025-03-31 13:12:44 by E013 → opportunity 006A {"field":"Intake_Form__c","new_value":"v2","old_value":"old"}'
    );
    expect(staged.record).toHaveLength(steps.length);
    expect(staged.report.findings).toEqual([]);
  });

  it('field history: what it knows nothing of is told, and the record kept', async () => {
    const staged = await readStream(
      'northforce/field_history',
      `${historyHeader}0171,006A,NextStep,a,b,2025-03-31T09:12:44+02:00,E01\n0172,006A,StageName,a,Archived,2025-03-31T09:12:44+02:00,E01\n`
    );
    expect(pick(staged.event, 'activity')).toEqual([['Archived']]);
    expect(staged.record).toHaveLength(2);
    expect(staged.report.findings.map(({ kind, count, example }) => [kind, count, example])).toEqual([
      ['unmapped_value', 1, 'NewValue: Archived'],
      ['unmapped_record', 1, 'field_history:0171']
    ]);
  });

  it('contracts: drafted and signed, with the fields of the set-up', async () => {
    const staged = await readStream(
      'northforce/contracts',
      `${contractHeader}8001,006A,1000,EUR,T&M,2025-04-01T10:00:00+02:00,E01,2025-04-02T10:00:00+02:00,E02,DE1,PO-1,Ann,K7\n8002,006B,5,USD,fixed,2025-04-01T10:00:00+02:00,E01,,,,,,\n`
    );
    expect(told(staged)).toEqual({
      events: [
        '0 Contract drafted @2025-04-01 08:00:00 by E01 → contract 8001, opportunity 006A',
        '1 Contract signed @2025-04-02 08:00:00 by E02 → contract 8001, opportunity 006A',
        '4096 Contract drafted @2025-04-01 08:00:00 by E01 → contract 8002, opportunity 006B'
      ],
      objects: [
        'contract 8001 {"billing_contact":"Ann","billing_model":"T&M","cost_centre":"K7","currency":"EUR","purchase_order":"PO-1","tax_id":"DE1","value":1000}',
        'contract 8002 {"billing_model":"fixed","currency":"USD","value":5}'
      ],
      changes: [],
      links: ['contract 8001 --for--> opportunity 006A', 'contract 8002 --for--> opportunity 006B'],
      references: [],
      quarantine: []
    });
  });

  it('takes no time without its offset', async () => {
    const staged = await readStream(
      'northforce/field_history',
      `${historyHeader}0171,006A,Amount,a,b,2025-03-31T09:12:44,E01\n`
    );
    expect(told(staged).quarantine).toEqual(['row 2, CreatedDate: the time names no zone']);
    expect(staged.quarantine[0]).toMatchObject({ fix: expect.stringContaining('offset') });
  });
});
