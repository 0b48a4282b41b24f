import { policyInForce } from '@airlock/policy';
import { utf8Encode } from '@airlock/protocol';
import { parseChain } from '../chain/chain-lines.js';
import { readSecure } from '../files/secure-file.js';
import type { RuntimePaths } from '../paths/paths.js';
import { openKeys } from '../secrets/open-keys.js';
import { type ListEntry, type NewListEntry, readEntry, restrictEntry } from './entries.js';
import { withRestrictions } from './restrictions.js';
import { dropWitness } from './witness.js';
import { narrowing, NO_ENTRIES, withEntry, type WorkspaceEntries } from './workspace-entries.js';

const NEWLINE = utf8Encode('\n');

/**
 * Begins the list anew, with a stop, since nobody knows whether there was one (LOC-065), and with whatever of the damaged
 * one can still be read and only tightens: requirements, tainted sessions, ended grants. No document is in force.
 * @param damaged where the damaged file is now, if there is one
 */
export async function beginRestrictionsAnew(paths: RuntimePaths, damaged: string | null, at: number): Promise<void> {
  const kept = damaged === null ? [] : salvaged(linesOf(damaged));
  const { secrets } = await openKeys({ paths });
  await dropWitness(secrets);
  await withRestrictions(paths, (list) => {
    list.setStopped(true, at);
    for (const entry of kept) list.add(entry, at);
  });
}

/** Every line by itself: whether they continue each other does not matter for what only tightens. */
function linesOf(file: string): readonly ListEntry[] {
  const bytes = readSecure(file) ?? new Uint8Array();
  const entries: ListEntry[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE[0] ?? 0, start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    const parsed = parseChain(new Uint8Array([...line, ...NEWLINE]), null).lines[0];
    const entry = parsed === undefined ? null : readEntry(parsed.entry);
    if (entry !== null) entries.push(entry);
    start += line.length + 1;
  }
  return entries;
}

function salvaged(lines: readonly ListEntry[]): readonly NewListEntry[] {
  const workspaces = new Map<string, WorkspaceEntries>();
  const ended: NewListEntry[] = [];
  for (const entry of lines) {
    if (entry.kind === 'stop' || entry.kind === 'start') continue;
    if (entry.kind === 'grant-ended')
      ended.push({ kind: entry.kind, policyId: entry.policyId, expiresAt: entry.expiresAt });
    else workspaces.set(entry.workspaceId, withEntry(workspaces.get(entry.workspaceId) ?? NO_ENTRIES, entry));
  }
  return [...ended, ...[...workspaces].flatMap(([workspaceId, entries]) => keptOf(workspaceId, entries))];
}

function keptOf(workspaceId: string, entries: WorkspaceEntries): readonly NewListEntry[] {
  const { requirements } = policyInForce(null, narrowing(entries));
  return [
    ...requirements.map((requirement) => restrictEntry(workspaceId, { kind: 'require', version: 0, requirement })),
    ...[...entries.tainted].map((sessionId) => ({ kind: 'taint', workspaceId, sessionId }) as const),
  ];
}
