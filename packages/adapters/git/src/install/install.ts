/** Hooks that Airlock takes part in. */
export const HOOKS = ['commit-msg', 'pre-push', 'reference-transaction'] as const;
/** One of {@link HOOKS}. */
export type HookName = (typeof HOOKS)[number];

/** What an installed hook starts, all absolute. */
export interface HookProgram {
  readonly node: string;
  /** The built program that takes `HOOK [ARG…]`. */
  readonly program: string;
  /** `AIRLOCK_HOME` at installation; null for the standard places. */
  readonly home: string | null;
}

/** State of one hook. */
export interface HookState {
  readonly hook: HookName;
  /** `installed`; `missing`; `replaced`: somebody wrote another file there since; `changed`: ours, with other bytes. */
  readonly state: 'installed' | 'missing' | 'replaced' | 'changed';
  readonly path: string;
  /** The hook that ours calls first, where there was one. */
  readonly chained: string | null;
}

/** What `airlock git status` tells. */
export interface GitStatus {
  readonly repository: string;
  /** Null where the repository has no identity yet. */
  readonly identity: string | null;
  readonly hooksDirectory: string;
  /** Tools that manage hooks here. */
  readonly managers: readonly ('husky' | 'lefthook' | 'pre-commit' | 'simple-git-hooks')[];
  readonly hooks: readonly HookState[];
  /** Whether commits get a trailer. */
  readonly trailer: boolean;
  /** What goes around the gate here, with what to do about it. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly fix: string | null }[];
}

/** What to install. */
export interface InstallOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly program: HookProgram;
  /** Identity to give to the repository; else the one it has, or its `origin`. */
  readonly identity?: string;
  readonly trailer?: boolean;
}

/** Puts the hooks in, calling what was there; doing it again changes nothing. @throws GitError */
export async function installGit(_options: InstallOptions): Promise<GitStatus> {
  throw new Error('not built yet');
}

/** Takes the hooks out and puts back what was there. @throws GitError `foreign_hook_changed` rather than lose a hook of others */
export async function uninstallGit(_options: Pick<InstallOptions, 'folder' | 'environment'>): Promise<GitStatus> {
  throw new Error('not built yet');
}

export async function gitStatus(_options: Pick<InstallOptions, 'folder' | 'environment'>): Promise<GitStatus> {
  throw new Error('not built yet');
}
