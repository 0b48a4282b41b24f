import { writeFileSync } from 'node:fs';
import { type ApprovalDefect, exportApprovals, exportAudit, openExportKey } from '@airlock/runtime';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { CommandFailure, EXIT } from '../../cli/failure.js';
import { flat } from './audit.js';

interface ExportFlags {
  readonly format: 'json' | 'dsse';
  /** Epoch milliseconds. */
  readonly since?: number;
  readonly out?: string;
}

const DEFECTS: Readonly<Record<ApprovalDefect['reason'], string>> = {
  missing: 'was recorded, and its line is gone',
  'not-in-log': 'is not what the audit log says was recorded',
  signature: 'is not signed by the key that it names',
  unreadable: 'is a line that cannot be read',
};

/** `airlock audit export`: 0 when everything of it verifies, 1 when something does not. */
export async function exportLog(cli: Cli, { format, since = 0, out }: ExportFlags): Promise<number> {
  const { lines, isWhole } = format === 'json' ? await asJson(cli, since) : await asDsse(cli, since);
  if (out !== undefined) writeNew(out, lines);
  else for (const line of lines) cli.emit(line);
  return isWhole ? EXIT.ok : EXIT.failed;
}

interface Exported {
  readonly lines: readonly string[];
  readonly isWhole: boolean;
}

async function asJson(cli: Cli, since: number): Promise<Exported> {
  const { verification, entries } = await exportAudit(pathsOf(cli), since);
  if (!verification.ok) cli.say(`airlock: the audit log does not verify (at entry ${verification.brokenAt ?? '?'})`);
  return { lines: [JSON.stringify({ verification, entries: entries.map(flat) })], isWhole: verification.ok };
}

async function asDsse(cli: Cli, since: number): Promise<Exported> {
  const { envelopes, defects } = await exportApprovals(pathsOf(cli), since);
  for (const { requestId, reason } of defects) {
    cli.say(`airlock: not exported: ${requestId ?? 'one approval'} ${DEFECTS[reason]} (${pathsOf(cli).approvalsFile})`);
  }
  return { lines: envelopes.map((envelope) => JSON.stringify(envelope)), isWhole: defects.length === 0 };
}

function writeNew(file: string, lines: readonly string[]): void {
  try {
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    throw new CommandFailure('file_exists', `${file} is there already`, { cause, fix: 'name another file' });
  }
}

/** `airlock audit key`: the public key under which this machine exports. */
export async function key(cli: Cli, flags: { readonly json?: true }): Promise<number> {
  const { keyId, publicKey, pem } = await openExportKey(pathsOf(cli));
  if (flags.json) printJson(cli, { keyId, publicKey, pem });
  else for (const line of [`keyid ${keyId}`, ...pem.trimEnd().split('\n')]) cli.print(line);
  return EXIT.ok;
}
