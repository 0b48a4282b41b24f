import { type ActionContent, actionPlaintext } from '../../src/index.js';
import type { AirlockAction } from '@airlock/protocol';
import { PLAINTEXTS } from '../plaintext/vectors.js';

/** The plaintext of a content, in the surroundings of the running example. */
export function actionOf(content: ActionContent, notices: readonly string[] = []): AirlockAction {
  const value = PLAINTEXTS[0]?.value;
  return actionPlaintext(content, {
    ...value,
    createdAt: Date.parse(value.createdAt),
    expiresAt: Date.parse(value.expiresAt),
    salt: Buffer.from(value.salt, 'base64url'),
    notices,
  }).action;
}

/** An action of another kind. */
export const aCommand = (): AirlockAction => PLAINTEXTS[0]?.value;
