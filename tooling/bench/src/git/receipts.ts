import { gitCommitAction, gitDiff } from '@airlock/actions';
import type { Repository } from '@airlock/adapter-git';
import { receiptLine } from '@airlock/protocol';
import { type ReceiptSigner, receiptSigner } from '@airlock/testkit/receipt-signer';

/** A key that approves whatever it is given. */
export function benchSigner(): ReceiptSigner {
  return receiptSigner(1, Date.parse('2026-03-02T14:00:31.000Z'));
}

/** A line with a receipt for every commit of `main`, as the gate and an approver make it. */
export async function approveEach(
  repository: Repository,
  { signer, identity }: { readonly signer: ReceiptSigner; readonly identity: string },
): Promise<ReadonlyMap<string, string>> {
  const ids = await repository.commitsOf('main');
  const lines = new Map<string, string>();
  for (const [id, commit] of await repository.commits(ids)) {
    const { changes, blobs } = await repository.changesOf(commit);
    const commits = [{ ...commit, diff: gitDiff(changes, blobs) }];
    const refs = [{ ref: 'refs/heads/main', before: null, after: id, isForced: false }];
    const content = gitCommitAction({ repository: identity, commits, refs });
    lines.set(id, receiptLine(signer.sign({ content })));
  }
  return lines;
}
