import { artifactHash, contentSha256 } from '@airlock/crypto';
import type { RequestOpen } from '@airlock/enforcer';
import { canonicalize, formatTime, utf8Encode } from '@airlock/protocol';
import type { SeededRng } from '../simulation/rng.js';

/** What a test says about a command; the rest is filled in. */
export interface CommandSpec {
  readonly rng: SeededRng;
  readonly requestId: string;
  readonly workspaceId: string;
  readonly enforcerId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Milliseconds. */
  readonly lifetimeMs?: number;
  readonly sessionId?: string;
  readonly argv?: readonly string[];
  readonly timeoutMs?: number;
  /** A `policy.change` with this document instead of a command. */
  readonly policy?: string;
}

const ZERO_HASH = '0'.repeat(64);

function kindMembers(spec: CommandSpec): Readonly<Record<string, unknown>> {
  if (spec.policy !== undefined) return { kind: 'policy.change', policy: spec.policy };
  return {
    kind: 'command',
    argv: spec.argv ?? ['npm', 'test'],
    cwd: '/srv/widgets',
    program: '/usr/bin/npm',
    programSha256: ZERO_HASH,
    environment: {},
    stdin: 'none',
  };
}

/** A well-formed `request.open` for a command, without its time. */
export function commandRequest(spec: CommandSpec): RequestOpen {
  const { rng, requestId, workspaceId, enforcerId, createdAt } = spec;
  const content: Readonly<Record<string, unknown>> = {
    type: 'airlock.action',
    v: 1,
    ...kindMembers(spec),
    requestId,
    artifactType: 'command.review',
    createdAt: formatTime(createdAt),
    expiresAt: formatTime(createdAt + (spec.lifetimeMs ?? 600_000)),
    salt: rng.base64Url(16),
    enforcerId,
    workspaceId,
    workspace: 'widgets',
    repoName: 'widgets',
    repoRef: 'repo:example/widgets',
    source: 'testkit',
    ...(spec.sessionId === undefined ? {} : { sessionId: spec.sessionId }),
    policyVersion: 0,
    policySha256: ZERO_HASH,
    actionType: 'terminal_command',
    commandText: (spec.argv ?? ['npm', 'test']).join(' '),
    description: 'Run a command',
  };
  const hash = contentSha256(content);
  const plaintext = canonicalize({ ...content, contentSha256: hash });
  return {
    requestId,
    workspaceId,
    plaintext,
    artifactHash: artifactHash(utf8Encode(plaintext)),
    contentSha256: hash,
    gcmNonce: rng.base64Url(12),
    submitMsgId: `msg-${rng.uuid()}`,
    ackMsgId: `ack-${rng.uuid()}`,
    ...(spec.timeoutMs === undefined ? {} : { timeoutMs: spec.timeoutMs }),
  };
}
