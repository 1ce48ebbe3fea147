import type { TokenName } from './tokens.ts';

/** Stages in the lifecycle's order; a stage that a firm adds is "other". */
const order = [
  'deal_validation',
  'project_initiation',
  'staffing_confirmation',
  'financial_setup',
  'delivery_execution',
  'change_control',
  'billing_readiness',
  'closure'
];

/** The one colour of a stage, on every page and in every picture. Its name always stands beside it. */
export function stageColour(stage: string): TokenName {
  const index = order.indexOf(stage);
  return index < 0 ? 'category-other' : (`category-${index + 1}` as TokenName);
}
