import { requires, type Suite } from '@airlock/conformance/requires';
import type { ClaudeVersion } from '../installed-claude.js';
import { isShort, requiresClaude } from '../selection.js';
import type { Deployment, Row } from './row.js';
import { TABLE } from './table.js';

const pattern = process.env['AIRLOCK_CLAUDE_ROWS'];

/** The rows that this run is for: all, those of the short form, or those whose name matches `AIRLOCK_CLAUDE_ROWS`. */
export const rowsUnderTest: readonly Row[] = TABLE.filter(
  (row) => (!isShort || row.isShort) && (pattern === undefined || new RegExp(pattern).test(row.name)),
);

/** A suite that needs a version and, where settings of the machine are made up, root. */
export function requiresDeployment(version: ClaudeVersion, deployment: Deployment): Suite {
  if (deployment === 'cooperative') return requiresClaude(version);
  return requires('root, for managed settings', process.getuid?.() === 0 && process.platform === 'linux');
}
