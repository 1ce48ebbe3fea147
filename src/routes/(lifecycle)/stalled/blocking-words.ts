import { inWords } from '#lib/components/names.ts';

/** Kinds of blocking facts as they follow a count: "18 wait for an approval". */
const kinds: Record<string, string> = {
  approval: 'wait for an approval',
  open_approval: 'wait for an approval',
  approver_left: 'wait for an approver who left',
  approver_on_leave: 'wait for an approver on leave',
  request: 'wait for an open request',
  open_request: 'wait for an open request',
  purchase: 'wait for a purchase order',
  staffing: 'wait for staffing',
  missing_field: 'lack a required field',
  evidence: 'wait for evidence',
  unmatched_code: 'have a code without match',
  nothing_open: 'have nothing open: ask'
};

export const blockingKind = (kind: string): string => kinds[kind] ?? inWords(kind);
