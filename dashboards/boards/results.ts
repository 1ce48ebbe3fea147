/** Results of the API that have no type of their own yet. Times are in milliseconds or ISO 8601. */

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

export interface SlaStatus {
  id: string;
  name: string;
  goal: { business: string } | { wall: string } | { end_of_business_day: number };
  calendar: string | null;
  adherence: { share: number; n: number } | null;
  breached: number;
  open: number;
  warned: number;
  by_month: { month: string; share: number | null; n: number }[];
}
export interface SlaClock {
  policy: string;
  subject_type: string;
  subject_id: string;
  project: string | null;
  cycle: number;
  state: 'running' | 'paused' | 'met' | 'breached' | 'cancelled';
  open: boolean;
  started_at: string;
  ended_at: string | null;
  due_at: string | null;
  breached_at: string | null;
  elapsed_ms: number;
  goal_ms: number;
}
