/** From here on `onFailure: "block"` exists: a hook that crashes, is killed or runs out of time stops the call. */
export const BLOCKS_SINCE = '2.1.295';
/** From here on modules load without being switched on. */
export const MODULES_SINCE = '2.1.287';
/** First version whose modules were looked at: they have a layer right before a tool runs. */
const LAST_LAYER_SINCE = '2.1.330';

/** What a version of Claude Code means for the gate. */
export interface HostMeaning {
  readonly blocksOnFailure: boolean;
  readonly hasModules: boolean;
  /** Each a sentence without a full stop: what stays open with this version; empty when nothing that we know of does. */
  readonly open: readonly string[];
}

const NO_BLOCK = `before ${BLOCKS_SINCE} a hook that is killed, crashes or runs out of time lets the call through`;
const NO_MODULES =
  `before ${MODULES_SINCE} there are no modules: ` +
  'another hook may change a command after it was approved, and a missing hook is not noticed';

const LAST_LAYER_UNKNOWN =
  `before ${LAST_LAYER_SINCE} it was not looked at whether modules have the layer right before a call runs: ` +
  'what another hook rewrites may be noticed only afterwards';

/** `2.1.330` out of `2.1.330 (Claude Code)`; null when it is no version. */
export function readVersion(text: string): string | null {
  return /^\s*(\d{1,5}\.\d{1,5}\.\d{1,5})(?![\d.])/.exec(text)?.[1] ?? null;
}

/** Whether a version `a.b.c` is `minimum` or newer. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [has, wants] = [version, minimum].map((text) => text.split('.').map(Number));
  for (let at = 0; at < 3; at += 1) {
    const difference = (has?.[at] ?? 0) - (wants?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** What stays open with a version; an unknown one counts as too old. */
export function hostMeaning(version: string | null): HostMeaning {
  if (version === null) {
    return { blocksOnFailure: false, hasModules: false, open: [`the version is not known; ${NO_BLOCK}`] };
  }
  const blocksOnFailure = isAtLeast(version, BLOCKS_SINCE);
  const hasModules = isAtLeast(version, MODULES_SINCE);
  const isLastLayerUnknown = hasModules && !isAtLeast(version, LAST_LAYER_SINCE);
  return {
    blocksOnFailure,
    hasModules,
    open: [
      ...(blocksOnFailure ? [] : [NO_BLOCK]),
      ...(hasModules ? [] : [NO_MODULES]),
      ...(isLastLayerUnknown ? [LAST_LAYER_UNKNOWN] : []),
    ],
  };
}
