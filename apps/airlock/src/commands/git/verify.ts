import {
  type CommitVerdict,
  explainVerdict,
  openReceipts,
  openRepository,
  trustAt,
  verifyCommits,
} from '@airlock/adapter-git';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT, UsageError } from '../../cli/failure.js';
import { workspaceFolder } from '../../cli/workspace.js';
import type { VerifyFlags } from './flags.js';

/** `airlock git verify`. */
export async function verify(cli: Cli, range: string, flags: VerifyFlags): Promise<number> {
  const base = flags.base ?? lowerEnd(range);
  const repository = await openRepository(workspaceFolder(undefined), cli.environment);
  try {
    const given = { keys: flags.approver ?? [], repositories: flags.repository ?? [] };
    const trust = await trustAt(base, given, repository);
    const commits = await repository.commitsOf(range);
    const verdicts = await verifyCommits(commits, trust, { repository, receipts: openReceipts(repository) });
    const ok = verdicts.every((each) => each.ok);
    if (flags.json) printJson(cli, { ok, commits: verdicts });
    else report(cli, verdicts);
    return ok ? EXIT.ok : EXIT.failed;
  } finally {
    await repository.close();
  }
}

/** The end of a range that is there before the change; null where the range has none. */
function lowerEnd(range: string): string | null {
  if (range.includes('...')) {
    throw new UsageError(`${range} has two lower ends`, 'airlock git verify RANGE --base REVISION');
  }
  const at = range.indexOf('..');
  if (at === -1) return null;
  return at === 0 ? 'HEAD' : range.slice(0, at);
}

function report(cli: Cli, verdicts: readonly CommitVerdict[]): void {
  for (const verdict of verdicts) {
    const { id, ok, signerKeyId, requestId, reason } = verdict;
    cli.print(ok ? `ok    ${id} ${signerKeyId ?? '?'} ${requestId ?? '?'}` : `FAIL  ${id} ${reason ?? '?'}`);
    const explanation = explainVerdict(verdict);
    if (explanation !== null) cli.print(`      ${explanation}`);
  }
  const failed = verdicts.filter((each) => !each.ok).length;
  cli.say(
    `airlock: ${verdicts.length} ${verdicts.length === 1 ? 'commit' : 'commits'}, ${failed} without a valid approval`,
  );
}
