import type { ActionFacts } from '../facts.js';

/** Parts of an action that can name a target, before it has become a plaintext. */
export interface TargetedAction {
  readonly kind: string;
  readonly argv?: readonly string[];
  readonly commandText?: string;
  readonly shell?: string;
  readonly cwd?: string;
  readonly program?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: readonly { readonly path: string }[];
  readonly tool?: string;
  readonly inputJson?: string;
  readonly repository?: string;
  readonly commits?: readonly { readonly diff: string }[];
  readonly refs?: readonly string[];
}

/** Where the gate itself lives on this machine: real paths of its folders and files, and of its program. */
export interface GatePlaces {
  readonly roots: readonly string[];
  /** Process ids of the daemon, as words of a command may name them. */
  readonly processIds: readonly number[];
}

/** Words of an action that may name files; an adapter resolves them into `facts.targets`. */
export function targetCandidates(_action: TargetedAction): readonly string[] {
  throw new TypeError('not built yet');
}

/** What of the gate an action touches, in words; empty when nothing does (LOC-090). Wider than the truth, never narrower. */
export function touchedTargets(
  _action: TargetedAction,
  _facts: ActionFacts | null,
  _places: GatePlaces,
): readonly string[] {
  throw new TypeError('not built yet');
}
