import { realpathSync } from 'node:fs';
import { AdapterFailure } from '../failure.js';
import type { ToolEvent } from '../events/tool-event.js';
import { describeCommand } from './command.js';
import { changesFile, describeFileTool } from './file-edit.js';
import { withoutHostVariables } from './host-variables.js';
import { describeMcp, isMcpName } from './mcp.js';
import { describePlainTool } from './plain-tool.js';
import { describeReader, isReader } from './reads.js';
import type { DescribedTool, ToolCall } from './tool-call.js';

/** Describes a tool call with everything that will happen (ART-130), never by what its text says (LOC-070). */
export async function describeTool(event: ToolEvent, environment: ToolCall['environment']): Promise<DescribedTool> {
  const known = environment === null ? null : withoutHostVariables(environment);
  const call: ToolCall = { event, cwd: realCwd(event.cwd), environment: known };
  if (isMcpName(event.tool)) return await describeMcp(call);
  if (event.tool === 'Bash') return await describeCommand(call);
  if (changesFile(event.tool)) return await describeFileTool(call);
  return isReader(event.tool) ? await describeReader(call) : await describePlainTool(call);
}

function realCwd(cwd: string | null): string {
  if (cwd === null) throw new AdapterFailure('cwd_unknown', 'Nobody said in which folder this call happens');
  try {
    return realpathSync.native(cwd);
  } catch (cause) {
    throw new AdapterFailure('cwd_unknown', `The folder ${cwd} of this call is gone or cannot be read`, { cause });
  }
}
