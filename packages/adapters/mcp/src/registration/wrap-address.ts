import { getNodeValue } from 'jsonc-parser';
import { type ConfiguredServer, memberOf, membersOf, textOf } from './config-servers.js';
import { indented, type Rewrite, sourceOf } from './rewrite.js';

/** Variable in which a server that has an address keeps how it stood in the file. */
export const ORIGINAL_VARIABLE = 'AIRLOCK_WRAPPED';

/** What clients call the address of a server that speaks Streamable HTTP. */
const ADDRESSES = ['url', 'httpUrl', 'serverUrl'] as const;

/** Members that say how a server is reached; the proxy has them now. */
const REPLACED = new Set<string>([...ADDRESSES, 'type', 'transport', 'headers', 'env']);

/** The address of a server; null for a program. */
export function addressOf(server: ConfiguredServer): string | null {
  return ADDRESSES.map((name) => textOf(server, name)).find((url) => url !== null) ?? null;
}

/** Puts the proxy in front of a server that has an address. Values of headers go where no other program of the user sees them. */
export function wrapAddress(server: ConfiguredServer, proxy: readonly string[], text: string): Rewrite {
  const url = addressOf(server) ?? '';
  if ((textOf(server, 'type') ?? textOf(server, 'transport')) === 'sse') {
    return { left: 'it speaks HTTP+SSE of 2024-11-05, which the proxy does not' };
  }
  const headers = membersOf(memberOf(server, 'headers'));
  if (headers.some(({ node }) => node.type !== 'string')) return { left: 'its headers are not all text' };
  const variables = headers.map(({ name, node }, index) => ({
    header: name,
    variable: `AIRLOCK_HEADER_${index + 1}`,
    value: String(node.value),
  }));
  const [program = '', ...first] = proxy;
  const named = variables.flatMap(({ header, variable }) => ['--header-env', `${header}=${variable}`]);
  const others = membersOf(server.node).filter(({ name }) => !REPLACED.has(name));
  const wrapped = {
    ...(memberOf(server, 'type') === undefined ? {} : { type: 'stdio' }),
    command: program,
    args: [...first, `--name=${server.name}`, '--url', url, ...named],
    env: {
      ...environmentOf(server),
      ...Object.fromEntries(variables.map(({ variable, value }) => [variable, value])),
      [ORIGINAL_VARIABLE]: sourceOf(server.node, text),
    },
    ...Object.fromEntries(others.map(({ name, node }) => [name, getNodeValue(node) as unknown])),
  };
  const { offset, length } = server.node;
  return { changes: [{ offset, length, text: indented(wrapped, offset, text) }] };
}

/** Takes back {@link wrapAddress}; null for a server that is not such a one. */
export function unwrapAddress(server: ConfiguredServer): Rewrite | null {
  const original = environmentOf(server)[ORIGINAL_VARIABLE];
  const { offset, length } = server.node;
  return original === undefined ? null : { changes: [{ offset, length, text: original }] };
}

function environmentOf(server: ConfiguredServer): Readonly<Record<string, string>> {
  const members = membersOf(memberOf(server, 'env')).filter(({ node }) => node.type === 'string');
  return Object.fromEntries(members.map(({ name, node }) => [name, String(node.value)]));
}
