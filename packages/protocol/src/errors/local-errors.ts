import { AirlockError } from './airlock-error.js';

/** Text or bytes are not in the encoding they must be in (CRYP-010, GW-120). */
export class EncodingError extends AirlockError<'encoding_invalid'> {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('encoding_invalid', message, options);
  }
}

/** What is wrong with a JSON text. */
export type JsonProblem =
  | 'malformed'
  | 'not_utf8'
  | 'lone_surrogate'
  | 'duplicate_key'
  | 'inexact_number'
  | 'not_an_object'
  | 'too_deep'
  | 'too_large';

/** Text is not the JSON we accept: malformed, too deep, too large, duplicate keys, ill-formed Unicode (GW-130). */
export class JsonError extends AirlockError<'invalid_json'> {
  readonly problem: JsonProblem;

  constructor(message: string, options: { readonly problem: JsonProblem; readonly cause?: unknown }) {
    super('invalid_json', message, options);
    this.problem = options.problem;
  }
}

/** A value or text lies outside the canonical profile (CRYP-130, CRYP-140). */
export class CanonicalizationError extends AirlockError<'HARP_ERR_CANONICALIZATION'> {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('HARP_ERR_CANONICALIZATION', message, options);
  }
}

/** A message does not have the form of its table. */
export class MessageError extends AirlockError<'invalid_request'> {
  /** Path of the first wrong member, for example `body.artifactHash`; empty for the message itself. */
  readonly path: string;

  constructor(path: string, message: string, options?: { readonly cause?: unknown }) {
    super('invalid_request', message, options);
    this.path = path;
  }
}

/** A ciphertext object names an algorithm outside ART-030 or has members of wrong lengths. */
export class CiphertextError extends AirlockError<'HARP_ERR_UNSUPPORTED' | 'invalid_request'> {}

/** What the human typed or scanned is no pairing code or link (PAIR-150, PAIR-240). */
export class PairingCodeError extends AirlockError<'pairing_code_malformed'> {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('pairing_code_malformed', message, options);
  }
}

/** A URL that our clients refuse to talk to (GW-040) or to show (AUTH-210). */
export class UrlError extends AirlockError<'url_refused'> {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('url_refused', message, options);
  }
}
