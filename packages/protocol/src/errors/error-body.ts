import type { JsonValue } from '../json/value.js';
import { isJsonObject } from '../json/value.js';
import { isConsentCode, isWireCode, WIRE_ERRORS, type WireCode } from './wire-errors.js';

/** What a client learns from an error answer. Everything in it is untrusted text of the gateway. */
export interface ParsedErrorBody {
  /** HTTP status as received. */
  readonly status: number;
  /** Code of table 5.1, or `unknown` for anything else. */
  readonly code: WireCode | 'unknown';
  /** Text for a human, at most 300 characters (ERR-040). */
  readonly message: string;
  /** Whether the same request may succeed later. For `unknown` codes: statuses 429 and 5xx. */
  readonly retryable: boolean;
  /** `details.state` of `already_resolved`. */
  readonly state?: string;
  /** Present for the consent refusals (ERR-020). */
  readonly consent?: { readonly consentUrl?: string; readonly appName?: string; readonly appId?: string };
}

const MESSAGE_CHARACTERS = 300;

/**
 * Reads an error answer in the hybrid form (ERR-010), the flat consent form (ERR-020), the OIDC form or any other.
 * Never throws: an answer that is not understood has the code `unknown`.
 * @param status HTTP status
 * @param json parsed body, or undefined when there was none or it was no JSON
 */
export function parseErrorBody(status: number, json: JsonValue | undefined): ParsedErrorBody {
  const top = isJsonObject(json) ? json : {};
  const body = isJsonObject(top['body']) ? top['body'] : {};
  const code = [body['code'], top['code'], top['error']].find(isWireCode) ?? 'unknown';
  const message = text(body['message']) ?? text(top['message']) ?? `The gateway answered ${status}`;
  const state = isJsonObject(body['details']) ? text(body['details']['state']) : undefined;
  return {
    status,
    code,
    message: message.slice(0, MESSAGE_CHARACTERS),
    retryable: code === 'unknown' ? status === 429 || status >= 500 : WIRE_ERRORS[code].retryable,
    ...(state === undefined ? {} : { state }),
    ...(isConsentCode(code) ? { consent: consentOf(top) } : {}),
  };
}

function consentOf(top: Readonly<Record<string, JsonValue>>): NonNullable<ParsedErrorBody['consent']> {
  const consentUrl = text(top['consentUrl']);
  const appName = text(top['appName']);
  const appId = text(top['appId']);
  return {
    ...(consentUrl === undefined ? {} : { consentUrl }),
    ...(appName === undefined ? {} : { appName }),
    ...(appId === undefined ? {} : { appId }),
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
