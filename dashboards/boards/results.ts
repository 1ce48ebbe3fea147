/** The results that the boards read, as the API answers them. Times are in milliseconds or ISO 8601. */

export type Segment = 'region' | 'legal_entity' | 'service_line';

export interface CashPart {
  kind: 'stage' | 'handoff';
  id: string;
  name: string;
  days: number;
  share: number;
  cases: number;
  money_weight: number;
}
export interface DealToCash {
  n: number;
  excluded: { no_payment: number };
  weight_currency: string;
  rate_date: string | null;
  total_days: number;
  parts: CashPart[];
}

export interface ToFixItem {
  handoff: string;
  segment: Segment;
  value: string;
  n: number;
  open: number;
  business_days: number;
  carrying_cost: number;
  currency: string;
  sentence: string;
}
export interface ToFix {
  rate: number;
  currency: string;
  rate_date: string | null;
  items: ToFixItem[];
}

export interface ApprovalStep {
  step: string;
  n: number;
  median_wall_ms: number | null;
  p90_wall_ms: number | null;
  median_business_ms: number | null;
  open: { n: number; median_age_ms: number | null };
}
export interface Approvals {
  steps: ApprovalStep[];
  open: {
    approval: string;
    step: string;
    approver: string | null;
    since: string;
    age_ms: number;
    approver_left: boolean;
  }[];
}

export interface DeliveryAttempt {
  at: string;
  status: number | null;
  error: string | null;
  ms: number;
  response: string | null;
}
export interface Delivery {
  id: string;
  webhook_id: string;
  policy: string | null;
  subject: string;
  edge: string;
  created_at: string;
  state: 'waiting' | 'sending' | 'delivered' | 'failed' | 'withdrawn' | 'dead';
  attempts: DeliveryAttempt[];
  payload: unknown;
  next_at: string | null;
}
export interface Target {
  id: string;
  name: string;
  url: string;
}
