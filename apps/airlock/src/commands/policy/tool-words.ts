import type { PolicyAnswer } from '@airlock/runtime/client';

/** A tool of an MCP server that is allowed, as the daemon tells it. */
export type AllowedTool = NonNullable<PolicyAnswer['tools']>[number];

/** A tool by its names; whoever prints it makes it visible first. */
export function toolWords({ server, tool }: { readonly server: string; readonly tool: string }): string {
  return `the tool ${tool} of the server ${server}`;
}

/** An allowed tool with what it is pinned to, as far as a person compares hashes. */
export function toolLines({ id, tool }: AllowedTool): readonly string[] {
  const short = (hash: string) => `${hash.slice(0, 16)}…`;
  return [
    `${id}  ${toolWords(tool)}`,
    `    while the server (${short(tool.serverSha256)}) and the definition (${short(tool.definitionSha256)}) stay the same`,
  ];
}
