import type { Blobs, RawCommit, TreeChange } from '@airlock/actions';

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

/** What a git command answered. */
export interface GitAnswer {
  readonly code: number;
  readonly output: Buffer;
  /** Its standard error as text, untrusted. */
  readonly complaint: string;
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
  /** Raw bytes of objects of any kind, by id; missing ones are absent. */
  objects(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly type: string; readonly bytes: Uint8Array }>>;
  /** Commits by id. Throws for one that is missing or cannot be read (`commit_not_text`). */
  commits(ids: readonly string[]): Promise<ReadonlyMap<string, RawCommit>>;
  /** What a commit changes against its first parent, and the blobs it takes to show it. */
  changesOf(commit: RawCommit): Promise<{ readonly changes: readonly TreeChange[]; readonly blobs: Blobs }>;
  /** Whether every commit of `ancestor` is reachable from `descendant`. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /**
   * Runs a git command here under the rules above, with hooks off and without a question: for what changes references of ours.
   * Answers for every exit code. The caller gives an identity and everything else that a command needs.
   */
  git(
    args: readonly string[],
    options?: {
      readonly input?: Uint8Array | string;
      /** Added to the environment of the repository. */
      readonly environment?: Readonly<Record<string, string>>;
    },
  ): Promise<GitAnswer>;
  /** The same repository for several questions at once; to be closed. */
  close(): Promise<void>;
}

/**
 * Opens the repository around a folder.
 * @param environment of the caller: git gives hooks its own `GIT_…` variables, which count
 * @throws GitError `no_repository`, `git_too_old` below 2.28
 */
export async function openRepository(
  _folder: string,
  _environment: Readonly<Record<string, string | undefined>>,
): Promise<Repository> {
  throw new Error('not built yet');
}
