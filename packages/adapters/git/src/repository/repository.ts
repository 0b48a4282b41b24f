import { ActionError, type Blobs, type RawCommit, readCommit, type TreeChange } from '@airlock/actions';
import { GitError } from '../errors.js';
import { readBlobs } from './blobs.js';
import type { Environment } from './environment.js';
import { type GitAnswer, type GitCall, type GitProgram, refuseAmbiguous } from './git-program.js';
import { History } from './history.js';
import { missing, Objects, type RawObject } from './objects.js';
import { findRepository } from './find-repository.js';
import { treeChanges } from './tree-changes.js';

/** One line of a reference update, as git tells it to hooks. */
export interface RefLine {
  /** Full object id; all zeroes where there is none. */
  readonly before: string;
  readonly after: string;
  /** Full name. */
  readonly ref: string;
}

/** Ends of history that a walk does not enter. */
export interface Known {
  /** Revision arguments, for example `--branches` or an object id. */
  readonly revisions: readonly string[];
}

/**
 * A repository, read from its raw objects: replace refs, grafts, commit graphs, textconv, attributes and configuration take no
 * part in what it answers. Every method throws `GitError`.
 */
export interface Repository {
  /** The folder that git commands run in: the work tree, or the repository itself where there is none. */
  readonly folder: string;
  /** `git rev-parse --git-common-dir`, absolute. */
  readonly commonDirectory: string;
  /** Of `sha1` or `sha256` repositories. */
  readonly zeroId: string;
  /** The value of a configuration variable; null where it is not set. */
  config(name: string): Promise<string | null>;
  /** Every value of a variable that may be given more than once. */
  configAll(name: string): Promise<readonly string[]>;
  /** Object id of a revision; null when there is none. */
  resolve(revision: string): Promise<string | null>;
  /** References below a prefix with the objects they name. */
  references(prefix: string): Promise<ReadonlyMap<string, string>>;
  /**
   * Commits that are reachable from the tips and not from what is known, parents before children, by their raw parents:
   * nothing that the client stores beside the objects can hide one.
   */
  newCommits(tips: readonly string[], known: Known): Promise<readonly string[]>;
  /** Of a `REV_RANGE`, parents before children. */
  commitsOf(range: string): Promise<readonly string[]>;
  /** Raw bytes of objects of any kind, by id; missing ones are absent. Throws `change_too_large` above 512 MiB. */
  objects(ids: readonly string[]): Promise<ReadonlyMap<string, RawObject>>;
  /** Commits by id. Throws for one that is missing or cannot be read (`commit_not_text`). */
  commits(ids: readonly string[]): Promise<ReadonlyMap<string, RawCommit>>;
  /** What a commit changes against its first parent, and the blobs it takes to show it. */
  changesOf(commit: RawCommit): Promise<{ readonly changes: readonly TreeChange[]; readonly blobs: Blobs }>;
  /** Whether every commit of `ancestor` is reachable from `descendant`. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /**
   * Runs a git command here under the rules above, with hooks off and without a question: for what changes references of ours.
   * The caller gives an identity and everything else that a command needs.
   */
  run(args: readonly string[], call?: GitCall): Promise<GitAnswer>;
  /** The same repository for several questions at once; to be closed. */
  close(): Promise<void>;
}

/**
 * Opens the repository around a folder.
 * @param environment of the caller: git gives hooks its own `GIT_…` variables, which count
 * @throws GitError `no_repository`, `git_not_found`, `git_too_old` below 2.28
 */
export async function openRepository(folder: string, environment: Environment): Promise<Repository> {
  const found = await findRepository(folder, environment);
  return new OpenRepository(found.git, found);
}

/** What is read into memory with one call, bytes: objects of a push are small as they come and may be large as they are. */
const MOST_AT_ONCE = 512 * 1024 * 1024;

/** The complete name of a reference. */
const FULL_NAME = /^(refs\/(?:(?!@\{)[^\0-\x20\x7f~^:?*[\\])+)(\^\{commit\})?$/;

class OpenRepository implements Repository {
  readonly folder: string;
  readonly commonDirectory: string;
  readonly zeroId: string;
  readonly #git: GitProgram;
  readonly #objects: Objects;
  readonly #history: History;

  constructor(
    git: GitProgram,
    { commonDirectory, hash }: { readonly commonDirectory: string; readonly hash: 'sha1' | 'sha256' },
  ) {
    this.folder = git.folder;
    this.commonDirectory = commonDirectory;
    this.zeroId = '0'.repeat(hash === 'sha1' ? 40 : 64);
    this.#git = git;
    this.#objects = new Objects(git, hash);
    this.#history = new History(git, this.#objects);
  }

  async config(name: string): Promise<string | null> {
    return (await this.configAll(name)).at(-1) ?? null;
  }

  async configAll(name: string): Promise<readonly string[]> {
    const { stdout } = await this.#git.run(['config', '--null', '--get-all', name], { exits: [0, 1] });
    return stdout.toString('utf8').split('\0').slice(0, -1);
  }

  async resolve(revision: string): Promise<string | null> {
    if (revision.startsWith('-')) return null;
    const [, name, peeled = ''] = FULL_NAME.exec(revision) ?? [];
    if (name !== undefined) {
      const id = await this.#named(name);
      return id === null || peeled === '' ? id : await this.resolve(id + peeled);
    }
    const answer = await this.#git.run(['rev-parse', '--verify', revision], { exits: [0, 1, 128] });
    // Quietly, git would not say that it chose.
    refuseAmbiguous(answer);
    const id = answer.stdout.toString('latin1').trim();
    return id === '' ? null : id;
  }

  /** The reference of exactly this name: `rev-parse` would take one below `refs/tags/` where there is none. */
  async #named(name: string): Promise<string | null> {
    const { stdout } = await this.#git.run(['show-ref', '--verify', '--hash', '--', name], { exits: [0, 1, 128] });
    const id = stdout.toString('latin1').trim();
    return id === '' ? null : id;
  }

  async references(prefix: string): Promise<ReadonlyMap<string, string>> {
    const { stdout } = await this.#git.run(['for-each-ref', '--format=%(objectname) %(refname)', prefix]);
    const lines = stdout.toString('utf8').split('\n').slice(0, -1);
    return new Map(lines.map((line) => [line.slice(this.zeroId.length + 1), line.slice(0, this.zeroId.length)]));
  }

  newCommits(tips: readonly string[], { revisions }: Known): Promise<readonly string[]> {
    return this.#history.newCommits(tips, revisions);
  }

  async commitsOf(range: string): Promise<readonly string[]> {
    const ends = range.startsWith('-') ? [] : await this.#history.ids([range]);
    if (ends.length === 0)
      throw new GitError('git_failed', `no such range of commits: ${range}`, { fix: 'git log RANGE' });
    const [known, tips] = [ends.filter((id) => id.startsWith('^')), ends.filter((id) => !id.startsWith('^'))];
    return await this.newCommits(tips, { revisions: known.map((id) => id.slice(1)) });
  }

  objects(ids: readonly string[]): Promise<ReadonlyMap<string, RawObject>> {
    return this.#objects.read(ids, MOST_AT_ONCE);
  }

  async commits(ids: readonly string[]): Promise<ReadonlyMap<string, RawCommit>> {
    const found = await this.#objects.read(ids);
    const commits = new Map<string, RawCommit>();
    for (const id of ids) {
      const object = found.get(id);
      if (object === undefined) throw missing(id);
      commits.set(id, textCommit(id, object));
    }
    return commits;
  }

  async changesOf(commit: RawCommit): Promise<{ readonly changes: readonly TreeChange[]; readonly blobs: Blobs }> {
    const [parent] = commit.parents;
    const before = parent === undefined ? null : (await this.#history.links([parent])).get(parent)?.tree;
    const changes = await treeChanges(before ?? null, commit.tree, this.#objects);
    return { changes, blobs: await readBlobs(changes, this.#objects) };
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return !(await this.newCommits([ancestor], { revisions: [descendant] })).length;
  }

  run(args: readonly string[], call: GitCall = {}): Promise<GitAnswer> {
    return this.#git.run(args, call);
  }

  close(): Promise<void> {
    return this.#objects.close();
  }
}

function textCommit(id: string, { type, bytes }: RawObject): RawCommit {
  if (type !== 'commit') throw new GitError('object_damaged', `object ${id} is a ${type}, not a commit`);
  try {
    return readCommit(id, bytes);
  } catch (cause) {
    if (!(cause instanceof ActionError)) throw cause;
    if (cause.code !== 'content_not_text')
      throw new GitError('object_damaged', `commit ${id}: ${cause.message}`, { cause });
    throw new GitError('commit_not_text', `the message or a name in commit ${id} is not UTF-8, so it cannot be shown`, {
      cause,
      fix: 'git -c i18n.commitEncoding=UTF-8 commit, with a message in UTF-8',
    });
  }
}
