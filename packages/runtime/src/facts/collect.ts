import type { ActionFacts, TargetedAction } from '@airlock/policy';

/** What facts are collected about, as the user, before asking. */
export interface FactsSubject {
  /** What will be asked about: the content of the action. */
  readonly action: TargetedAction;
  /** Real path of the folder it happens in. */
  readonly cwd: string;
  /** Differences from a bare login, as `environmentDifferences` describes them. */
  readonly environment: Readonly<Record<string, string>>;
  /** PATH that the command gets. */
  readonly path: string | undefined;
  /** Members of the host's tool input that the adapter does not know. */
  readonly unknownInput?: readonly string[];
  /** What the command changes about its shell stays for the next command of the session. */
  readonly persistentShell?: boolean;
  /** Home of the user; that of the password database by default. */
  readonly home?: string;
}

/** Finds out everything that a pattern is pinned to. Never runs a program, never fails: what cannot be found matches no pin. */
export async function collectFacts(_subject: FactsSubject): Promise<ActionFacts> {
  throw new TypeError('not built yet');
}
