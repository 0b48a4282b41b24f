/** Hooks that Airlock takes part in where people work. */
export const HOOKS = ['commit-msg', 'pre-push', 'reference-transaction'] as const;
/** One of {@link HOOKS}. */
export type HookName = (typeof HOOKS)[number];

/** Hooks of a bare repository, which others push to. */
export const SERVER_HOOKS = ['pre-receive'] as const;
/** A hook of either side. */
export type AnyHook = HookName | (typeof SERVER_HOOKS)[number];

/** Tools that manage hooks. */
export type HookManager = 'husky' | 'lefthook' | 'pre-commit' | 'simple-git-hooks';

/** What an installed hook starts, all absolute. */
export interface HookProgram {
  readonly node: string;
  /** The built program that takes `[--home DIR] HOOK [ARG…]`; for `pre-receive` it is {@link HookProgram.command}. */
  readonly program: string;
  /** The built `airlock` command. */
  readonly command: string;
  /** `AIRLOCK_HOME` at installation; null for the standard places. */
  readonly home: string | null;
}

/** State of one hook. */
export interface HookState {
  readonly hook: AnyHook;
  /** `installed`; `missing`; `replaced`: somebody wrote another file there since; `changed`: ours, with other bytes. */
  readonly state: 'installed' | 'missing' | 'replaced' | 'changed';
  readonly path: string;
  /** The hook that ours calls first, where there was one. */
  readonly chained: string | null;
}

/** Something that keeps the gate from holding here. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** What to type or do; null where there is nothing. */
  readonly fix: string | null;
}

/** What `airlock git status` tells. */
export interface GitStatus {
  readonly repository: string;
  /** `server` for a bare repository, which judges what is pushed to it. */
  readonly side: 'client' | 'server';
  /** Null where the repository has no identity yet. */
  readonly identity: string | null;
  readonly hooksDirectory: string;
  /** Tools that manage hooks here. */
  readonly managers: readonly HookManager[];
  readonly hooks: readonly HookState[];
  /** Whether commits get a trailer. */
  readonly trailer: boolean;
  /** What goes around the gate here, with what to do about it. */
  readonly problems: readonly Problem[];
}

/** Where to look. */
export interface LookOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What to install. */
export interface InstallOptions extends LookOptions {
  readonly program: HookProgram;
  /** Identity to give to the repository; else the one it has, or its `origin`. */
  readonly identity?: string;
  readonly trailer?: boolean;
}
