import { addressOf, unwrapAddress, wrapAddress } from './wrap-address.js';
import { readConfig, replaceConfig } from './config-file.js';
import { type ConfiguredServer, configuredServers, memberOf, textOf, wordsOf } from './config-servers.js';
import { applied, type Rewrite } from './rewrite.js';
import { unwrapProgram, wrapProgram } from './wrap-program.js';

export interface WrapOptions {
  /** The client configuration, as the user named it. */
  readonly file: string;
  /** How a wrapped server starts the proxy: program and arguments up to `mcp proxy`. */
  readonly proxy: readonly string[];
}

export interface WrappedServer {
  readonly name: string;
  /** `left`: already so, or nothing that can be wrapped; `reason` says why. */
  readonly result: 'wrapped' | 'unwrapped' | 'left';
  readonly reason?: string;
}

/** What `airlock mcp proxy --name` takes. */
const NAME = /^\P{Cc}{1,200}$/u;

/**
 * Puts every server of a client configuration behind the proxy. What cannot be wrapped is left as it is, and said.
 * @throws ConfigError; the file is then as it was
 */
export function wrapConfig({ file, proxy }: WrapOptions): readonly WrappedServer[] {
  return rewriteConfig(file, 'wrapped', (server, text) => {
    if (!NAME.test(server.name)) return { left: 'its name is empty, too long or holds control characters' };
    const [program, isProxy] = [proxy.slice(0, -1), startsAs(server, proxy)];
    if (isOurs(server)) return { left: startsAs(server, program) ? 'it is Airlock itself' : ANOTHER };
    if (taken(server, text) !== null) return { left: isProxy ? 'it is behind the proxy already' : ANOTHER };
    if (memberOf(server, 'command') !== undefined) return wrapProgram(server, proxy, text);
    return addressOf(server) === null
      ? { left: 'it has neither a command nor an address' }
      : wrapAddress(server, proxy, text);
  });
}

/**
 * Puts back exactly what {@link wrapConfig} found, for every server that it wrapped.
 * @throws ConfigError; the file is then as it was
 */
export function unwrapConfig({ file }: Pick<WrapOptions, 'file'>): readonly WrappedServer[] {
  return rewriteConfig(
    file,
    'unwrapped',
    (server, text) => taken(server, text) ?? { left: 'it is not behind the proxy' },
  );
}

function taken(server: ConfiguredServer, text: string): Rewrite | null {
  return unwrapAddress(server) ?? unwrapProgram(server, text);
}

/** Whoever wrote the file may have written what looks like ours. */
const ANOTHER =
  'it looks like Airlock, but is started by another program than this Airlock: see for yourself what it is';

/** Whether the command of a server begins with these words. */
function startsAs(server: ConfiguredServer, beginning: readonly string[]): boolean {
  const words = [textOf(server, 'command'), ...(wordsOf(server, 'args') ?? []).map(({ value }) => String(value))];
  return beginning.every((word, index) => words[index] === word);
}

/** `airlock mcp serve`: asking it asks the human. */
function isOurs(server: ConfiguredServer): boolean {
  const words = (wordsOf(server, 'args') ?? []).map(({ value }) => String(value));
  return words.at(-2) === 'mcp' && words.at(-1) === 'serve';
}

type Rewriter = (server: ConfiguredServer, text: string) => Rewrite;

function rewriteConfig(file: string, done: 'wrapped' | 'unwrapped', rewrite: Rewriter): readonly WrappedServer[] {
  const { path, text } = readConfig(file);
  const results = configuredServers(text).map((server) => ({ name: server.name, rewrite: rewrite(server, text) }));
  const changes = results.flatMap((each) => ('changes' in each.rewrite ? each.rewrite.changes : []));
  if (changes.length > 0) replaceConfig(path, text, applied(text, changes));
  return results.map((each) =>
    'left' in each.rewrite
      ? { name: each.name, result: 'left', reason: each.rewrite.left }
      : { name: each.name, result: done },
  );
}
