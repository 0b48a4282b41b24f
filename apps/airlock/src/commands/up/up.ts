import type { DaemonClient } from '@airlock/runtime/client';
import { openBrowser } from '../../cli/browser.js';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { CommandFailure } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { gatewayDataDir, listenerOptions } from '../gateway/options.js';
import { untilInterrupted } from '../gateway/serve.js';
import { lastOrigin, type Serving } from '../gateway/serving.js';
import { followSignIn } from '../session/sign-in.js';
import { ensureFirstUser, freshToken } from './first-user.js';
import { milestone } from './milestone.js';
import { sayNextCommands } from './next-commands.js';
import { pairUntilDone } from './pairing.js';
import { serveFirstFree } from './serve-first-free.js';
import type { Up, UpFlags } from './model.js';

async function signInHere(
  cli: Cli,
  serving: Serving,
  signal: AbortSignal,
): Promise<{ user: string; client: DaemonClient }> {
  const { admin } = serving.gateway;
  const user = await ensureFirstUser(admin);
  milestone(cli, 'user', user.created ? `created ${user.name}` : `${user.name} (already there)`);
  const client = await daemon(cli, { resume: true, signal });
  const pat = await freshToken(admin, user.name);
  const events = client.signIn({ gatewayUrl: serving.url, method: 'pat', pat }, { signal });
  await followSignIn(events, serving.url, () => undefined);
  milestone(cli, 'signed in', `this machine, as ${user.name}`);
  return { user: user.name, client };
}

async function bringUp(cli: Cli, flags: UpFlags, serving: Serving): Promise<void> {
  const signal = cli.interruption();
  const workspace = workspaceFolder(flags.workspace);
  const approverUrl = `${serving.url}/`;
  if (flags.json) printJson(cli, { event: 'ready', gatewayUrl: serving.url, approverUrl, pid: process.pid });
  const { user, client } = await signInHere(cli, serving, signal);
  if (flags.open && !flags.json) openBrowser(cli, approverUrl);
  const up: Up = { cli, flags, serving, workspace, signal, user, client };
  const known = (await client.status({ signal })).workspaces.find((each) => each.path === workspace);
  if (known?.paired === true) {
    milestone(cli, 'paired', `${workspace} already, with ${known.signerKeyId ?? '?'} (${known.assurance ?? '?'})`);
    if (flags.json)
      printJson(cli, { event: 'paired', workspace, signerKeyId: known.signerKeyId, assurance: known.assurance });
    sayNextCommands(cli, workspace);
  } else if (flags.pair) await pairUntilDone(up);
  else milestone(cli, 'not paired', `${workspace}: ${commandLine(cli, 'pair')}`);
  milestone(cli, 'running', 'Ctrl-C ends the gateway');
}

/** A second `up` on the same data has nothing to bring up. */
function alreadyUp(cli: Cli, dataDir: string, error: unknown): unknown {
  if (!(error instanceof CommandFailure) || error.code !== 'data_dir_in_use') return error;
  const origin = lastOrigin(dataDir);
  const where = origin === null ? '' : ` on ${origin}`;
  return new CommandFailure(error.code, `a gateway already runs here${where} (data in ${dataDir})`, {
    fix: `${commandLine(cli, 'pair')} in the workspace, or end the other one first`,
    cause: error,
  });
}

/** `airlock up`: gateway, first user, sign-in and pairing, then the gateway stays in the foreground. */
export async function up(cli: Cli, flags: UpFlags): Promise<number> {
  const signal = cli.interruption();
  const interrupted = untilInterrupted(cli);
  const dataDir = gatewayDataDir(cli, undefined);
  const serving = await serveFirstFree(cli, { ...listenerOptions(flags), dataDir }).catch((error: unknown) => {
    throw alreadyUp(cli, dataDir, error);
  });
  milestone(cli, 'gateway', `${serving.url} (data in ${dataDir})`);
  try {
    await bringUp(cli, flags, serving).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await interrupted;
    milestone(cli, 'stopping', 'the gateway');
  } finally {
    await serving.gateway.close();
  }
  return 0;
}
