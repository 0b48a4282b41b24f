import { gitCommitAction, type RefUpdate } from '@airlock/actions';
import { GitError } from '../errors.js';
import { openReceipts } from '../receipts/receipts.js';
import type { RefLine, Repository } from '../repository/repository.js';
import { approve, DAEMON_CALL_MS, report } from './approve.js';
import { describeCommits, refuseTooMany } from './describe-commits.js';
import { branchLines } from './lines.js';
import { OpenUpdate } from './open-updates.js';
import type { GatePorts } from './ports.js';
import { codeOf } from './refusal.js';
import { announcedRequest } from './trailer.js';
import { identityOf } from './identity-of.js';

const BRANCHES = 'refs/heads/';

/** What counts as judged: what branches have, and what came from a remote. */
const JUDGED = { revisions: ['--branches', '--remotes'] };

const SMALLER =
  'take the commits in steps, for example git merge COMMIT; or git remote add NAME URL and git fetch NAME first';

/** Before git changes references: asks about every commit that is new to the branches. Throws to stop git. */
export async function beforeUpdate(input: string, repository: Repository, ports: GatePorts): Promise<void> {
  const lines = branchLines(input);
  const taking = lines.filter(({ after }) => after !== repository.zeroId);
  if (taking.length === 0) return;
  const now = await repository.references(BRANCHES);
  const tips = taking.filter(({ after, ref }) => now.get(ref) !== after).map(({ after }) => after);
  const ids = tips.length === 0 ? [] : await repository.newCommits(tips, JUDGED);
  if (ids.length === 0) return;
  refuseTooMany(ids, SMALLER);
  const commits = await describeCommits(ids, repository);
  const refs = await updatesOf(lines, now, repository);
  const requestId = announcedRequest(commits);
  const action = gitCommitAction({ repository: await identityOf(repository), commits, refs });
  const update = new OpenUpdate(repository, lines);
  try {
    await approve(
      {
        question: { action: { ...action }, ...(requestId === null ? {} : { requestId }) },
        commits: ids,
        before: (id) => update.write(id),
        recheck: () => assertUnmoved(refs, repository),
      },
      repository,
      ports,
    );
  } catch (thrown) {
    await update.forget();
    throw thrown;
  }
}

async function updatesOf(
  lines: readonly RefLine[],
  now: ReadonlyMap<string, string>,
  repository: Repository,
): Promise<readonly RefUpdate[]> {
  const updates: RefUpdate[] = [];
  for (const { ref, after: id } of lines) {
    const before = now.get(ref) ?? null;
    const after = id === repository.zeroId ? null : id;
    if (before === after) continue;
    const isForced = before !== null && after !== null && !(await repository.isAncestor(before, after));
    updates.push({ ref, before, after, isForced });
  }
  return updates;
}

/** Git holds the locks, so that nothing moves but what goes around git. */
async function assertUnmoved(refs: readonly RefUpdate[], repository: Repository): Promise<void> {
  const now = await repository.references(BRANCHES);
  const moved = refs.find(({ ref, before }) => (now.get(ref) ?? null) !== before);
  if (moved !== undefined) throw new GitError('git_failed', `${moved.ref} moved while the approver was asked`);
}

/** After git changed the references, or did not: tells the daemon, and puts receipts to their commits. */
export async function afterUpdate(
  state: 'committed' | 'aborted',
  { input, repository }: { readonly input: string; readonly repository: Repository },
  ports: GatePorts,
): Promise<void> {
  const requestId = await new OpenUpdate(repository, branchLines(input)).take();
  if (requestId !== null) {
    const outcome =
      state === 'committed'
        ? ({ result: 'exited', exitCode: 0 } as const)
        : ({ result: 'not-started', code: 'aborted' } as const);
    try {
      await report(await ports.connect(AbortSignal.timeout(DAEMON_CALL_MS)), { requestId, outcome }, ports);
    } catch (error) {
      ports.say(`${codeOf(error)} the outcome could not be recorded; the audit log will say "unknown"`);
    }
  }
  if (state === 'committed') await openReceipts(repository).settle();
}
