import { APPROVERS_FILE } from './approvers-file.js';
import type { CommitVerdict, VerifyReason } from './verify.js';

/** One line that says why a commit is not approved and what to do; null for one that is. The detail in it is untrusted. */
export function explainVerdict({ id, reason, detail }: CommitVerdict): string | null {
  if (reason === null) return null;
  const more = detail === null ? '' : ` (${detail})`;
  return `${id.slice(0, 12)} ${WHY[reason]}${more}: ${NEXT_STEP[reason]}`;
}

const WHY: Readonly<Record<VerifyReason, string>> = {
  no_receipt: 'was approved by nobody, as far as the receipts here tell',
  receipt_unreadable: 'has a receipt that cannot be read',
  untrusted_key: 'was approved with a key that is not trusted here',
  bad_signature: 'has a receipt that its key did not sign as an approval',
  commit_differs: 'has a receipt that approves another commit',
  wrong_repository: 'was approved for another repository',
  diff_differs: 'was approved over another change than the one it makes',
  commit_unreadable: 'cannot be read, so nobody was shown it',
  approvers_change: `is not approved by those who may change ${APPROVERS_FILE}`,
};

const PUSH_AGAIN = 'push it from a clone with the Airlock hooks, which asks and brings the receipt';

const NEXT_STEP: Readonly<Record<VerifyReason, string>> = {
  no_receipt: `git fetch the remote that has the receipts (refs/notes/airlock), or ${PUSH_AGAIN}`,
  receipt_unreadable: PUSH_AGAIN,
  untrusted_key: `let somebody who is in ${APPROVERS_FILE} approve it, or add the key there first`,
  bad_signature: PUSH_AGAIN,
  commit_differs: PUSH_AGAIN,
  wrong_repository: 'approve it here, or list both names: git config --add airlock.repository HOST/PATH',
  diff_differs: 'do not merge it before you know which program showed that change; then approve it anew',
  commit_unreadable: 'git fetch --unshallow; or write the commit again with its message in UTF-8',
  approvers_change: `let a key that is in ${APPROVERS_FILE} on the target branch approve it, with the change in its diff`,
};
