import type { LocalRestriction } from '@airlock/policy';
import { type DocumentEntry, type ListEntry, restrictionOf } from './entries.js';
import { requirementsIn } from './requires.js';

/** What the list says about one workspace. Replaced, never changed: the same object means that nothing changed. */
export interface WorkspaceEntries {
  /** The signed document that came into force last; null when there never was one. */
  readonly document: DocumentEntry | null;
  /** Those that narrow it, in their order; the ones that it superseded are left out. */
  readonly restrictions: readonly LocalRestriction[];
  /** Sessions whose shell was changed by a command. */
  readonly tainted: ReadonlySet<string>;
}

/** A workspace that the list does not name. */
export const NO_ENTRIES: WorkspaceEntries = { document: null, restrictions: [], tainted: new Set() };

/** The same with one entry more that names the workspace. */
export function withEntry(
  entries: WorkspaceEntries,
  entry: Extract<ListEntry, { readonly workspaceId: string }>,
): WorkspaceEntries {
  switch (entry.kind) {
    case 'policy': {
      const { at, version, sha256, signerKeyId, requires } = entry;
      const restrictions = entries.restrictions.filter((one) => one.version >= version);
      return { ...entries, document: { at, version, sha256, signerKeyId, requires }, restrictions };
    }
    case 'restrict':
      return { ...entries, restrictions: [...entries.restrictions, restrictionOf(entry)] };
    case 'taint':
      return { ...entries, tainted: new Set([...entries.tainted, entry.sessionId]) };
  }
}

/**
 * What narrows the document, what the document itself requires among it: a document that is lost, void or waits for its
 * approver takes none of that with it.
 */
export function narrowing({ document, restrictions }: WorkspaceEntries): readonly LocalRestriction[] {
  if (document === null) return restrictions;
  const { version } = document;
  const required = requirementsIn(document.requires).map(
    (requirement) => ({ kind: 'require', version, requirement }) as const,
  );
  return [...required, ...restrictions];
}

/** Of the newest document that came into force or was being signed while something was taken away. */
export function newestVersion({ document, restrictions }: WorkspaceEntries): number {
  return Math.max(document?.version ?? 0, ...restrictions.map((one) => one.version));
}
