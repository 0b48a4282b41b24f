import { createHash } from 'node:crypto';
import { GitError } from '../errors.js';
import type { GitAnswer } from '../repository/git-program.js';
import type { Repository } from '../repository/repository.js';
import { noteOf } from './note-lines.js';
import { readLines, readNotes } from './note-tree.js';
import { type NoteChange, RECEIPTS_REF, writeNotes } from './write-notes.js';

/** Below it: what remotes had when we last looked, by remote. */
export const REMOTE_RECEIPTS = 'refs/airlock/remotes/';

const ATTEMPTS = 8;
const PUSH = ['push', '--no-verify', '--no-follow-tags', '--recurse-submodules=no', '--quiet', '--'];
const FETCH = [
  'fetch',
  ...['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance', '--'],
];

/** Brings the receipts of a remote and ours together. @throws GitError `git_failed` */
export async function exchangeReceipts(repository: Repository, remote: string): Promise<void> {
  let theirs = await receiptsAt(repository, remote);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (theirs !== null) {
      await fetchReceipts(repository, remote, theirs);
      await unite(repository, theirs);
    }
    const ours = await repository.resolve(RECEIPTS_REF);
    if (ours === null || ours === theirs) return;
    const refspec = `${ours}:${RECEIPTS_REF}`;
    const push = await repository.run([...PUSH, remote, refspec], { exits: [0, 1, 128], network: true });
    if (push.exit === 0) return;
    const seen = await receiptsAt(repository, remote);
    if (seen === theirs)
      throw new GitError('git_failed', `${remote} does not take our receipts: ${push.stderr.trim()}`);
    theirs = seen;
  }
  throw new GitError('git_failed', `Others kept changing the receipts of ${remote}; the next push brings ours`);
}

/** Takes the receipts of another notes commit into ours, line by line; needs no common history. */
async function unite(repository: Repository, theirs: string): Promise<void> {
  await writeNotes(repository, async (from) => {
    if (from === theirs || (from !== null && (await repository.isAncestor(theirs, from)))) return null;
    if (from === null || (await repository.isAncestor(from, theirs))) return { forward: theirs };
    return { message: 'Unite receipts', merge: theirs, changes: await missingNotes(repository, from, theirs) };
  });
}

async function missingNotes(repository: Repository, from: string, theirs: string): Promise<NoteChange[]> {
  const [mine, other] = [await readNotes(repository, from), await readNotes(repository, theirs)];
  const changes: NoteChange[] = [];
  const differing: string[] = [];
  for (const [object, notes] of other.byObject) {
    const known = mine.byObject.get(object) ?? [];
    const [only] = notes;
    if (known.length === 1 && notes.length === 1 && only?.blob === known[0]?.blob) continue;
    if (known.length === 0 && notes.length === 1 && only !== undefined)
      changes.push({ object, content: only.blob, replaces: [] });
    else differing.push(object);
  }
  const ourLines = await readLines(repository, mine.byObject, differing);
  const theirLines = await readLines(repository, other.byObject, differing);
  for (const object of differing) {
    const lines = [...(ourLines.get(object) ?? []), ...(theirLines.get(object) ?? [])];
    changes.push({ object, content: noteOf(lines), replaces: mine.byObject.get(object) ?? [] });
  }
  return changes;
}

/** Which notes commit a remote has. */
async function receiptsAt(repository: Repository, remote: string): Promise<string | null> {
  const { stdout } = await talk(repository, ['ls-remote', '--quiet', '--', remote, RECEIPTS_REF]);
  for (const line of stdout.toString('latin1').split('\n')) {
    const [id, name] = line.split('\t');
    if (name === RECEIPTS_REF && id !== undefined) return id;
  }
  return null;
}

async function fetchReceipts(repository: Repository, remote: string, id: string): Promise<void> {
  if ((await repository.objects([id])).has(id)) return;
  const refspec = `+${RECEIPTS_REF}:${REMOTE_RECEIPTS}${refPart(remote)}`;
  await talk(repository, [...FETCH, remote, refspec]);
}

async function talk(repository: Repository, args: readonly string[]): Promise<GitAnswer> {
  const answer = await repository.run(args, { exits: [0, 1, 128], network: true });
  if (answer.exit === 0) return answer;
  throw new GitError('git_failed', `git ${args[0] ?? ''} of the receipts failed: ${answer.stderr.trim()}`);
}

/** The name of a remote; of one that was given by its address, what can stand in the name of a reference. */
function refPart(remote: string): string {
  if (/^[A-Za-z0-9_](?:[-_A-Za-z0-9]|[.](?![.]|lock$|$))*$/.test(remote)) return remote;
  return `url-${createHash('sha256').update(remote).digest('hex').slice(0, 16)}`;
}
