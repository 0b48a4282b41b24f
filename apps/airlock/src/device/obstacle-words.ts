import type { Obstacle, Warning } from '@airlock/approver';

/** Why something cannot be approved and, where there is something to do, what. */
export const OBSTACLE_WORDS: Readonly<Record<Obstacle, string>> = {
  'unknown-pairing': 'this approver knows no such pairing',
  'revoked-pairing': 'the pairing was revoked',
  undecryptable: 'it does not open with the key of the pairing',
  'waiting-for-proof': 'nothing has proved yet that the other side is your workspace',
  'not-text': 'it is not text',
  'foreign-plaintext': 'it has a form that a verified pairing must not use',
  'wrong-aad': 'it was sealed for another request',
  'hash-mismatch': 'the hash that would be signed is not the hash of what is shown',
  'not-canonical': 'its text is not canonical',
  'unreadable-action': 'it is not an action that this approver understands',
  'request-mismatch': 'it names another request than the one it came with',
  'content-hash-mismatch': 'its content hash is wrong',
  'policy-rolled-back':
    'the policy was rolled back: that computer does not work under the newest policy you signed. The file was lost, ' +
    'your approval of it never arrived, or somebody put an older one in its place. Find out which; then type there: ' +
    '"airlock policy renew". It asks you to sign the policy in force there as a new one, and nothing else can be ' +
    'approved before that',
  'policy-version':
    'its policy document is not newer than the newest you signed: it may be an old one that is shown again. Reject ' +
    'it; to sign what is in force on that computer as a new document, type there: "airlock policy renew"',
  'policy-unreadable':
    'its policy document has a part that this approver does not understand, so nobody can tell what it permits. ' +
    'Update this approver if that computer has a newer Airlock, else reject it',
  'cannot-loosen':
    'this approver must not loosen policy: that needs a pairing with the full code, by keys with a passphrase',
  expired: 'it has expired',
};

/** What the user must be told before approving. */
export const WARNING_WORDS: Readonly<Record<Warning, string>> = {
  'not-bound': 'content not bound to this approval',
  'gateway-trusted': 'this pairing trusts the gateway; pair again with the full code',
  'policy-rolled-back':
    'the policy was rolled back: that computer does not work under the newest policy you signed (the file was lost, ' +
    'your approval never arrived, or somebody put an older one in its place)',
  'invalid-choices': 'the choices it asked for are invalid and not shown',
};
