import type { ActionOf, McpBinding, McpServer } from '@airlock/protocol';
import { mcpBinding, mcpServerSha256 } from '../tool/mcp-call.js';
import { block, content, type FieldSource, type KindFields, line, list } from './field-source.js';

type McpCall = ActionOf<'mcp-call'>;

const CLAIM = 'claimed by the server, not checked';

/** What the call goes to; what the tool says about itself is a claim of its server. */
export function mcpFields(action: McpCall): KindFields {
  const binding = mcpBinding(action);
  const named = line('Server', action.server);
  const called = [...line('Tool', action.tool), ...block('Tool input', action.inputJson, 'command')];
  if (binding === null) return { computed: named, claimed: [], essence: [...named, ...called] };
  const place = placeFields(binding.server);
  return {
    computed: [
      ...named,
      ...place,
      ...fileFields(binding.server),
      ...line('Server identity SHA-256', mcpServerSha256(binding.server) ?? undefined),
      ...line('MCP method', binding.method),
    ],
    claimed: claimFields(binding),
    essence: [...named, ...place, ...called],
  };
}

/** The rest of the binding; null when the extension is not one, and is shown like any other. */
export function bindingFields(action: McpCall): readonly FieldSource[] | null {
  const binding = mcpBinding(action);
  if (binding === null) return null;
  const { definition, rawSha256, metaJson, paramsJson } = binding;
  return [
    ...(definition === undefined
      ? line('Tool definition', 'description not seen by the client')
      : line('Tool definition SHA-256', definition.sha256)),
    ...line('Arguments SHA-256, as they are forwarded', rawSha256),
    ...block('Metadata of the call (_meta)', metaJson, 'command'),
    ...block('Other parameters of the call', paramsJson, 'command'),
  ];
}

function placeFields(server: McpServer): readonly FieldSource[] {
  switch (server.transport) {
    case 'stdio':
      return list('Server command', server.command);
    case 'http':
      return line('Server URL', server.url);
    case 'gateway':
      return line('Server behind the name', 'not known: a gateway of somebody else forwards the call');
  }
}

function fileFields(server: McpServer): readonly FieldSource[] {
  if (server.transport !== 'stdio') return [];
  return [
    ...line('Server program', server.program),
    ...line('Server program SHA-256', server.programSha256),
    ...list(
      'Server files and their SHA-256',
      server.files.map(({ path, sha256 }) => `${path} ${sha256}`),
    ),
  ];
}

function claimFields({ definition }: McpBinding): readonly FieldSource[] {
  return [
    ...line(`Title of the tool (${CLAIM})`, definition?.title),
    ...content(`Description of the tool (${CLAIM})`, definition?.description),
    ...block(`Annotations of the tool (${CLAIM})`, definition?.annotationsJson, 'command'),
  ];
}
