import { readCoded } from '../../cli/failure.js';

/** One layer of `airlock doctor`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix: string | null;
  /** What happens to a gated action while this layer is broken. */
  readonly onFailure: string;
  /** Works as it was told to, but a person should know; not part of the JSON form. */
  readonly warns: boolean;
}

/** What one layer found; the rest of {@link Check} is fixed. */
export interface Finding {
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string | undefined;
  readonly warns?: boolean;
}

/** What is looked at, and what its failure means. */
export interface Layer {
  readonly name: string;
  readonly onFailure: string;
  readonly look: () => Promise<Finding> | Finding;
}

/** Looks at one layer; an error is a finding as well. */
export async function check(layer: Layer): Promise<Check> {
  const { name, onFailure } = layer;
  try {
    const { ok, detail, fix, warns = false } = await layer.look();
    return { name, ok, detail, fix: fix ?? null, onFailure, warns };
  } catch (error) {
    const { code, message, fix } = readCoded(error);
    return { name, ok: false, detail: `${code} ${message}`, fix: fix ?? null, onFailure, warns: false };
  }
}
