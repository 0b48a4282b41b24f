import { readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { resolvePaths } from '@airlock/runtime/client';
import { z } from 'zod';
import { versionSaid } from '../events/host-agent.js';
import { findings } from '../install/findings.js';
import { type Environment, hostVersion } from '../install/host-program.js';
import { hostMeaning } from '../install/host-version.js';
import { copiesFolder } from '../install/install.js';
import { managedPlaces } from '../install/managed-settings.js';
import { pluginState } from '../install/plugin-state.js';
import { configFolder } from '../install/settings-files.js';
import { runCanary } from './canary.js';
import { daemonFacts } from './daemon-facts.js';
import { sessionReport } from './report-text.js';

/** A session that begins. */
export interface SessionStart {
  /** The host's `SessionStart` event, byte for byte. */
  readonly input: Uint8Array;
  /** Environment that the host gave its hook; null when it is not known. */
  readonly environment: Environment | null;
  readonly fixedHome: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
  /** Folder of the plugin that the host loaded. */
  readonly plugin: string;
}

const eventSchema = z.object({
  session_id: z.string().min(1).max(200),
  cwd: z.string().startsWith('/'),
  transcript_path: z.string().optional(),
});

/**
 * Proves that a block blocks, looks at what protects this session, and says it to human and model. Never rejects: a
 * session that cannot be looked at says so.
 *
 * @returns the host's answer to `SessionStart`, one line of JSON, to be printed with exit code 0
 */
export async function sessionStart(start: SessionStart): Promise<string> {
  try {
    return answer(await report(start));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const human = `Airlock could not look at this session (${why.replace(/[^\x20-\x7e]/gu, '?').slice(0, 200)}); type: airlock doctor`;
    return answer({ human, model: 'Airlock stands between you and every tool call of this session.' });
  }
}

function answer({ human, model }: { readonly human: string; readonly model: string }): string {
  return JSON.stringify({
    systemMessage: human,
    hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: model },
  });
}

async function report(start: SessionStart): Promise<{ readonly human: string; readonly model: string }> {
  const event = eventSchema.parse(JSON.parse(new TextDecoder().decode(start.input)));
  const { cwd, session_id: sessionId } = event;
  const { plugin, daemonCommand } = start;
  const environment = start.environment ?? {};
  const paths = resolvePaths({ fixedHome: start.fixedHome });
  const managed = managedPlaces(process.platform);
  // The daemon first: where none runs, the canary would wait for it as well.
  const daemon = await daemonFacts(paths, daemonCommand, cwd);
  const [canary, version] = await Promise.all([
    runCanary({ plugin, sessionId, cwd, environment }),
    versionOf(environment),
  ]);
  const meaning = hostMeaning(version);
  const user = userFolder(event.transcript_path) ?? configFolder(environment);
  return sessionReport({
    version,
    meaning,
    plugin: pluginState(plugin, { copies: copiesFolder(paths), managed }),
    canary,
    daemon,
    findings: findings({ configFolder: user, cwd, managedFolder: managed.settingsFolder }, meaning),
  });
}

/** The host keeps transcripts in `<settings>/projects/<project>/<session>.jsonl`. */
function userFolder(transcript: string | undefined): string | null {
  const projects = transcript === undefined ? '' : dirname(dirname(transcript));
  return basename(projects) === 'projects' ? dirname(projects) : null;
}

/**
 * Version of the host that started this hook: of its own program, which no repository chooses; else what it says in
 * `AI_AGENT`, which the `env` of a repository could overwrite.
 */
async function versionOf(environment: Environment): Promise<string | null> {
  const program = programOf(environment.CLAUDE_PID);
  if (program !== null) {
    const found = await hostVersion({ path: program, environment: {}, folder: '/' });
    if (found !== null) return found;
  }
  return versionSaid(environment);
}

/** Program of a process where the system tells it. A general interpreter is not the host's. */
function programOf(pid: string | undefined): string | null {
  if (pid === undefined || !/^[1-9]\d{0,9}$/.test(pid)) return null;
  try {
    const program = readlinkSync(`/proc/${pid}/exe`);
    return /^(?:node|bun|deno)$/.test(basename(program)) ? null : program;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
