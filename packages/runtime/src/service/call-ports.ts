import { loggedId } from '../host/call-identity.js';
import type { CallPorts, IncidentPlace } from '../host/call-ports.js';
import { realWorkspacePath, workspaceOf } from '../workspaces/workspaces.js';
import { closedBy } from './admission.js';
import type { Core } from './core.js';
import { explain } from './explain.js';
import type { RequestService } from './requests.js';

/** What joined calls of hosts work with, on top of the daemon's requests. */
export function callPorts(core: Core, requests: RequestService): CallPorts {
  return {
    ports: core.ports,
    requests,
    handOver: requests.handOver,
    closed: (workspace, permit) => {
      const isUnmanaged = permit.permission === 'pass' && permit.basis.kind === 'unmanaged';
      const code = isUnmanaged ? (core.problems.all[0]?.code ?? null) : closedIn(core, workspace);
      if (code === null) return null;
      const why = explain(core, code);
      const refusal = { code, message: why?.reason ?? `refused: ${code}` };
      return why?.fix === undefined ? refusal : { ...refusal, fix: why.fix };
    },
    incident: (place, code) =>
      core.audit({ kind: 'host.incident', at: Math.floor(core.ports.now()), code, ...ids(place) }),
  };
}

function closedIn(core: Core, workspace: string): string | null {
  return closedBy(core, workspaceOf(realWorkspacePath(workspace), core.state?.workspaces ?? []));
}

function ids({ host, sessionId, toolUseId, layer, requestId }: IncidentPlace) {
  return {
    host,
    sessionId: loggedId(sessionId),
    ...(typeof toolUseId === 'string' ? { toolUseId: loggedId(toolUseId) } : {}),
    ...(layer === undefined ? {} : { layer: loggedId(layer) }),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
}
