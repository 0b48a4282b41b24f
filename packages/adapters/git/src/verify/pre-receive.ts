import { GitError } from '../errors.js';
import type { Receipts } from '../receipts/receipts.js';
import { RECEIPTS_REF } from '../receipts/write-notes.js';
import type { RefLine, Repository } from '../repository/repository.js';
import { approversVersion } from './approvers-file.js';
import { explainVerdict } from './explain.js';
import { notesProblems } from './judge-notes.js';
import { type ServerRules, serverRules } from './server-rules.js';
import { pushTrust } from './push-trust.js';
import { tipOf } from './ref-tip.js';
import type { Trust } from './trust.js';
import { type CommitVerdict, verifyCommits, type VerifyPorts } from './verify.js';

/** What a server answers to a push. */
export interface PushVerdict {
  readonly ok: boolean;
  /** For the pusher, one line each. */
  readonly problems: readonly string[];
  readonly commits: readonly CommitVerdict[];
}

/** Commits that are named one by one; of the others the number is told. */
const NAMED = 20;

/** References of a clone: receipts are read from them. */
const OWN_REFS = 'refs/airlock/';

/** What one reference of a push brings, and who may approve it. */
interface Arrival {
  readonly tip: string;
  readonly trust: Trust;
  /** Revision arguments for what need not be judged. */
  readonly known: readonly string[];
}

/** Judges every reference of a push; receipts count from the repository and from the push itself. */
export async function judgePush(lines: readonly RefLine[], ports: VerifyPorts): Promise<PushVerdict> {
  const problems: string[] = [];
  const rules = await unlessRefused('push', problems, () => serverRules(ports.repository));
  if (rules === undefined) return { ok: false, problems, commits: [] };
  const arrivals: Arrival[] = [];
  const real = lines.map((line) => ({ ...line, ref: rules.realName(line.ref) }));
  for (const line of real) {
    const judged = await unlessRefused(line.ref, problems, () => judgeLine(line, rules, ports.repository));
    problems.push(...(judged?.problems ?? []));
    if (judged?.arrival !== undefined) arrivals.push(judged.arrival);
  }
  const commits = await unlessRefused('push', problems, () => judgeArrivals(arrivals, withPushed(real, ports)));
  problems.push(...explained(commits ?? []));
  return { ok: problems.length === 0, problems, commits: commits ?? [] };
}

/** A refusal becomes a problem of the push; everything else that is thrown ends the hook, and with it the push. */
async function unlessRefused<T>(where: string, problems: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    problems.push(`${where}: ${error.message}${error.fix === undefined ? '' : ` (${error.fix})`}`);
    return undefined;
  }
}

async function judgeLine(
  line: RefLine,
  rules: ServerRules,
  repository: Repository,
): Promise<{ readonly problems: readonly string[]; readonly arrival?: Arrival }> {
  if (line.ref === RECEIPTS_REF) return { problems: await notesProblems(repository, line) };
  const problems = await moveProblems(line, rules, repository);
  const arrival = await arrivalOf(line, rules, repository);
  return arrival === null ? { problems } : { problems, arrival };
}

/** Deletions and forced updates of the default branch, and references that change what others mean. */
async function moveProblems({ before, after, ref }: RefLine, rules: ServerRules, repository: Repository) {
  if (ref.startsWith('refs/replace/') && !rules.isFree(ref))
    return [
      `${ref}: replaced objects would be shown in the place of approved ones (git config --add airlock.allowRef ${ref})`,
    ];
  if (ref.startsWith(OWN_REFS)) return [`${ref}: what is below ${OWN_REFS} is for clones`];
  if (ref !== rules.defaultBranch || rules.mayForce(ref)) return [];
  const how = `on the server: git config --add airlock.allowForce ${ref}`;
  // Also where the pusher says that there was nothing before: git deletes what is there then.
  if (after === repository.zeroId) return [`${ref}: the default branch cannot be deleted (${how})`];
  if (before === repository.zeroId || (await repository.isAncestor(before, after))) return [];
  return [`${ref}: the default branch would lose commits (${how})`];
}

/** Null where nothing arrives. */
async function arrivalOf({ after, ref }: RefLine, rules: ServerRules, repository: Repository): Promise<Arrival | null> {
  if (after === repository.zeroId || rules.isFree(ref)) return null;
  const tip = await tipOf(repository, after, { ref });
  return { tip, trust: await pushTrust(repository, rules, ref), known: await knownTo(repository, rules, { ref, tip }) };
}

/**
 * Commits are new when no branch and no tag had them: only those were judged when they came. Where the list of approvers of the
 * default branch would change, everything since is judged again, against that list: another branch may have had another one.
 */
async function knownTo(
  repository: Repository,
  { defaultBranch, defaultApprovers, judged }: ServerRules,
  { ref, tip }: { readonly ref: string; readonly tip: string },
): Promise<readonly string[]> {
  if (ref !== defaultBranch || defaultApprovers === null) return judged;
  return (await approversVersion(repository, tip)) === defaultApprovers.blob ? judged : [ref];
}

async function judgeArrivals(arrivals: readonly Arrival[], ports: VerifyPorts): Promise<readonly CommitVerdict[]> {
  const verdicts = new Map<string, CommitVerdict>();
  for (const group of groupAlike(arrivals).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const tips = group.map(({ tip }) => tip);
    const fresh = await ports.repository.newCommits(tips, { revisions: first.known });
    for (const verdict of await verifyCommits(fresh, first.trust, ports))
      if (verdicts.get(verdict.id)?.ok !== false) verdicts.set(verdict.id, verdict);
  }
  return [...verdicts.values()];
}

/** References with the same trust bring their commits together. */
function groupAlike(arrivals: readonly Arrival[]): ReadonlyMap<string, readonly Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const { known, trust } = arrival;
    const name = [trust.approvers?.blob ?? '', ...[...trust.keys].sort(), '', ...known].join(' ');
    groups.set(name, [...(groups.get(name) ?? []), arrival]);
  }
  return groups;
}

/** Receipts of the repository and, where the push brings some, of the push. */
function withPushed(lines: readonly RefLine[], { repository, receipts }: VerifyPorts): VerifyPorts {
  const pushed = lines.find(({ ref, after }) => ref === RECEIPTS_REF && after !== repository.zeroId)?.after;
  if (pushed === undefined) return { repository, receipts };
  const of: Receipts['of'] = async (commits, at) => {
    const [ours, theirs] = [await receipts.of(commits, at), await receipts.of(commits, pushed)];
    return new Map(
      commits.flatMap((id) => {
        const found = [...(ours.get(id) ?? []), ...(theirs.get(id) ?? [])];
        return found.length === 0 ? [] : [[id, found] as const];
      }),
    );
  };
  return { repository, receipts: { ...receipts, of } };
}

function explained(commits: readonly CommitVerdict[]): readonly string[] {
  const lines = commits.map(explainVerdict).filter((line) => line !== null);
  if (lines.length <= NAMED) return lines;
  return [...lines.slice(0, NAMED), `and ${lines.length - NAMED} more commits without a valid approval`];
}
