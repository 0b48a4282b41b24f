/** A path, mode and object id of a tree. */
export interface TreeEntry {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  /** Full object id, lower-case hex. */
  readonly id: string;
}

/** One path that differs between two trees. */
export interface TreeChange {
  /** Raw bytes: git knows no encoding of names. */
  readonly path: Uint8Array;
  /** Null where the path is new. */
  readonly before: TreeEntry | null;
  /** Null where the path is gone. */
  readonly after: TreeEntry | null;
}

/** A blob; `bytes` is null above `LIMITS.gitBlobShownBytes`, where only its size counts (ART-135). */
export interface Blob {
  readonly size: number;
  readonly bytes: Uint8Array | null;
}

/** The blobs that a list of changes names (submodule entries are no blobs), by object id. */
export type Blobs = ReadonlyMap<string, Blob>;

/** The header and message of a commit object, read from its raw bytes. */
export interface RawCommit {
  /** Full object id, lower-case hex. */
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** The whole line: name, address, seconds since the epoch, zone. */
  readonly author: string;
  /** As `author`. */
  readonly committer: string;
  /** As stored, with its last line feed, if it has one. */
  readonly message: string;
}

/** A commit as a human is asked about it. */
export interface GitCommit extends RawCommit {
  /**
   * The complete change against the first parent (against nothing for a root commit), made by `gitDiff`; or, in a push
   * only, `approved before: <requestId>` where a receipt of the paired key covers the commit.
   */
  readonly diff: string;
}

/** What happens to one reference. */
export interface RefUpdate {
  /** Full name. */
  readonly ref: string;
  /** Object id now; null where there is none. */
  readonly before: string | null;
  /** Object id afterwards; null where it is deleted. */
  readonly after: string | null;
  /** Commits would be lost from it. */
  readonly isForced: boolean;
}

/** What an adapter found out about commits that branches are to take. */
export interface GitCommitFacts {
  /** Identity of the repository, the same in every clone. */
  readonly repository: string;
  /** Parents before children. */
  readonly commits: readonly GitCommit[];
  readonly refs: readonly RefUpdate[];
}

/** What an adapter found out about a push. */
export interface GitPushFacts extends GitCommitFacts {
  readonly remote: {
    readonly name: string;
    /** Without a password. */
    readonly url: string;
  };
}

/** A commit that an approved action names, as a receipt proves it. */
export interface ApprovedCommit extends GitCommit {
  readonly repository: string;
}
