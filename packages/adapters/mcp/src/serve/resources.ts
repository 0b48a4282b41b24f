import { formatTime } from '@airlock/protocol';
import { workspaceAround } from '@airlock/runtime/client';
import { type ReadResourceResult, type Resource, ResourceNotFoundError } from '@modelcontextprotocol/server';
import type { ServeDaemon, ServePorts } from './ports.js';
import { shown } from './words.js';

const OPEN = 'airlock://requests/open';
const RECENT = 'airlock://decisions/recent';

/** The resources as clients list them. */
export const RESOURCES: readonly Resource[] = [
  {
    uri: OPEN,
    name: 'open-requests',
    title: 'Open requests',
    description: 'Requests of this folder that wait for the approver.',
    mimeType: 'application/json',
  },
  {
    uri: RECENT,
    name: 'recent-decisions',
    title: 'Recent decisions',
    description: 'What was decided about requests of this folder since the daemon started, the newest first.',
    mimeType: 'application/json',
  },
];

/** Reads a resource. Throws `ResourceNotFoundError`, and what the daemon throws. */
export async function readResource(uri: string, ports: ServePorts, signal: AbortSignal): Promise<ReadResourceResult> {
  const read = READERS.get(uri);
  if (read === undefined) throw new ResourceNotFoundError(uri, 'There is no such resource');
  const daemon = await ports.connect(signal);
  const here = workspaceAround(await daemon.status({ signal }), ports.folder)?.path ?? ports.folder;
  const text = JSON.stringify(await read(daemon, { here, signal }));
  return { contents: [{ uri, mimeType: 'application/json', text }] };
}

interface Place {
  /** Workspace whose requests are shown; those of others are nobody's business here. */
  readonly here: string;
  readonly signal: AbortSignal;
}

type Reader = (daemon: ServeDaemon, place: Place) => Promise<unknown>;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [OPEN, openRequests],
  [RECENT, recentDecisions],
]);

async function openRequests(daemon: ServeDaemon, { here, signal }: Place) {
  const { requests } = await daemon.requests({ signal });
  return {
    requests: requests
      .filter(({ workspace }) => workspace === here)
      .map(({ requestId, source, kind, state, createdAt, expiresAt }) => ({
        ...{ requestId, source, kind, state },
        createdAt: formatTime(createdAt),
        expiresAt: formatTime(expiresAt),
      })),
  };
}

async function recentDecisions(daemon: ServeDaemon, { here, signal }: Place) {
  const { decisions } = await daemon.decisions({ signal });
  return {
    decisions: decisions
      .filter(({ workspace }) => workspace === here)
      .map(({ requestId, source, kind, verdict, outcome, code, reason, decidedAt }) => ({
        ...{ requestId, source, kind, verdict, outcome },
        ...(code === undefined ? {} : { code }),
        ...(reason === undefined ? {} : { reason: shown(reason) }),
        decidedAt: formatTime(decidedAt),
      })),
  };
}
