import { type AuditItem, listAudit } from '@airlock/runtime';
import type { DaemonClient } from '@airlock/runtime/client';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { EXIT, readCoded } from '../../cli/failure.js';
import { visible } from '../../cli/terminal.js';
import { toolWords } from '../policy/tool-words.js';

/** How often something decided without a human. */
export interface AutoUse {
  /** `pattern`, `grant`, `denial`, `auto`, `gate-off`, `unmanaged` or `fail-open`. */
  readonly basis: string;
  /** Id of the pattern, the tool or the standing policy; null for the others. */
  readonly id: string | null;
  readonly workspaceId: string | null;
  readonly count: number;
  /** RFC 3339. */
  readonly firstAt: string;
  /** RFC 3339. */
  readonly lastAt: string;
}

/** Entries that the daemon writes for verdicts without a human. */
const VERDICTS = new Set(['policy.allowed', 'policy.passed', 'policy.denied']);

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The names under which one entry counts: each pattern of its line once, or the one policy or mode behind it. */
function namesOf({ entry }: AuditItem): readonly (string | null)[] {
  const patterns = text(entry['patternIds']);
  return patterns === null ? [text(entry['policyId'])] : [...new Set(patterns.split(' '))];
}

/** Counts what was decided without a human, the most frequent first. */
export function countAuto(items: readonly AuditItem[]): readonly AutoUse[] {
  const uses = new Map<string, AutoUse>();
  for (const item of items.filter(({ entry }) => VERDICTS.has(String(entry.kind)))) {
    const at = String(item.entry.at);
    const basis = text(item.entry['basis']) ?? 'unknown';
    const workspaceId = text(item.entry['workspaceId']);
    for (const id of namesOf(item)) {
      const key = JSON.stringify([basis, id, workspaceId]);
      const known = uses.get(key);
      uses.set(key, {
        basis,
        id,
        workspaceId,
        count: (known?.count ?? 0) + 1,
        firstAt: known?.firstAt ?? at,
        lastAt: at,
      });
    }
  }
  return [...uses.values()].sort((a, b) => b.count - a.count);
}

/** Words of the patterns and tools in force in every workspace, by id; null when the daemon cannot say. */
async function patternTexts(cli: Cli): Promise<ReadonlyMap<string, string> | null> {
  try {
    const client = await daemon(cli);
    const { workspaces } = await client.status();
    const found = new Map<string, string>();
    for (const { path } of workspaces) await addTexts(client, path, found);
    return found;
  } catch (error) {
    readCoded(error);
    return null;
  }
}

async function addTexts(client: DaemonClient, workspace: string, found: Map<string, string>): Promise<void> {
  const { patterns, tools = [] } = await client.showPolicy(workspace);
  for (const { id, pattern } of patterns) found.set(id, pattern.text);
  for (const { id, tool } of tools) found.set(id, toolWords(tool));
}

function line(use: AutoUse & { readonly pattern?: string | null }): string {
  const what = use.pattern === undefined ? '' : `  ${use.pattern ?? '(removed)'}`;
  return visible(
    `${String(use.count).padStart(6)}  ${use.basis.padEnd(9)} ${use.id ?? ''}${what}  first ${use.firstAt}, last ${use.lastAt}`,
  );
}

/** `airlock audit list --auto`. */
export async function listAuto(cli: Cli, flags: { readonly json?: true; readonly limit?: number }): Promise<number> {
  const texts = await patternTexts(cli);
  const uses = countAuto(listAudit(pathsOf(cli)))
    .slice(0, flags.limit)
    .map((use) => {
      if (use.basis !== 'pattern' || use.id === null || texts === null) return use;
      return { ...use, pattern: texts.get(use.id) ?? null };
    });
  if (flags.json) printJson(cli, uses);
  else if (uses.length === 0) cli.say('airlock: nothing was decided without you');
  else for (const use of uses) cli.print(line(use));
  return EXIT.ok;
}
