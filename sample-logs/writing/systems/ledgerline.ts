import type {
  BillingLineRow,
  CreditNoteRow,
  ErpProjectRow,
  FxRateRow,
  Instant,
  InvoiceRow,
  PaymentRow,
  ResourcePlanRow
} from '../../firm/rows.ts';
import type { CsvLayout } from '../layout.ts';
import { ledgerDate, ledgerNumber, ledgerTime } from '../times.ts';

const csv = { format: 'csv', delimiter: ';' } as const;
const timeOrNothing = (at: Instant | null) => (at === null ? null : ledgerTime(at));
const yesOrNo = (is: boolean) => (is ? 'ja' : 'nein');

export const erpProjects: CsvLayout<ErpProjectRow> = {
  ...csv,
  file: 'erp/projects.csv',
  key: ({ number }) => number,
  breaks: { id: 'Projekt', time: 'Angelegt am' },
  columns: [
    ['Projekt', ({ number }) => number],
    ['PSA-Projekt', ({ psaCode }) => psaCode],
    ['Buchungskreis', ({ legalEntity }) => legalEntity],
    ['Angelegt am', ({ createdAt }) => ledgerTime(createdAt)],
    ['Angelegt von', ({ createdBy }) => createdBy],
    ['Einrichtung begonnen am', ({ setupStartedAt }) => timeOrNothing(setupStartedAt)],
    ['Einrichtung begonnen von', ({ setupStartedBy }) => setupStartedBy],
    ['Freigegeben am', ({ setupCompletedAt }) => timeOrNothing(setupCompletedAt)],
    ['Freigegeben von', ({ setupCompletedBy }) => setupCompletedBy]
  ]
};

export const resourcePlan: CsvLayout<ResourcePlanRow> = {
  ...csv,
  file: 'erp/resource_plan.csv',
  key: ({ assignment, month }) => `${assignment}/${month}`,
  breaks: { id: 'Zuordnung', time: 'Erfasst am', amount: 'Stunden je Woche' },
  columns: [
    ['Projekt', ({ erpProject }) => erpProject],
    ['Zuordnung', ({ assignment }) => assignment],
    ['Person', ({ person }) => person],
    ['Monat', ({ month }) => month],
    ['Stunden je Woche', ({ hoursPerWeek }) => ledgerNumber(hoursPerWeek, 1)],
    ['Erfasst am', ({ enteredAt }) => ledgerTime(enteredAt)],
    ['Erfasst von', ({ enteredBy }) => enteredBy]
  ]
};

export const billingSchedule: CsvLayout<BillingLineRow> = {
  ...csv,
  file: 'erp/billing_schedule.csv',
  key: ({ id }) => id,
  breaks: { id: 'Zeile', time: 'Angelegt am', amount: 'Betrag' },
  columns: [
    ['Zeile', ({ id }) => id],
    ['Projekt', ({ erpProject }) => erpProject],
    ['Bezug', ({ reference }) => reference],
    ['Plandatum', ({ plannedDate }) => ledgerDate(plannedDate)],
    ['Betrag', ({ amount }) => ledgerNumber(amount)],
    ['Währung', ({ currency }) => currency],
    ['Angelegt am', ({ createdAt }) => ledgerTime(createdAt)],
    ['Angelegt von', ({ createdBy }) => createdBy]
  ]
};

export const invoices: CsvLayout<InvoiceRow> = {
  ...csv,
  file: 'erp/invoices.csv',
  key: ({ id }) => id,
  breaks: { id: 'Rechnung', time: 'Gebucht am', amount: 'Betrag' },
  columns: [
    ['Rechnung', ({ id }) => id],
    ['Projekt', ({ erpProject }) => erpProject],
    ['Zeile', ({ billingLine }) => billingLine],
    ['Meilenstein', ({ milestone }) => milestone],
    ['Betrag', ({ amount }) => ledgerNumber(amount)],
    ['Währung', ({ currency }) => currency],
    ['Gebucht am', ({ postedAt }) => ledgerTime(postedAt)],
    ['Gebucht von', ({ postedBy }) => postedBy],
    ['Versandt am', ({ sentAt }) => timeOrNothing(sentAt)],
    ['Fällig am', ({ dueDate }) => ledgerDate(dueDate)]
  ]
};

export const creditNotes: CsvLayout<CreditNoteRow> = {
  ...csv,
  file: 'erp/credit_notes.csv',
  key: ({ id }) => id,
  breaks: { id: 'Gutschrift', time: 'Gebucht am', amount: 'Betrag' },
  columns: [
    ['Gutschrift', ({ id }) => id],
    ['Rechnung', ({ invoice }) => invoice],
    ['Betrag', ({ amount }) => ledgerNumber(amount)],
    ['Währung', ({ currency }) => currency],
    ['Grund', ({ reason }) => reason],
    ['Gebucht am', ({ postedAt }) => ledgerTime(postedAt)],
    ['Gebucht von', ({ postedBy }) => postedBy],
    ['Vollständig', ({ isFull }) => yesOrNo(isFull)]
  ]
};

export const payments: CsvLayout<PaymentRow> = {
  ...csv,
  file: 'erp/payments.csv',
  key: ({ id }) => id,
  breaks: { id: 'Zahlung', time: 'Eingang am', amount: 'Betrag' },
  columns: [
    ['Zahlung', ({ id }) => id],
    ['Rechnung', ({ invoice }) => invoice],
    ['Betrag', ({ amount }) => ledgerNumber(amount)],
    ['Währung', ({ currency }) => currency],
    ['Eingang am', ({ receivedAt }) => ledgerTime(receivedAt)],
    ['Ausgleich', ({ isFinal }) => yesOrNo(isFinal)]
  ]
};

export const fxRates: CsvLayout<FxRateRow> = {
  ...csv,
  file: 'erp/fx_rates.csv',
  key: ({ month, from, to }) => `${month}/${from}/${to}`,
  breaks: {},
  columns: [
    ['Monat', ({ month }) => month],
    ['Von', ({ from }) => from],
    ['Nach', ({ to }) => to],
    ['Kurs', ({ rate }) => ledgerNumber(rate, 4)]
  ]
};
