import { randomBytes, randomUUID } from 'node:crypto';
import {
  ed25519PublicKey,
  ed25519Sign,
  enrollmentSignable,
  decisionPipeText,
  signPairingResponse,
  x25519PublicKey,
  x25519SharedSecret,
} from '@airlock/crypto';
import { base64UrlDecode, base64UrlEncode, formatTime } from '@airlock/protocol';
import type { Gateway } from '../../src/index.js';
import type { Call } from './call.js';

interface Bench {
  readonly gateway: Pick<Gateway, 'admin'>;
  readonly call: Call;
  readonly now: () => number;
}

/** A device of the user with real keys. */
export interface Device {
  readonly approverId: string;
  readonly seed: Uint8Array;
  readonly publicKey: string;
  readonly headers: Record<string, string>;
}

/** A completed pairing as both sides know it. */
export interface Paired {
  readonly pairingId: string;
  readonly routingToken: string;
  readonly signerKeyId: string;
  readonly enforcerId: string;
  readonly deviceId: string;
  readonly nonce: string;
  readonly responseJson: string;
  readonly device: Device;
}

export interface PairOptions {
  readonly enforcerId?: string;
  readonly deviceId?: string;
  readonly device?: Device;
  readonly headers?: Record<string, string>;
}

/** One user: an enforcer, and devices that approve. */
export interface Party {
  readonly userId: string;
  readonly enforcer: Record<string, string>;
  /** An approver credential without a device. */
  readonly console: Record<string, string>;
  readonly device: Device;
  readonly register: () => Promise<Device>;
  readonly initiate: (options?: PairOptions) => Promise<any>;
  readonly complete: (session: any, device?: Device) => Promise<any>;
  readonly pair: (options?: PairOptions) => Promise<Paired>;
  readonly submission: (paired: Paired, over?: Record<string, unknown>) => Submission;
  readonly decision: (paired: Paired, submission: Submission, over?: DecisionOver) => any;
}

export interface Submission {
  readonly msgId: string;
  readonly msgType: string;
  readonly requestId: string;
  readonly createdAt: string;
  readonly sender: { readonly enforcerId: string };
  readonly body: Record<string, any>;
}

export interface DecisionOver {
  readonly decision?: string;
  readonly nonce?: string;
  readonly seed?: Uint8Array;
  readonly body?: Record<string, unknown>;
  readonly approverId?: string;
}

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

async function registerDevice(bench: Bench, headers: Record<string, string>): Promise<Device> {
  const seed = new Uint8Array(randomBytes(32));
  const publicKey = base64UrlEncode(ed25519PublicKey(seed));
  const timestamp = formatTime(bench.now());
  const signature = base64UrlEncode(ed25519Sign(seed, enrollmentSignable({ publicKey, timestamp })));
  const answer = await bench.call('POST', '/v1/approvers', {
    headers,
    body: { approverLabel: 'Terminal', publicKey, timestamp, signature },
  });
  if (answer.status !== 201) throw new Error(`registration: ${answer.status} ${answer.text}`);
  return {
    approverId: answer.body.approverId,
    seed,
    publicKey,
    headers: { Authorization: `Bearer ${answer.body.accessToken}` },
  };
}

/** The approver's answer to a session, signed for real. */
export async function pairingResponse(bench: Pick<Bench, 'now'>, session: any, device: Device) {
  const approverX = new Uint8Array(randomBytes(32));
  const enforcerX25519 = base64UrlDecode(session.x25519PublicKey);
  return await signPairingResponse(
    { publicKey: ed25519PublicKey(device.seed), sign: async (message) => ed25519Sign(device.seed, message) },
    {
      pairingNonce: session.nonce,
      enforcerId: session.enforcerId,
      enforcerLabel: session.enforcerLabel,
      workspaceName: session.workspaceName,
      enforcerX25519,
      approverX25519: x25519PublicKey(approverX),
      sharedSecret: x25519SharedSecret(approverX, enforcerX25519),
      timestamp: formatTime(bench.now()),
      capabilities: ['harp-decision/1'],
    },
  );
}

function submission(bench: Bench, paired: Paired, over: Record<string, unknown> = {}): Submission {
  const now = bench.now();
  const { body, ...envelope } = over as { body?: Record<string, unknown> };
  return {
    msgId: `msg-${randomUUID()}`,
    msgType: 'artifact.submit',
    requestId: `req-${randomUUID()}`,
    createdAt: formatTime(now),
    sender: { enforcerId: paired.enforcerId },
    ...envelope,
    body: {
      artifactType: 'command.review',
      artifactHash: randomBytes(32).toString('hex'),
      ciphertext: {
        alg: 'AES-256-GCM',
        data: b64(randomBytes(64)),
        nonce: b64(randomBytes(12)),
        tag: b64(randomBytes(16)),
      },
      expiresAt: formatTime(now + 600_000),
      metadata: { routingToken: paired.routingToken, workspaceName: 'widgets' },
      ...body,
    },
  };
}

function decision(bench: Bench, paired: Paired, sent: Submission, over: DecisionOver = {}) {
  const artifactHash = String(sent.body['artifactHash']);
  const word = over.decision ?? 'approve';
  const nonce = over.nonce ?? randomBytes(16).toString('base64url');
  const signable = word === 'approve' || word === 'reject' ? word : 'approve';
  const text = decisionPipeText({ artifactHash, decision: signable, nonce });
  const signature = ed25519Sign(over.seed ?? paired.device.seed, new TextEncoder().encode(text));
  return {
    msgId: `msg-${randomUUID()}`,
    msgType: 'decision.submit',
    requestId: sent.requestId,
    createdAt: formatTime(bench.now()),
    sender: { approverId: over.approverId ?? paired.device.approverId },
    body: {
      artifactHash,
      decision: word,
      signerKeyId: paired.signerKeyId,
      nonce,
      signature: base64UrlEncode(signature),
      ...over.body,
    },
  };
}

/** Makes a user the way the operator does, and its first device the way a device registers. */
export async function party(bench: Bench, name: string): Promise<Party> {
  const { admin } = bench.gateway;
  const { userId } = await admin.addUser(name);
  const approver = await admin.createPat({ user: name, role: 'approver' });
  const enforcer = await admin.createPat({ user: name, role: 'enforcer' });
  const console = { 'X-PAT': approver.pat };
  const enforcerHeaders = { 'X-PAT': enforcer.pat };
  const register = (): Promise<Device> => registerDevice(bench, console);
  const device = await register();

  const initiate: Party['initiate'] = async (options = {}) => {
    const body = {
      deviceId: options.deviceId ?? `dev-${randomUUID()}`,
      enforcerId: options.enforcerId ?? `enf-${randomUUID()}`,
      x25519PublicKey: base64UrlEncode(x25519PublicKey(new Uint8Array(randomBytes(32)))),
      enforcerLabel: 'Airlock',
      workspaceName: 'widgets',
    };
    const headers = options.headers ?? enforcerHeaders;
    const answer = await bench.call('POST', '/v1/pairing/initiate', { headers, body });
    return { ...body, ...answer.body, status: answer.status };
  };
  const complete: Party['complete'] = async (session, by = device) => {
    const { responseJson, signerKeyId } = await pairingResponse(bench, session, by);
    const body = {
      nonce: session.nonce,
      approverId: by.approverId,
      publicKey: by.publicKey,
      responseJson,
    };
    const answer = await bench.call('POST', '/v1/pairing/complete', { headers: by.headers, body });
    return { ...answer, responseJson, signerKeyId };
  };
  const pair: Party['pair'] = async (options = {}) => {
    const by = options.device ?? device;
    const session = await initiate(options);
    const done = await complete(session, by);
    if (done.status !== 200) throw new Error(`pairing: ${done.status} ${done.text}`);
    return {
      pairingId: done.body.pairingId,
      routingToken: done.body.routingToken,
      signerKeyId: done.signerKeyId,
      enforcerId: session.enforcerId,
      deviceId: session.deviceId,
      nonce: session.nonce,
      responseJson: done.responseJson,
      device: by,
    };
  };
  return {
    userId,
    enforcer: enforcerHeaders,
    console,
    device,
    register,
    initiate,
    complete,
    pair,
    submission: (paired, over) => submission(bench, paired, over),
    decision: (paired, sent, over) => decision(bench, paired, sent, over),
  };
}
