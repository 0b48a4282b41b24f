import { sha256Hex } from '@airlock/crypto';
import { canonicalBytes, utf8Encode } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import type { HostCall } from './host-desk.js';

/** Longest session and tool-use ids, characters. */
const LONGEST_ID = 200;

/** What a request log may hold of an id that a host gave. */
const PLAIN_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Which call a layer speaks of; null where it cannot tell, so that it speaks of one of its own. Throws `bad_request`. */
export function callKey(call: Pick<HostCall, 'host' | 'sessionId' | 'toolUseId'>): string | null {
  const { host, sessionId, toolUseId } = call;
  if (!isId(sessionId) || (toolUseId !== null && !isId(toolUseId))) {
    throw new RuntimeError('bad_request', `the ids of a call have 1 to ${LONGEST_ID} characters`);
  }
  return toolUseId === null ? null : JSON.stringify([host, sessionId, toolUseId]);
}

/** SHA-256 of the canonical JSON of what makes two reports the same call (LOC-145). Throws `CanonicalizationError`. */
export function callIdentity(call: Pick<HostCall, 'agentId' | 'cwd' | 'inputJson' | 'rest' | 'tool'>): string {
  const { agentId, cwd, inputJson, rest, tool } = call;
  const further = rest === undefined ? {} : { rest };
  return sha256Hex(canonicalBytes({ agentId: agentId ?? '', cwd: cwd ?? '', inputJson, tool, ...further }));
}

/** An id for the log: itself when it looks like one, else its hash, for it could hold anything. */
export function loggedId(id: string): string {
  return PLAIN_ID.test(id) ? id : `sha256:${sha256Hex(utf8Encode(id.toWellFormed()))}`;
}

function isId(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST_ID;
}
