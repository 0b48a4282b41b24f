import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { ConfigError } from './config-error.js';

/** One server of a configuration, and where it stands in the text. */
export interface ConfiguredServer {
  readonly name: string;
  /** An object. */
  readonly node: Node;
}

/** Where clients keep their servers: Claude Code and Desktop, Cursor, Gemini and others; VS Code; its user settings; Zed. */
const PLACES: readonly (readonly string[])[] = [['mcpServers'], ['servers'], ['mcp', 'servers'], ['context_servers']];

/**
 * Every server in the text of a client configuration: JSON, comments and trailing commas allowed. Those of single projects in
 * the file of Claude Code too.
 * @throws ConfigError `config_invalid`, `config_no_servers`
 */
export function configuredServers(text: string): readonly ConfiguredServer[] {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const line = text.slice(0, error.offset).split('\n').length;
    throw new ConfigError('config_invalid', `line ${line}: ${printParseErrorCode(error.error)}`);
  }
  if (root?.type !== 'object') throw new ConfigError('config_invalid', 'it holds no JSON object');
  refuseTwice(root);
  const projects = valuesOf(findNodeAtLocation(root, ['projects']));
  const maps = [root, ...projects]
    .flatMap((owner) => PLACES.map((place) => findNodeAtLocation(owner, [...place])))
    .filter((node) => node?.type === 'object');
  if (maps.length === 0) {
    throw new ConfigError('config_no_servers', 'it has no "mcpServers" or "servers"', {
      fix: 'name the file in which your client keeps its MCP servers',
    });
  }
  return maps.flatMap((map) => membersOf(map).filter(({ node }) => node.type === 'object'));
}

/** A key that stands twice is another server to another reader. */
function refuseTwice(node: Node): void {
  const keys = new Set<string>();
  for (const { name, node: value } of membersOf(node)) {
    if (keys.has(name)) throw new ConfigError('config_invalid', `"${name}" stands twice in one object`);
    keys.add(name);
    refuseTwice(value);
  }
}

/** Members of an object in the order of the text. */
export function membersOf(node: Node | undefined): readonly ConfiguredServer[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [{ name: String(key.value), node: value }],
  );
}

function valuesOf(node: Node | undefined): readonly Node[] {
  return membersOf(node).map(({ node: value }) => value);
}

/** A member's node; undefined without it. */
export function memberOf(server: ConfiguredServer, name: string): Node | undefined {
  return membersOf(server.node).find((member) => member.name === name)?.node;
}

/** The value of a member that is a string; null for everything else. */
export function textOf(server: ConfiguredServer, name: string): string | null {
  const node = memberOf(server, name);
  return node?.type === 'string' ? String(node.value) : null;
}

/** The items of a member that is a list of strings; null for everything else, empty without the member. */
export function wordsOf(server: ConfiguredServer, name: string): readonly Node[] | null {
  const node = memberOf(server, name);
  if (node === undefined) return [];
  const items = node.children ?? [];
  return node.type === 'array' && items.every(({ type }) => type === 'string') ? items : null;
}
