import { type AuditItem, listAudit, showAudit, verifyAudit } from '@airlock/runtime';
import { visible } from '@airlock/adapter-run';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { CommandFailure, EXIT } from '../../cli/failure.js';

interface Flags {
  readonly json?: true;
}

/** An entry as JSON has it. */
export function flat(item: AuditItem) {
  return { id: item.id, ...item.entry, hash: item.hash };
}

function line(item: AuditItem): string {
  const { at, kind, prev: _prev, ...rest } = item.entry;
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`);
  return visible([String(item.id).padStart(6), String(at), String(kind), ...fields].join('  '));
}

/** `airlock audit list`. */
export function list(cli: Cli, flags: Flags & { readonly limit?: number }): number {
  const all = listAudit(pathsOf(cli));
  const items = flags.limit === undefined ? all : all.slice(-flags.limit);
  if (flags.json) printJson(cli, items.map(flat));
  else for (const item of items) cli.print(line(item));
  return EXIT.ok;
}

/** `airlock audit show`. */
export function show(cli: Cli, id: string, flags: Flags): number {
  const items = showAudit(pathsOf(cli), id);
  if (items.length === 0)
    throw new CommandFailure('not_found', `the audit log has nothing about ${id}`, { fix: 'airlock audit list' });
  if (flags.json) printJson(cli, items.map(flat));
  else for (const item of items) cli.print(line(item));
  return EXIT.ok;
}

/** `airlock audit verify`: 0 when every entry verifies, 1 when one does not. */
export async function verify(cli: Cli, flags: Flags): Promise<number> {
  const verdict = await verifyAudit(pathsOf(cli));
  const { ok, entries, brokenAt } = verdict;
  if (flags.json) printJson(cli, { ok, entries, brokenAt });
  else if (ok) cli.print(`${entries} entries, every one verifies`);
  else cli.print(`BROKEN at entry ${brokenAt ?? '?'}: ${entries} entries before it verify (${pathsOf(cli).auditFile})`);
  return ok ? EXIT.ok : EXIT.failed;
}
