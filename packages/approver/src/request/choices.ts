import { render } from '@airlock/actions';
import { isJsonObject, type JsonObject, type JsonValue, LIMITS } from '@airlock/protocol';
import type { Choice } from './model.js';

const EXTENSION = 'org.harp.requestedActions';
const DEFAULT_PAIR: readonly Choice[] = [{ decision: 'approve' }, { decision: 'reject' }];

/** Choices of a request; `isInvalid` when the enforcer asked for some that are not valid as a whole (APPR-190). */
export function requestedChoices(extensions: JsonObject | undefined): {
  readonly choices: readonly Choice[];
  readonly isInvalid: boolean;
} {
  const requested = extensions?.[EXTENSION];
  if (requested === undefined) return { choices: DEFAULT_PAIR, isInvalid: false };
  const choices = isJsonObject(requested) && requested['version'] === 1 ? readAll(requested['actions']) : undefined;
  return choices === undefined ? { choices: DEFAULT_PAIR, isInvalid: true } : { choices, isInvalid: false };
}

function readAll(actions: JsonValue | undefined): readonly Choice[] | undefined {
  if (!Array.isArray(actions) || actions.length < 1 || actions.length > LIMITS.requestedActionsMax) return undefined;
  const choices = actions.map(readOne);
  const valid = choices.filter((choice) => choice !== undefined);
  const ids = new Set(valid.map((choice) => choice.id?.toLowerCase()));
  return valid.length === actions.length && ids.size === valid.length ? valid : undefined;
}

function readOne(action: JsonValue): Choice | undefined {
  if (!isJsonObject(action)) return undefined;
  const { id, caption, decision } = action;
  const word = decisionWord(decision);
  if (typeof id !== 'string' || id === '' || typeof caption !== 'string' || caption.trim() === '') return undefined;
  return word === undefined ? undefined : { id, caption: render(caption, 'text').text, decision: word };
}

/** `allow` and `deny` are the older names. */
function decisionWord(decision: JsonValue | undefined): Choice['decision'] | undefined {
  if (decision === 'approve' || decision === 'allow') return 'approve';
  return decision === 'reject' || decision === 'deny' ? 'reject' : undefined;
}
