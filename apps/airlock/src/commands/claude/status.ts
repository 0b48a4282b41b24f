import { claudeReport, type ClaudeReport } from '@airlock/adapter-claude-code';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { asTyped } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';
import type { ClaudeFlags } from './flags.js';
import { recentIncidents } from './incidents.js';

/** What the installation is, in words. */
const KINDS: Readonly<Record<NonNullable<ClaudeReport['plugin']>['kind'], string>> = {
  managed: 'managed: only root can take it away',
  installed: 'installed, cooperative: what runs as you can take it away',
  published: 'published, cooperative: what runs as you can take it away',
  development: 'development: read in place from a folder that an agent can write',
};

/** Looks from the current folder. */
export function lookAtClaude(cli: Cli): Promise<ClaudeReport> {
  const { environment } = cli;
  return claudeReport({ paths: pathsOf(cli), environment, cwd: workspaceFolder(undefined) });
}

/** `airlock claude status`. */
export async function status(cli: Cli, flags: ClaudeFlags): Promise<number> {
  const report = await lookAtClaude(cli);
  const isWanted = !flags.managed || report.plugin?.kind === 'managed';
  const ok = report.ok && isWanted;
  const incidents = recentIncidents(cli);
  if (flags.json) printJson(cli, { ...shape(report, ok), incidents });
  else for (const line of [...describe(cli, report, isWanted), ...incidentLines(cli, incidents)]) cli.print(line);
  return ok ? EXIT.ok : EXIT.failed;
}

function shape({ host, plugin, findings }: ClaudeReport, ok: boolean) {
  const { program, version, blocksOnFailure, hasModules, open } = host;
  return {
    ok,
    state: plugin?.kind ?? 'not-installed',
    plugin: plugin === null ? null : { ...plugin, intact: plugin.faults.length === 0 },
    host: { program, version, blocksOnFailure, hasModules, open },
    findings,
  };
}

function describe(cli: Cli, report: ClaudeReport, isWanted: boolean): readonly string[] {
  const { host, plugin, findings } = report;
  const version =
    host.program === null ? 'no program claude on PATH' : `${host.version ?? 'unknown version'}, ${host.program}`;
  return [
    ...(plugin === null
      ? [`plugin  not installed: nothing gates Claude Code (try: ${asTyped(cli, 'airlock claude install')})`]
      : pluginLines(cli, plugin)),
    ...(isWanted ? [] : [`FAULT   not managed (try: ${asTyped(cli, 'sudo airlock claude install --managed')})`]),
    `host    ${version}`,
    ...(host.program === null ? [] : host.open.map((each) => `OPEN    ${each} (try: update Claude Code)`)),
    ...findings.map(
      ({ effect, source, what }) =>
        `${effect === 'note' ? 'note' : effect.toUpperCase()}`.padEnd(8) + `${source} ${what}`,
    ),
  ];
}

function pluginLines(cli: Cli, plugin: NonNullable<ClaudeReport['plugin']>): readonly string[] {
  const version = plugin.version === null ? '' : `, version ${plugin.version}`;
  return [
    `plugin  ${KINDS[plugin.kind]}${version}`,
    `files   ${plugin.folder}${plugin.faults.length === 0 ? ': every byte is as installed' : ''}`,
    ...plugin.faults.map(
      (fault) =>
        `FAULT   ${fault} (try: ${asTyped(cli, `airlock claude install${plugin.kind === 'managed' ? ' --managed' : ''}`)})`,
    ),
    ...(plugin.enabled ? [] : [`OFF     switched off in Claude Code (try: ${asTyped(cli, 'airlock claude install')})`]),
  ];
}

function incidentLines(cli: Cli, incidents: Readonly<Record<string, number>>): readonly string[] {
  const counts = Object.entries(incidents).map(([code, count]) => `${code} ${count}`);
  if (counts.length === 0) return [];
  return [`note    incidents of the last day: ${counts.join(', ')} (try: ${asTyped(cli, 'airlock audit list')})`];
}
