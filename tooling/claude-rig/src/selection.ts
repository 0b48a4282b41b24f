import { requires, type Suite } from '@airlock/conformance/requires';
import { CLAUDE_VERSIONS, type ClaudeVersion, findClaude } from './installed-claude.js';

/** How Claude Code asks: `default` prompts, `bypass` is `--dangerously-skip-permissions`. */
export const MODES = ['default', 'bypass'] as const;
export type Mode = (typeof MODES)[number];

/** Whether only the short form runs (`--short`): 2.1.330 in bypass mode, and few rows of the tables. */
export const isShort: boolean = process.env['AIRLOCK_CLAUDE_SHORT'] === '1';

/** The versions that this run is for (`--version`). */
export const versionsUnderTest: readonly ClaudeVersion[] = CLAUDE_VERSIONS.filter((version) => {
  const wanted = process.env['AIRLOCK_CLAUDE_VERSION'] ?? (isShort ? '2.1.330' : version);
  return wanted === version;
});

/** The modes that this run is for. */
export const modesUnderTest: readonly Mode[] = isShort ? ['bypass'] : MODES;

/** A suite that needs a pinned version; skipped, or failed in CI, where it could not be installed. */
export function requiresClaude(version: ClaudeVersion): Suite {
  return requires(`Claude Code ${version}`, findClaude(version) !== undefined);
}
