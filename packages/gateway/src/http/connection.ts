import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Context } from 'hono';

/** What is known about the socket under a request. */
export interface Connection {
  readonly address: string;
  readonly onGone: (listener: () => void) => () => void;
}

const IPV6_GROUPS = 8;

interface NodeEnv {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

function nodeEnv(env: unknown): NodeEnv | undefined {
  if (typeof env !== 'object' || env === null || !('incoming' in env) || !('outgoing' in env)) {
    return undefined;
  }
  // Put there by the Node adapter, which has no other type for it.
  return env as NodeEnv;
}

/** The address a request came from: proxies are believed only when the operator named them (GW-190). */
export function clientAddress(
  remote: string | undefined,
  forwardedFor: string | undefined,
  trustProxy: readonly string[],
): string {
  const chain = (forwardedFor ?? '').split(',').map((part) => part.trim());
  let address = plain(remote ?? 'unknown');
  while (trustProxy.includes(address)) {
    const next = chain.pop();
    if (next === undefined || next === '') break;
    address = plain(next);
  }
  return address;
}

function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

/**
 * Whom a limit per address counts as one: an IPv4 address, or the /64 of an IPv6 address, which is what one customer gets
 * and in which every request may have an address of its own (GW-190).
 */
export function addressGroup(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const [head = '', tail] = bare.replace(/(?:\d+\.){3}\d+$/, '0:0').split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = Array.from({ length: Math.max(IPV6_GROUPS - before.length - after.length, 0) }, () => '0');
  const prefix = [...before, ...zeros, ...after].slice(0, IPV6_GROUPS / 2);
  return `${prefix.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}

/** The connection of a request; in-process requests have none and never go away. */
export function connectionOf(c: Context, trustProxy: readonly string[]): Connection {
  const env = nodeEnv(c.env);
  if (env === undefined) return { address: 'in-process', onGone: () => () => undefined };
  const { outgoing } = env;
  return {
    address: clientAddress(env.incoming.socket.remoteAddress, c.req.header('x-forwarded-for'), trustProxy),
    onGone: (listener) => {
      outgoing.once('close', listener);
      return () => outgoing.off('close', listener);
    },
  };
}
