import { createGatewayClient } from '@airlock/gateway-client';
import { nodeTransport } from '@airlock/gateway-client/node';
import { ensureSecureDirectory, verifyAudit } from '@airlock/runtime';
import {
  daemonState,
  type RuntimePaths,
  type StatusAnswer,
  workspaceAround,
  type WorkspaceStatus,
} from '@airlock/runtime/client';
import { type Cli, pathsOf } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { readCoded } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { withAddress } from '../../device/unreachable.js';
import { claudeLayers } from './claude-layers.js';
import { gitLayers } from './git-layers.js';
import { type Check, check, type Finding, type Layer } from './layer.js';
import { policyLayers } from './policy-layers.js';

const MIN_NODE = [20, 19] as const;
/** A clock further off than this makes decisions look expired. */
const SKEW_MS = 60_000;

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  return { ok, detail: `Node ${process.versions.node}`, fix: ok ? undefined : 'install Node 20.19 or newer' };
}

function directories(paths: RuntimePaths): Finding {
  for (const path of [paths.state, paths.data, paths.runtime]) ensureSecureDirectory(path);
  return { ok: true, detail: `${paths.state}, ${paths.data}, ${paths.runtime}: yours, mode 0700` };
}

async function running(cli: Cli, paths: RuntimePaths): Promise<Finding> {
  const state = await daemonState(paths);
  if (state.stoppedByUser) return { ok: false, detail: 'stopped by command', fix: commandLine(cli, 'daemon', 'start') };
  await daemon(cli);
  const { pid } = await daemonState(paths);
  return { ok: true, detail: `runs, pid ${pid ?? '?'}, answers on ${paths.socket}` };
}

function problems(status: StatusAnswer): Finding {
  const [first] = status.problems;
  if (first === undefined) return { ok: true, detail: 'state, journal and audit log are readable' };
  return {
    ok: false,
    detail: status.problems.map((each) => `${each.code} ${each.message}`).join('; '),
    fix: first.fix,
  };
}

async function audit(paths: RuntimePaths): Promise<Finding> {
  const { ok, entries, brokenAt } = await verifyAudit(paths);
  if (ok) return { ok, detail: `${entries} entries, every one verifies` };
  return {
    ok,
    detail: `broken at entry ${brokenAt ?? '?'}`,
    fix: `keep a copy of ${paths.auditFile} and find out who changed it`,
  };
}

function secrets(status: StatusAnswer, paths: RuntimePaths): Finding {
  if (status.secrets === 'keychain') return { ok: true, detail: 'in the keychain of the system' };
  return { ok: true, detail: `in files below ${paths.secretsDirectory}, mode 0600` };
}

function peerCheck(status: StatusAnswer): Finding {
  if (status.daemon.peerUidChecked) return { ok: true, detail: 'the kernel names the caller' };
  return { ok: true, detail: 'no binding for it; directory and socket modes are checked' };
}

function signedIn(cli: Cli, status: StatusAnswer): Finding {
  if (status.signedIn)
    return { ok: true, detail: `at ${status.gatewayUrl ?? '?'}, ${status.method ?? '?'}, consent ${status.consent}` };
  return { ok: false, detail: `signed out (${status.auth})`, fix: commandLine(cli, 'sign-in') };
}

async function gateway(cli: Cli, status: StatusAnswer): Promise<Finding> {
  if (status.gatewayUrl === null)
    return { ok: false, detail: 'none known', fix: commandLine(cli, 'sign-in', '--gateway', 'URL') };
  const client = createGatewayClient({ origin: status.gatewayUrl, transport: nodeTransport(), timeoutMs: 5_000 });
  const { utc } = await client.discovery.echo().catch((error: unknown) => {
    throw withAddress(error, client.origin);
  });
  const skew = Math.abs(Date.parse(utc) - Date.now());
  if (skew > SKEW_MS)
    return { ok: false, detail: `its clock and ours differ by ${Math.round(skew / 1000)} s`, fix: 'set the clocks' };
  return { ok: true, detail: `${status.gatewayUrl} answers` };
}

function pairing(cli: Cli, known: WorkspaceStatus | null, folder: string): Finding {
  if (known?.paired !== true) return { ok: false, detail: `${folder} is not paired`, fix: commandLine(cli, 'pair') };
  if (known.assurance !== 'verified') {
    return {
      ok: false,
      detail: 'gateway-trusted: the gateway could have put itself between',
      fix: commandLine(cli, 'pair'),
    };
  }
  return { ok: true, detail: `${known.path} with ${known.signerKeyId ?? '?'} (verified)` };
}

function approver(known: WorkspaceStatus | null): Finding {
  const labels = (known?.capabilities ?? []).filter((name) => name === 'unprotected-key' || name === 'same-host');
  if (known?.paired !== true) return { ok: false, detail: 'none paired with this workspace' };
  if (labels.length === 0) return { ok: true, detail: 'protects its key, on a device of its own' };
  return { ok: true, detail: `${labels.join(', ')}: convenience, not separation` };
}

function layersOf(cli: Cli, paths: RuntimePaths, status: StatusAnswer | null): readonly Layer[] {
  const folder = workspaceFolder(undefined);
  const known = status === null ? null : workspaceAround(status, folder);
  const withStatus = (look: (status: StatusAnswer) => Promise<Finding> | Finding) => (): Promise<Finding> | Finding =>
    status === null ? { ok: false, detail: 'unknown: the daemon does not answer' } : look(status);
  return [
    {
      name: 'state',
      onFailure: 'everything is denied; damaged files are left as they are',
      look: withStatus(problems),
    },
    { name: 'audit log', onFailure: 'decisions stand, but the log proves nothing', look: () => audit(paths) },
    {
      name: 'secrets',
      onFailure: 'without its keys the daemon denies everything',
      look: withStatus((answer) => secrets(answer, paths)),
    },
    {
      name: 'peer check',
      onFailure: 'another user who could open the socket would not be noticed; its directory keeps them out',
      look: withStatus(peerCheck),
    },
    { name: 'sign-in', onFailure: 'everything is denied', look: withStatus((answer) => signedIn(cli, answer)) },
    {
      name: 'gateway',
      onFailure: 'requests are retried, then denied at their deadline',
      look: withStatus((answer) => gateway(cli, answer)),
    },
    { name: 'pairing', onFailure: 'everything in this workspace is denied', look: () => pairing(cli, known, folder) },
    {
      name: 'approver',
      onFailure: 'nobody can approve; waiting requests time out as denied',
      look: () => approver(known),
    },
  ];
}

async function statusOf(cli: Cli): Promise<StatusAnswer | null> {
  try {
    return await (await daemon(cli)).status();
  } catch (error) {
    readCoded(error);
    return null;
  }
}

/** Looks at every layer, from this process outwards; a broken one does not keep the others from being looked at. */
export async function runChecks(cli: Cli): Promise<readonly Check[]> {
  const paths = pathsOf(cli);
  const local: readonly Layer[] = [
    { name: 'node', onFailure: 'commands may not start; nothing runs unapproved', look: node },
    {
      name: 'directories',
      onFailure: 'the daemon does not start; everything is denied',
      look: () => directories(paths),
    },
    { name: 'daemon', onFailure: 'everything is denied', look: () => running(cli, paths) },
  ];
  const checks: Check[] = [];
  for (const layer of local) checks.push(await check(layer));
  const status = await statusOf(cli);
  const policy = await policyLayers(cli, status);
  const hosts = [...(await claudeLayers(cli)), ...(await gitLayers(cli))];
  for (const layer of [...layersOf(cli, paths, status), ...policy, ...hosts]) checks.push(await check(layer));
  return checks;
}
