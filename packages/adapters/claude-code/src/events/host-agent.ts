/** First version of the line 2.1 whose modules have the layer right before a tool runs, as far as it was looked at. */
const MODULES_SINCE = 330;

/** Patch of a host of the line 2.1, as it tells its programs in AI_AGENT; null for all others. */
export function hostPatch(environment: Readonly<Record<string, string>> | null): number | null {
  const patch = /^claude-code_2-1-(\d{1,6})_/.exec(environment?.['AI_AGENT'] ?? '')?.[1];
  return patch === undefined ? null : Number(patch);
}

/** Whether the host is known to load the modules of plugins. */
export function loadsModules(environment: Readonly<Record<string, string>> | null): boolean {
  return (hostPatch(environment) ?? 0) >= MODULES_SINCE;
}
