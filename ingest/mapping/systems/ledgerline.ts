import { parseSystem, type SystemMappingInput } from '#ingest/mapping/record-mapping.ts';

type StreamInput = SystemMappingInput['streams'][number];

/** Ledgerline writes semicolons, decimal commas and the clock of its server, without a zone. */
const shape = {
  format: 'csv',
  delimiter: ';',
  decimal_comma: true,
  booleans: { yes: ['ja'], no: ['nein'] },
  times: { format: 'dmy', zone: 'Europe/Berlin' }
} satisfies Partial<StreamInput>;
const erpProject = { type: 'erp_project', id: 'Projekt' };
const amount = { field: 'Betrag', type: 'number' } as const;
const date = (field: string) => ({ field, type: 'date' }) as const;

const projects: StreamInput = {
  name: 'projects',
  file: 'erp/projects.csv',
  ...shape,
  id: 'Projekt',
  required: ['Angelegt am'],
  legal_entity: 'Buchungskreis',
  objects: [{ ...erpProject, attributes: { legal_entity: 'Buchungskreis' } }],
  events: [
    {
      activity: 'Project created in ERP',
      at: 'Angelegt am',
      by: 'Angelegt von',
      objects: [erpProject]
    },
    {
      activity: 'Financial set-up started',
      at: 'Einrichtung begonnen am',
      by: 'Einrichtung begonnen von',
      objects: [erpProject]
    },
    {
      activity: 'Financial set-up completed',
      at: 'Freigegeben am',
      by: 'Freigegeben von',
      objects: [erpProject]
    }
  ],
  references: [
    {
      from: erpProject,
      qualifier: 'same_as',
      to: 'project',
      // The code that was typed, and the one that the number is made of: they can contradict each other.
      codes: ['PSA-Projekt', { field: 'Projekt', pattern: '^\\d+\\.(\\d+)\\.', template: 'PRJ-{1}' }]
    }
  ]
};

const resourcePlan: StreamInput = {
  name: 'resource_plan',
  file: 'erp/resource_plan.csv',
  ...shape,
  id: ['Zuordnung', 'Monat'],
  required: ['Projekt', 'Stunden je Woche', 'Erfasst am'],
  events: [
    {
      activity: 'Plan recorded in ERP',
      at: 'Erfasst am',
      by: 'Erfasst von',
      objects: [{ type: 'assignment', id: 'Zuordnung' }, erpProject],
      attributes: {
        person: 'Person',
        month: 'Monat',
        hours_per_week: { field: 'Stunden je Woche', type: 'number' }
      }
    }
  ]
};

const billingSchedule: StreamInput = {
  name: 'billing_schedule',
  file: 'erp/billing_schedule.csv',
  ...shape,
  id: 'Zeile',
  required: ['Projekt', 'Plandatum', 'Betrag', 'Währung', 'Angelegt am'],
  objects: [
    {
      type: 'billing_schedule',
      id: 'Zeile',
      attributes: { planned_date: date('Plandatum'), amount, currency: 'Währung', reference: 'Bezug' }
    }
  ],
  events: [
    {
      activity: 'Billing line created',
      at: 'Angelegt am',
      by: 'Angelegt von',
      objects: [{ type: 'billing_schedule', id: 'Zeile' }, erpProject]
    }
  ],
  links: [
    { from: { type: 'billing_schedule', id: 'Zeile' }, qualifier: 'part_of', to: erpProject },
    ...(['MS', 'CR'] as const).map((prefix) => ({
      from: { type: 'billing_schedule', id: 'Zeile' },
      qualifier: 'for',
      to: {
        type: prefix === 'MS' ? 'milestone' : 'change_request',
        id: { field: 'Bezug', pattern: `^${prefix}-.+$` }
      }
    }))
  ]
};

const invoices: StreamInput = {
  name: 'invoices',
  file: 'erp/invoices.csv',
  ...shape,
  id: 'Rechnung',
  required: ['Projekt', 'Betrag', 'Währung', 'Gebucht am'],
  objects: [
    {
      type: 'invoice',
      id: 'Rechnung',
      attributes: { amount, currency: 'Währung', due_date: date('Fällig am') }
    }
  ],
  events: [
    { activity: 'Invoice posted', at: 'Gebucht am', by: 'Gebucht von' },
    { activity: 'Invoice sent', at: 'Versandt am' }
  ].map((event) => ({
    ...event,
    objects: [{ type: 'invoice', id: 'Rechnung' }, erpProject, { type: 'milestone', id: 'Meilenstein' }]
  })),
  links: [
    { from: { type: 'invoice', id: 'Rechnung' }, qualifier: 'part_of', to: erpProject },
    {
      from: { type: 'invoice', id: 'Rechnung' },
      qualifier: 'for',
      to: { type: 'billing_schedule', id: 'Zeile' }
    },
    { from: { type: 'invoice', id: 'Rechnung' }, qualifier: 'for', to: { type: 'milestone', id: 'Meilenstein' } }
  ]
};

const creditNotes: StreamInput = {
  name: 'credit_notes',
  file: 'erp/credit_notes.csv',
  ...shape,
  id: 'Gutschrift',
  required: ['Rechnung', 'Betrag', 'Währung', 'Gebucht am', 'Vollständig'],
  objects: [
    {
      type: 'credit_note',
      id: 'Gutschrift',
      attributes: {
        amount,
        currency: 'Währung',
        reason: 'Grund',
        is_full: { field: 'Vollständig', type: 'boolean' }
      }
    }
  ],
  events: [
    {
      activity: { by: 'Vollständig', is: { ja: 'Invoice credited' }, otherwise: 'Credit note posted' },
      at: 'Gebucht am',
      by: 'Gebucht von',
      objects: [
        { type: 'credit_note', id: 'Gutschrift' },
        { type: 'invoice', id: 'Rechnung' }
      ]
    }
  ],
  links: [
    {
      from: { type: 'credit_note', id: 'Gutschrift' },
      qualifier: 'for',
      to: { type: 'invoice', id: 'Rechnung' }
    }
  ]
};

const payments: StreamInput = {
  name: 'payments',
  file: 'erp/payments.csv',
  ...shape,
  id: 'Zahlung',
  required: ['Rechnung', 'Betrag', 'Währung', 'Eingang am', 'Ausgleich'],
  objects: [
    {
      type: 'payment',
      id: 'Zahlung',
      attributes: { amount, currency: 'Währung', is_final: { field: 'Ausgleich', type: 'boolean' } }
    }
  ],
  events: [
    {
      activity: { by: 'Ausgleich', is: { ja: 'Invoice paid' }, otherwise: 'Part payment received' },
      at: 'Eingang am',
      objects: [
        { type: 'payment', id: 'Zahlung' },
        { type: 'invoice', id: 'Rechnung' }
      ]
    }
  ],
  links: [{ from: { type: 'payment', id: 'Zahlung' }, qualifier: 'for', to: { type: 'invoice', id: 'Rechnung' } }]
};

const fxRates: StreamInput = {
  name: 'fx_rates',
  file: 'erp/fx_rates.csv',
  ...shape,
  id: ['Monat', 'Von', 'Nach'],
  required: ['Kurs'],
  objects: [
    {
      type: 'fx_rate',
      id: { template: '{Monat}/{Von}/{Nach}' },
      attributes: { rate: { field: 'Kurs', type: 'number' } }
    }
  ]
};

/** Ledgerline, an ERP: projects with their codes, resource plan, billing, invoices, payments, exchange rates. */
export const ledgerline = parseSystem({
  system: 'Ledgerline',
  version: '1',
  streams: [projects, resourcePlan, billingSchedule, invoices, creditNotes, payments, fxRates]
} satisfies SystemMappingInput);
