import { type ClaudeReport, runCanary } from '@airlock/adapter-claude-code';
import type { Cli } from '../../cli/context.js';
import { readCoded } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { lookAtClaude } from '../claude/status.js';
import type { Finding, Layer } from './layer.js';

/** Session of the canary, which belongs to none. */
const SESSION = 'airlock-doctor';

function installed(cli: Cli, { plugin }: ClaudeReport): Finding {
  const install = commandLine(cli, 'claude', 'install');
  if (plugin === null)
    return { ok: true, warns: true, detail: 'not installed: nothing gates Claude Code', fix: install };
  const { kind, folder, faults } = plugin;
  if (faults.length > 0) {
    const fix = kind === 'managed' ? commandLine(cli, 'claude', 'install', '--managed') : install;
    return { ok: false, detail: faults.slice(0, 3).join(', '), fix };
  }
  if (kind !== 'development') return { ok: true, detail: `${kind}, every byte as installed` };
  return { ok: true, warns: true, detail: `development: an agent can write ${folder}`, fix: install };
}

function version({ host }: ClaudeReport): Finding {
  const detail = host.version ?? 'of unknown version';
  if (host.open.length === 0) return { ok: true, detail };
  return { ok: false, detail: `${detail}: ${host.open.join('; ')}`, fix: 'update Claude Code' };
}

function around(cli: Cli, { plugin, findings }: ClaudeReport): Finding {
  if (plugin?.enabled === false) {
    return { ok: false, detail: 'the plugin is switched off', fix: commandLine(cli, 'claude', 'install') };
  }
  const [first, ...rest] = findings.filter(({ effect }) => effect !== 'note');
  if (first === undefined) return { ok: true, detail: 'nothing around this folder switches it off' };
  const more = rest.length === 0 ? '' : `, and ${rest.length} more`;
  return {
    ok: false,
    detail: `${first.source}: ${first.what}${more}`,
    fix: `take that out, or: ${commandLine(cli, 'claude', 'install', '--managed')}`,
  };
}

async function canary(cli: Cli, plugin: NonNullable<ClaudeReport['plugin']>): Promise<Finding> {
  const { environment } = cli;
  const cwd = workspaceFolder(undefined);
  const { ok, detail } = await runCanary({ plugin: plugin.folder, sessionId: SESSION, cwd, environment });
  return { ok, detail, fix: ok ? undefined : commandLine(cli, 'claude', 'install') };
}

/** The layers of Claude Code; none where neither the program nor the plugin is there. */
export async function claudeLayers(cli: Cli): Promise<readonly Layer[]> {
  let report: ClaudeReport;
  try {
    report = await lookAtClaude(cli);
  } catch (error) {
    const { code, message, fix } = readCoded(error);
    const look = (): Finding => ({ ok: false, detail: `${code} ${message}`, fix });
    return [{ name: 'claude plugin', onFailure: 'unknown: Claude Code may load nothing that gates it', look }];
  }
  const { plugin, host } = report;
  if (plugin === null && host.program === null) return [];
  const first: Layer = {
    name: 'claude plugin',
    onFailure: 'a changed plugin may let calls through; a missing one gates nothing',
    look: () => installed(cli, report),
  };
  if (plugin === null) return [first];
  return [
    first,
    {
      name: 'claude version',
      onFailure: 'when the hook itself fails, Claude Code runs the call',
      look: () => version(report),
    },
    {
      name: 'claude settings',
      onFailure: 'Claude Code does not call the hook: everything runs unasked',
      look: () => around(cli, report),
    },
    {
      name: 'claude canary',
      onFailure: 'a call that is denied may run',
      look: () => canary(cli, plugin),
    },
  ];
}
