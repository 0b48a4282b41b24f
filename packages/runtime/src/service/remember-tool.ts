import { mcpTarget } from '@airlock/actions';
import type { ApprovedHow } from '../tools/known-tools.js';
import type { Asked } from './asked.js';
import type { Core } from './core.js';

/**
 * Makes the tool of an MCP call known whose approval was claimed, so that a later change of it is noticed (ART-145). What an
 * agent only claims says nothing about the tool that is behind a name.
 */
export function rememberTool(
  { tools }: Pick<Core, 'tools'>,
  { workspace, plaintext, isClaimed }: Asked,
  how: ApprovedHow,
): void {
  const target = isClaimed === true ? null : mcpTarget(plaintext.action);
  if (target !== null) tools.approved(workspace.workspaceId, target, how);
}
