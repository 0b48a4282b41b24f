import { type JsonObject, LIMITS, formatTime } from '@airlock/protocol';
import { type EnforcerAddress, enforcerKey } from './channels.js';

const RECORDS_PER_USER = 1000;
/** Room for every capability we know, many times over; what says more is not kept, a thousand records a user being many. */
const CAPABILITIES_BYTES = 4096;

interface Labels {
  readonly workspaceName?: string | undefined;
  readonly enforcerLabel?: string | undefined;
  readonly capabilities?: JsonObject | undefined;
}

interface OpenChannel {
  readonly transport: 'websocket' | 'sse';
  readonly since: number;
  hello: boolean;
}

interface PresenceEntry {
  readonly address: EnforcerAddress;
  readonly open: Set<OpenChannel>;
  lastSeenAt: number;
  heartbeatAt: number | undefined;
  transport: 'websocket' | 'sse' | 'poll';
  labels: Labels;
}

/** Handle of one channel in its presence record. */
export interface PresenceChannel {
  readonly hello: (labels: Labels, now: number) => void;
  readonly seen: (now: number) => void;
  readonly closed: (now: number) => void;
}

/** Who is there; kept in memory, because it never influences anything (PRES-030). Times are epoch milliseconds. */
export interface Presence {
  readonly connected: (address: EnforcerAddress, transport: 'websocket' | 'sse', now: number) => PresenceChannel;
  readonly heartbeat: (address: EnforcerAddress, labels: Labels, now: number) => void;
  /** Records of a user's enforcers, newest first (PRES-020). */
  readonly list: (userId: string, now: number) => readonly JsonObject[];
  /** Drops records that nobody needs any more. */
  readonly sweep: (now: number) => void;
}

function kept(labels: Labels): Labels {
  const isTooLarge = Buffer.byteLength(JSON.stringify(labels.capabilities ?? {})) > CAPABILITIES_BYTES;
  return isTooLarge ? { ...labels, capabilities: undefined } : labels;
}

function defined(labels: Labels): JsonObject {
  return {
    ...(labels.workspaceName === undefined ? {} : { workspaceName: labels.workspaceName }),
    ...(labels.enforcerLabel === undefined ? {} : { enforcerLabel: labels.enforcerLabel }),
    ...(labels.capabilities === undefined ? {} : { capabilities: labels.capabilities }),
  };
}

/** The labels that count: without `hello` in time, connection state alone (PRES-040). */
function currentLabels(entry: PresenceEntry, now: number, stale: boolean): Labels {
  const { workspaceName, enforcerLabel, capabilities } = entry.labels;
  const channels = [...entry.open];
  const silent =
    channels.length > 0 && channels.every((channel) => !channel.hello && now - channel.since > LIMITS.socketHelloMs);
  if (silent) return {};
  return stale ? { workspaceName, enforcerLabel } : { workspaceName, enforcerLabel, capabilities };
}

function record(entry: PresenceEntry, now: number): JsonObject {
  const open = entry.open.size > 0;
  const beating = entry.heartbeatAt !== undefined && now - entry.heartbeatAt < LIMITS.presenceOnlineMs;
  const stale = !open && now - entry.lastSeenAt >= LIMITS.presenceRecordMs;
  return {
    enforcerDeviceId: entry.address.enforcerId,
    status: open || beating ? 'online' : 'offline',
    lastSeenAt: formatTime(open ? now : entry.lastSeenAt),
    ...(stale ? {} : { transport: entry.transport }),
    ...defined(currentLabels(entry, now, stale)),
  };
}

/** Makes an empty register. */
export function presence(): Presence {
  const users = new Map<string, Map<string, PresenceEntry>>();

  const entryOf = (address: EnforcerAddress, now: number): PresenceEntry => {
    const records = users.get(address.userId) ?? new Map<string, PresenceEntry>();
    users.set(address.userId, records);
    const key = enforcerKey(address);
    const known = records.get(key);
    if (known !== undefined) return known;
    if (records.size >= RECORDS_PER_USER) dropOldest(records);
    const made: PresenceEntry = {
      address,
      open: new Set(),
      lastSeenAt: now,
      heartbeatAt: undefined,
      transport: 'poll',
      labels: {},
    };
    records.set(key, made);
    return made;
  };

  return {
    connected: (address, transport, now) => {
      const entry = entryOf(address, now);
      const channel: OpenChannel = { transport, since: now, hello: false };
      entry.open.add(channel);
      entry.transport = transport;
      entry.lastSeenAt = now;
      const seen = (at: number): void => {
        entry.lastSeenAt = at;
      };
      return {
        hello: (labels, at) => {
          channel.hello = true;
          entry.labels = kept(labels);
          seen(at);
        },
        seen,
        closed: (at) => {
          entry.open.delete(channel);
          seen(at);
        },
      };
    },
    heartbeat: (address, labels, now) => {
      const entry = entryOf(address, now);
      entry.heartbeatAt = now;
      entry.lastSeenAt = now;
      if (entry.open.size === 0) entry.transport = 'poll';
      entry.labels = {
        workspaceName: labels.workspaceName ?? entry.labels.workspaceName,
        enforcerLabel: labels.enforcerLabel ?? entry.labels.enforcerLabel,
        capabilities: entry.labels.capabilities,
      };
    },
    list: (userId, now) =>
      [...(users.get(userId)?.values() ?? [])]
        .sort((a, b) => b.lastSeenAt - a.lastSeenAt)
        .map((entry) => record(entry, now)),
    sweep: (now) => {
      for (const [userId, records] of users) {
        for (const [key, entry] of records) {
          const old = now - entry.lastSeenAt >= LIMITS.historyRetentionMs;
          if (entry.open.size === 0 && old) records.delete(key);
        }
        if (records.size === 0) users.delete(userId);
      }
    },
  };
}

function dropOldest(records: Map<string, PresenceEntry>): void {
  const idle = [...records].filter(([, entry]) => entry.open.size === 0);
  const oldest = idle.sort(([, a], [, b]) => a.lastSeenAt - b.lastSeenAt)[0];
  if (oldest !== undefined) records.delete(oldest[0]);
}
