import type { Node } from 'jsonc-parser';
import { type ConfiguredServer, memberOf, textOf, wordsOf } from './config-servers.js';
import { type Change, endOf, type Rewrite, sourceOf } from './rewrite.js';

/** Last word of ours before the server's own command. */
const SEPARATOR = '--';

/** Puts the proxy in front of a server that is a program: words are added, nothing of what is there is moved. */
export function wrapProgram(server: ConfiguredServer, proxy: readonly string[], text: string): Rewrite {
  const command = memberOf(server, 'command');
  const words = wordsOf(server, 'args');
  if (command?.type !== 'string' || words === null)
    return { left: 'its command is none that a program can be started by' };
  const [program = '', ...first] = proxy;
  // The name in one word with its option: a server may be called `--`.
  const own = [...first, `--name=${server.name}`, SEPARATOR].map((word) => JSON.stringify(word));
  const prefix = [...own, sourceOf(command, text)].join(', ');
  const args = memberOf(server, 'args');
  const replaced: Change = { offset: command.offset, length: command.length, text: JSON.stringify(program) };
  if (args === undefined) return { changes: [{ ...replaced, text: `${replaced.text},"args":[${prefix}]` }] };
  // The space tells an empty list from none when it is taken back.
  const inserted = words.length === 0 ? `${prefix} ` : `${prefix},`;
  return { changes: [replaced, { offset: args.offset + 1, length: 0, text: inserted }] };
}

/** Takes back {@link wrapProgram}; null for a server that is not behind the proxy. */
export function unwrapProgram(server: ConfiguredServer, text: string): Rewrite | null {
  const command = memberOf(server, 'command');
  const args = memberOf(server, 'args');
  const original = wrappedCommand(server);
  if (command === undefined || args === undefined || original === null) return null;
  const restored: Change = { offset: command.offset, length: command.length, text: sourceOf(original, text) };
  const start = args.offset + 1;
  const end = endOf(original);
  const isLast = text[end] === ']';
  if (isLast && text.slice(endOf(command), args.offset) === ',"args":') {
    return { changes: [{ ...restored, length: endOf(args) - command.offset }] };
  }
  const separator = isLast ? 0 : 1;
  return { changes: [restored, { offset: start, length: end + separator - start, text: '' }] };
}

/** The word in which a wrapped server keeps its own command; null for one that is not behind the proxy. */
function wrappedCommand(server: ConfiguredServer): Node | null {
  const words = wordsOf(server, 'args') ?? [];
  const at = words.findIndex((word, index) => word.value === 'mcp' && words[index + 1]?.value === 'proxy');
  const separator = at === -1 ? -1 : words.findIndex((word, index) => index > at && word.value === SEPARATOR);
  if (separator === -1 || textOf(server, 'command') === null) return null;
  return words[separator + 1] ?? null;
}
