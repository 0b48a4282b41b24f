import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';

/** What is known about the socket under a request. */
export interface Connection {
  readonly address: string;
  readonly onGone: (listener: () => void) => () => void;
}

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
