/** The results that the boards read, as the API answers them. Times are in milliseconds or ISO 8601. */

export type Segment = 'region' | 'legal_entity' | 'service_line';

export interface Money {
  currency: string;
  amount: number;
}
export interface Share {
  share: number;
  n: number;
}
export interface Spread {
  median_ms: number;
  p90_ms: number;
}

export interface HandoffFigures {
  n: number;
  open: { n: number; median_age_business_ms: number | null; money: Money[] };
  business: Spread | null;
  wall: Spread | null;
  receiver_ms_total: number;
  sender_ms_total: number;
  first_time_right: Share | null;
  within_goal: Share | null;
  trend: { median_ms_previous: number; n_previous: number } | null;
  series: { month: string; median_ms: number | null; n: number }[];
}
export interface ScoredHandoff extends HandoffFigures {
  id: string;
  name: string;
  from_function: string;
  to_function: string;
  goal_ms: number | null;
  goal_is_business: boolean | null;
  segments?: ({ value: string } & HandoffFigures)[];
}
export interface Period {
  from: string;
  to: string;
}
export interface HandoffScorecard {
  period: Period;
  previous: Period | null;
  handoffs: ScoredHandoff[];
}

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

export interface StalledRow {
  project: string;
  stage: string;
  since: string;
  business_ms: number;
  usual_p95_ms: number | null;
  holder_team: string | null;
  owner: string | null;
  blocking: { kind: string; text: string; object_type?: string; object_id?: string; person?: string };
  action: { kind: string; text: string };
  money: number | null;
  currency: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}
export interface Stalled {
  total: number;
  baseline: string;
  rows: StalledRow[];
  source_stale: { source: string; since: string }[];
}

export interface HandoffRow {
  handoff: string;
  anchor_type: string;
  anchor_id: string;
  project: string | null;
  released_at: string;
  picked_up_at: string | null;
  rounds: number;
  bounces: number;
  status: 'open' | 'done' | 'cancelled';
  holder: 'receiver' | 'sender' | null;
  holder_team: string | null;
  holder_since: string | null;
  business_ms: number | null;
  wall_ms: number | null;
  money: number | null;
  currency: string | null;
  within_goal: boolean | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}
export interface HandoffList {
  total: number;
  rows: HandoffRow[];
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
