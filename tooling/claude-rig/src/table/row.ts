import type { ClaudeVersion } from '../installed-claude.js';
import type { Conversation, Step } from '../model/script.js';
import type { Mode } from '../selection.js';
import type { Answering } from '../human.js';
import type { ClaudeSite } from '../site.js';

/** `cooperative`: the plugin of a user. `managed`: forced on by the machine's settings. */
export const DEPLOYMENTS = ['cooperative', 'managed'] as const;
export type Deployment = (typeof DEPLOYMENTS)[number];

/**
 * What becomes of a tool call that nobody approved. `closed`: it does not run. `open`: it runs where permissions are
 * skipped and where a rule of the user allows the tool. `bypass`: only where permissions are skipped. `refused`: the host
 * itself does not start, so nothing runs.
 */
export type Fate = 'closed' | 'open' | 'bypass' | 'refused';

/** Everything around one run of the host, made for it alone; the site is shared. */
export interface Ground {
  readonly site: ClaudeSite;
  readonly version: ClaudeVersion;
  readonly deployment: Deployment;
  /** HOME of the host. */
  readonly home: string;
  /** Folder it is started in: an ordinary folder of the paired workspace. */
  readonly folder: string;
  /** The plugin that the host loads; a row may damage it. */
  readonly plugin: string;
  /** Folder for whatever else a row needs, outside of the workspace. */
  readonly aside: string;
  /** File whose existence says that the tool ran. */
  readonly effect: string;
}

/** What a row changes about a run. */
export interface Arranged {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of one Bash call that makes the effect. */
  readonly steps?: readonly Step[];
  readonly agents?: readonly Conversation[];
  /** Folder of the host, when it is another one. */
  readonly cwd?: string;
  /** What the human says; everything is rejected otherwise. */
  readonly answering?: Answering;
  /** Called as soon as the host runs. */
  readonly meanwhile?: () => Promise<void>;
  /** Whether what the row is about came to pass, asked after the run; otherwise a tool that did not run proves nothing. */
  readonly happened?: () => boolean;
  /** Puts right what others share. */
  readonly restore?: () => Promise<void> | void;
}

export type Arrange = (ground: Ground) => Arranged | Promise<Arranged> | void | Promise<void>;

/** One line of the failure table. */
export interface Row {
  /** What is done, in the words that a reader of the documentation finds again. */
  readonly name: string;
  readonly arrange: Arrange;
  /** Fates of the user's plugin: 2.1.330, 2.1.197. */
  readonly cooperative: readonly [Fate, Fate];
  /** Fates of the managed plugin: 2.1.330, 2.1.197. */
  readonly managed: readonly [Fate, Fate];
  /** It breaks what other rows need while it lasts; both modes share one breakage. */
  readonly isExclusive: boolean;
  /** Part of the short form. */
  readonly isShort: boolean;
}

/** What the table expects in one cell. */
export function fateOf(row: Row, version: ClaudeVersion, deployment: Deployment): Fate {
  return row[deployment][version === '2.1.330' ? 0 : 1];
}

/** Whether the tool runs. */
export function runsIn(fate: Fate, mode: Mode): boolean {
  switch (fate) {
    case 'closed':
    case 'refused':
      return false;
    case 'bypass':
      return mode === 'bypass';
    case 'open':
      return true;
  }
}
