import type { CalendarRow, Emit, Exports, Instant } from '#sample-logs/firm/rows.ts';

const hour = 3_600_000;
const day = 24 * hour;
export const now: Instant = Date.UTC(2026, 5, 30, 16);
export const start: Instant = Date.UTC(2024, 6, 1);

const offices = [
  ['BER', 'Europe/Berlin', 'EMEA', 'Meridian GmbH', 'EUR'],
  ['NYC', 'America/New_York', 'AMER', 'Meridian Inc.', 'USD'],
  ['SIN', 'Asia/Singapore', 'APAC', 'Meridian Inc.', 'USD'],
  ['BLR', 'Asia/Kolkata', 'APAC', 'Meridian Inc.', 'USD']
] as const;
const lines = ['Cloud', 'Data', 'Security', 'Managed Services'] as const;

/** What the fake planted: enough to see that it reaches `truth.json`. */
export interface FakeTruth {
  cell: number;
  projects: number;
}

/**
 * A firm by rule and not by chance: every project has one of everything, each on its own day. Its records have all the
 * shapes that the exports know, with the characters that need quotes; what it says of the business is nothing.
 */
export function fakeFirm({ projects, cell }: { seed: number; projects: number; cell: number }, emit: Emit): FakeTruth {
  for (const [office, zone] of offices) emit('hr/calendars', calendarOf(office, zone));
  for (let month = 1; month <= 6; month += 1)
    emit('erp/fx_rates', { month: `2026-0${month}`, from: 'EUR', to: 'USD', rate: 1.08 + month / 1_000 });
  for (const [at, [office, zone]] of offices.entries()) emitPeople(cell, at, office, zone, emit);
  for (let n = 0; n < projects; n += 1) emitProject(cell, n, emit);
  return { cell, projects };
}

const staffOf = (cell: number, office: number, role: number) => `E${cell * 100 + office * 10 + role + 1000}`;

function emitPeople(cell: number, at: number, office: string, zone: string, emit: Emit): void {
  for (let role = 0; role < 5; role += 1) {
    const staff = staffOf(cell, at, role);
    const person: Exports['hr/people'] = {
      staff,
      name: role === 0 ? 'Müller, Jörg "Jo"' : `Person ${staff}`,
      team: `Team ${office}`,
      department: 'Delivery',
      role: 'Consultant',
      office,
      zone,
      isIntegration: role === 4,
      manager: role === 0 ? null : staffOf(cell, at, 0),
      from: '2022-01-03',
      to: null
    };
    emit('hr/people', role === 1 ? { ...person, to: '2025-05-31' } : person);
    if (role === 1) emit('hr/people', { ...person, team: 'Deal Desk', department: 'Deal Desk', from: '2025-06-01' });
    emit('hr/leave', { id: `LV-${staff}`, staff, from: '2025-08-04', to: '2025-08-15', kind: 'holiday' });
  }
}

function emitProject(cell: number, n: number, emit: Emit): void {
  const at = n % offices.length;
  const [office, , region, legalEntity, currency] = offices[at] ?? offices[0];
  const serviceLine = lines[Math.floor(n / offices.length) % lines.length] ?? 'Cloud';
  const number = 1000 + cell * 5000 + n;
  const [code, opportunity, contract] = [`PRJ-${number}`, `006${number}`, `800${number}`];
  const erpProject = `10.${number}.${legalEntity.split(' ')[1]}`;
  const staff = (role: number) => staffOf(cell, at, role);
  const began = start + ((n * 37) % 240) * day + (8 + (n % 8)) * hour;
  const later = (days: number) => began + days * day;
  const date = (days: number) => new Date(later(days)).toISOString().slice(0, 10);
  const amount = 10_000.5 + n;

  emit('crm/opportunities', {
    id: opportunity,
    name: n % 3 === 0 ? `Migration, "phase ${n}"; line\ntwo` : `Größe ${n}`,
    accountId: `001${cell}${n % 7}`,
    accountName: 'Kunde & Söhne',
    region,
    legalEntity,
    serviceLine,
    amount,
    currency,
    owner: staff(0),
    accountTeam: 'Team A',
    createdAt: began,
    createdBy: staff(0),
    closeDate: date(10)
  });
  const changes: [Exports['crm/field_history']['field'], string, string][] = [
    ['StageName', 'Prospecting', 'Qualification'],
    ['StageName', 'Negotiation', 'Closed Won'],
    ['Handover__c', '', 'Released']
  ];
  for (const [i, [field, oldValue, newValue]] of changes.entries())
    emit('crm/field_history', {
      id: `017${number}${i}`,
      opportunity,
      field,
      oldValue,
      newValue,
      at: later(1 + i),
      by: staff(1)
    });
  emit('crm/contracts', {
    id: contract,
    opportunity,
    value: amount,
    currency,
    billingModel: 'milestone',
    draftedAt: later(3),
    draftedBy: staff(1),
    signedAt: n % 5 === 0 ? null : later(4),
    signedBy: n % 5 === 0 ? null : staff(2),
    taxId: n % 50 === 0 ? '' : 'DE123',
    purchaseOrder: 'PO-1',
    billingContact: 'a@b.example',
    costCentre: '4711'
  });
  emit('psa/projects', {
    code,
    opportunity,
    contract,
    name: 'Projekt "Ä"',
    region,
    legalEntity,
    serviceLine,
    office,
    manager: staff(2),
    budget: amount,
    currency,
    plannedStart: date(8),
    plannedEnd: date(300),
    folderColour: 'blue',
    history: [
      { at: later(5), by: staff(1), action: 'created', note: 'by hand' },
      { at: later(9), by: staff(2), action: 'delivery_started' }
    ]
  });
  emit('psa/resource_requests', {
    id: `RR-${number}`,
    project: code,
    office,
    role: 'Consultant',
    skill: 'SAP',
    hours: 80,
    history: [{ at: later(5), by: staff(2), action: 'requested' }]
  });
  emit('psa/assignments', {
    id: `ASG-${number}`,
    project: code,
    request: `RR-${number}`,
    office,
    person: staff(3),
    hours: 80,
    from: date(8),
    to: date(100),
    // The second project's, in New York, falls into the hour that came twice.
    createdAt: n === 1 ? Date.UTC(2024, 10, 3, 6, 10) : later(6),
    createdBy: staff(4)
  });
  emit('psa/milestones', {
    id: `MS-${number}`,
    project: code,
    office,
    name: 'Go-live',
    amount,
    currency,
    plannedDate: date(60),
    evidenceRequired: 2,
    evidenceDelivered: 1,
    history: [
      { at: later(6), by: staff(2), action: 'planned' },
      { at: later(60), by: staff(2), action: 'evidence_submitted' },
      { at: later(61), by: staff(3), action: 'evidence_bounced' }
    ]
  });
  emit('psa/change_requests', {
    id: `CR-${number}`,
    project: code,
    office,
    type: 'scope',
    amount: 500,
    currency,
    reason: 'more',
    history: [
      { at: later(20), by: staff(2), action: 'raised' },
      { at: later(21), by: staff(2), action: 'submitted' }
    ]
  });
  for (let i = 0; i < 40; i += 1) {
    const startedAt = later(10 + i * 8 + (i % 5));
    if (startedAt > now - 6 * day) break;
    const week = String(1 + (i % 52)).padStart(2, '0');
    emit('psa/time', {
      id: `TE-${number}-${i}`,
      timesheet: `TS-${staff(3)}-2025-W${week}`,
      project: code,
      changeRequest: i === 7 ? `CR-${number}` : null,
      office,
      person: staff(3 - (i % 2)),
      startedAt,
      hours: 7.5,
      billable: i % 9 !== 0,
      enteredAt: startedAt + (5 + (i % 80)) * hour
    });
  }
  emit('psa/expenses', {
    id: `EX-${number}`,
    project: code,
    office,
    person: staff(3),
    spentAt: later(30),
    cost: 99.9,
    currency,
    billable: true,
    enteredAt: later(31)
  });
  emitLedger(number, code, erpProject, { legalEntity, currency, amount, later, date, staff }, emit);
  for (const kind of ['change request', 'project budget'] as const)
    emit('approvals/requests', {
      id: `APR-${kind === 'change request' ? 'C' : 'P'}${number}`,
      reference: kind === 'change request' ? `CR-${number} / ${code}: more` : `budget of ${code}`,
      kind,
      requester: staff(2),
      amount: 500,
      currency,
      rounds: [
        {
          round: 1,
          submittedAt: later(21),
          steps: [
            {
              step: 'line manager',
              activatedAt: later(21) + 1_500,
              approver: staff(0),
              delegate: n % 2 === 0 ? staff(1) : null,
              decidedAt: n % 3 === 0 ? null : later(23),
              decision: n % 3 === 0 ? null : 'approved'
            }
          ]
        }
      ]
    });
  emit('procurement/purchase_requests', {
    id: `PR-${number}`,
    project: code,
    kind: 'licence',
    amount: 12.25,
    currency,
    requestedAt: later(12),
    requestedBy: staff(2),
    pickedUpAt: later(13),
    pickedUpBy: staff(3),
    orderedAt: null,
    orderedBy: null,
    deliveredAt: null
  });
  emit('cs/transitions', {
    id: `CST-${number}`,
    project: code,
    createdAt: later(200),
    createdBy: staff(2),
    acceptedAt: later(201),
    acceptedBy: staff(3),
    completedAt: null,
    completedBy: null,
    dueDate: date(230),
    renewalDate: n % 2 === 0 ? date(365) : null
  });
}

interface Deal {
  legalEntity: string;
  currency: 'EUR' | 'USD';
  amount: number;
  later: (days: number) => Instant;
  date: (days: number) => string;
  staff: (role: number) => string;
}

function emitLedger(number: number, psaCode: string, erpProject: string, deal: Deal, emit: Emit): void {
  const { legalEntity, currency, amount, later, date, staff } = deal;
  emit('erp/projects', {
    number: erpProject,
    psaCode,
    legalEntity,
    createdAt: later(5) + 40_000,
    createdBy: staff(4),
    setupStartedAt: later(7),
    setupStartedBy: staff(3),
    setupCompletedAt: number % 4 === 0 ? null : later(8),
    setupCompletedBy: number % 4 === 0 ? null : staff(3)
  });
  emit('erp/resource_plan', {
    id: `ASG-${number}/2025-03`,
    erpProject,
    assignment: `ASG-${number}`,
    person: staff(3),
    month: '2025-03',
    hoursPerWeek: 37.5,
    enteredAt: later(9),
    enteredBy: staff(3)
  });
  emit('erp/billing_schedule', {
    id: `BL-${number}`,
    erpProject,
    reference: `MS-${number}`,
    plannedDate: date(60),
    amount,
    currency,
    createdAt: later(9),
    createdBy: staff(3)
  });
  emit('erp/invoices', {
    id: `RE-${number}`,
    erpProject,
    billingLine: `BL-${number}`,
    milestone: `MS-${number}`,
    amount,
    currency,
    postedAt: later(62),
    postedBy: staff(3),
    sentAt: number % 6 === 0 ? null : later(63),
    dueDate: date(93)
  });
  emit('erp/credit_notes', {
    id: `GS-${number}`,
    invoice: `RE-${number}`,
    amount: 1.1,
    currency,
    reason: 'goodwill',
    postedAt: later(70),
    postedBy: staff(3),
    isFull: number % 2 === 0
  });
  emit('erp/payments', {
    id: `ZE-${number}`,
    invoice: `RE-${number}`,
    amount,
    currency,
    // Seven minutes fast, the first project's falls into the hour that came twice.
    receivedAt: number === 1000 ? Date.UTC(2025, 9, 26, 1, 52) : later(95),
    isFinal: number % 3 !== 0
  });
}

function calendarOf(office: string, zone: string): CalendarRow {
  const hours: [string, string][] = [['09:00', '18:00']];
  return {
    office,
    zone,
    hours: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] },
    holidays: ['2025-12-25']
  };
}
