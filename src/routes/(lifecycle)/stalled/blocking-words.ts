import type { BlockingKind } from '#mining/what-blocks.ts';

/** Kinds of blocking facts as they follow a count: "18 wait for an approval". */
const kinds: Record<BlockingKind, string> = {
  approver_left: 'wait for an approver who left',
  approver_on_leave: 'wait for an approver on leave',
  approval_open: 'wait for an approval',
  request_open: 'wait for another team',
  missing_field: 'lack a required field',
  evidence_not_accepted: 'wait for evidence',
  code_without_match: 'have a code without match',
  nothing_open: 'have nothing open: ask'
};

/** The same of one: "1 waits for an approval". */
export const blockingKind = (kind: BlockingKind, n: number): string =>
  n === 1 ? kinds[kind].replace(/^have/, 'has').replace(/^(wait|lack)/, '$1s') : kinds[kind];
