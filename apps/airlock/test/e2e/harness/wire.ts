import type { HostileGateway, ProxiedRequest } from '@airlock/testkit';

/** A delivered decision as it travels (EXCH-100). */
export interface DeliveredEnvelope {
  readonly requestId: string;
  readonly msgId: string;
  readonly body: {
    readonly artifactHash: string;
    readonly decision: string;
    readonly nonce: string;
    readonly signerKeyId: string;
    readonly signature: string;
    readonly harpDecision?: Readonly<Record<string, unknown>>;
  };
}

export const WAIT = { method: 'GET', path: /^\/v1\/exchanges\/[^/]+\/wait\/?$/ };
export const SUBMIT = { method: 'POST', path: /^\/v1\/artifacts\/?$/ };

export function requestIdOf({ path }: Pick<ProxiedRequest, 'path'>): string {
  return decodeURIComponent(path.split('/')[3] ?? '');
}

/** Rewrites each delivered decision; returns how to make the gateway honest again. */
export function onDecision(
  gateway: HostileGateway,
  rewrite: (envelope: DeliveredEnvelope) => unknown | Promise<unknown>,
): () => void {
  return gateway.tamper(WAIT, async (_request, forward) => {
    const answer = await forward();
    if (answer.status !== 200) return answer;
    return { ...answer, body: JSON.stringify(await rewrite(JSON.parse(answer.body) as DeliveredEnvelope)) };
  });
}
