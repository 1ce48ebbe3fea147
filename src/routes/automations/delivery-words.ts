import type { Delivery } from '#lib/automation-client.ts';

export type DeliveryState = Delivery['state'];

export const deliveryStates: readonly DeliveryState[] = [
  'waiting',
  'sending',
  'failed',
  'delivered',
  'withdrawn',
  'dead'
];

/** How an action stands, as a reader says it. */
export const stateWords: Record<DeliveryState, string> = {
  waiting: 'not sent yet',
  sending: 'being sent',
  failed: 'to be tried again',
  delivered: 'delivered',
  withdrawn: 'withdrawn',
  dead: 'given up'
};

const edges: Record<string, string> = {
  warned: 'about to be late',
  breached: 'late',
  resolved: 'done after it was late'
};

/** Why it was made: an edge of a clock, or what a person asked for. */
export const edgeWords = (edge: string): string => edges[edge] ?? edge.replaceAll('_', ' ');
