import type { ActionPlaintext } from '@airlock/actions';
import { type ActionFacts, type GatePlaces, touchedTargets } from '@airlock/policy';
import { Remembered } from '../remembered.js';

const MOST = 64;

/** By the places that they were judged against, which are those of one gate. */
const known = new WeakMap<GatePlaces, Remembered<readonly string[]>>();

/** {@link touchedTargets} of a plaintext, found once for the same content and the same facts. */
export function touchedBy(
  { action, contentSha256 }: ActionPlaintext,
  facts: ActionFacts | null,
  places: GatePlaces,
): readonly string[] {
  const touched = known.get(places) ?? new Remembered<readonly string[]>(MOST);
  known.set(places, touched);
  return touched.of(`${contentSha256} ${JSON.stringify(facts)}`, () => touchedTargets(action, facts, places));
}
