import { harpDecisionSignable } from '@airlock/crypto';
import {
  AirlockError,
  type DecisionFrame,
  decisionFrameSchema,
  type HarpDecisionForm,
  harpDecisionFormSchema,
  isJsonObject,
  parseJson,
} from '@airlock/protocol';
import { ENGINE_LIMITS } from '../model/config.js';

/** A delivered message as far as its form goes. Nothing in it is trusted. */
export interface Subject {
  readonly frame: DecisionFrame;
  readonly body: DecisionFrame['body'];
  /** The canonical decision: absent, outside its profile, or readable together with the bytes it signs. */
  readonly harp: 'absent' | 'malformed' | { readonly form: HarpDecisionForm; readonly signable: Uint8Array };
}

/** Size of a text in UTF-8 without encoding it when its length already decides. */
function fits(text: string): boolean {
  if (text.length > ENGINE_LIMITS.decisionBytes) return false;
  if (text.length * 3 <= ENGINE_LIMITS.decisionBytes) return true;
  return new TextEncoder().encode(text).length <= ENGINE_LIMITS.decisionBytes;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof AirlockError) return undefined;
    throw error;
  }
}

function readHarp(value: unknown): Subject['harp'] {
  if (value === undefined || value === null) return 'absent';
  if (!isJsonObject(value)) return 'malformed';
  const form = harpDecisionFormSchema.safeParse(value);
  if (!form.success) return 'malformed';
  try {
    return { form: form.data, signable: harpDecisionSignable(value) };
  } catch (error) {
    if (error instanceof AirlockError) return 'malformed';
    throw error;
  }
}

/** Step 1 of table 17.1: the message, or null when it has not the form of one. */
export function readSubject(text: string): Subject | null {
  if (!fits(text)) return null;
  const value = parsed(text);
  if (!isJsonObject(value) || !isJsonObject(value.body)) return null;
  const frame = decisionFrameSchema.safeParse(value);
  if (!frame.success) return null;
  return { frame: frame.data, body: frame.data.body, harp: readHarp(frame.data.body.harpDecision) };
}

/** The word and nonce a message shows, trusted or not, for the log and for ENF-060. */
export function shown(subject: Subject | null): { readonly word: string | null; readonly nonce: string | null } {
  const { decision, nonce } = subject?.body ?? {};
  return {
    word: typeof decision === 'string' ? decision : null,
    nonce: typeof nonce === 'string' ? nonce : null,
  };
}
