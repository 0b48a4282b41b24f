import { listAudit } from '@airlock/runtime';
import { type Cli, pathsOf } from '../../cli/context.js';

const DAY_MS = 86_400_000;

/** How often each incident of a host is in the audit log of the last day: what ran unapproved, modules that did not load. */
export function recentIncidents(cli: Cli, now = Date.now()): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { entry } of listAudit(pathsOf(cli))) {
    const { kind, at, code } = entry;
    if (kind !== 'host.incident' || typeof at !== 'number' || typeof code !== 'string' || now - at > DAY_MS) continue;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
