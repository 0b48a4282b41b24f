import type { JsonObject } from '@airlock/protocol';
import type { ApproverPrincipal, EnforcerPrincipal } from '../principal.js';
import { appKey } from '../principal.js';

/** Who is at the other end of an open channel. */
export type ChannelParty =
  | { readonly principal: EnforcerPrincipal; readonly enforcerId: string }
  | { readonly principal: ApproverPrincipal; readonly approverId: string };

/** An open WebSocket or event stream. */
export interface Channel {
  readonly transport: 'websocket' | 'sse';
  /** Sends one message; never throws and never waits (GW-490). */
  readonly send: (message: JsonObject, text: string) => void;
  /** Ends the channel because the gateway shuts down. */
  readonly shutDown: () => void;
}

/** The open channels of this process, by party. */
export interface Channels {
  /** Adds a channel; the returned function removes it. */
  readonly add: (party: ChannelParty, channel: Channel) => () => void;
  /** Sends to the most recently connected channel of an enforcer (GW-470); false when there is none. */
  readonly toEnforcer: (party: EnforcerAddress, message: JsonObject) => boolean;
  /** Sends to every channel of an approver device; the message is made only if there is one. */
  readonly toApprover: (userId: string, approverId: string, make: () => JsonObject) => void;
  /** Sends to every approver channel of a user; each gets its own recipient. */
  readonly toApproversOf: (userId: string, make: (approverId: string) => JsonObject) => void;
  readonly enforcerChannel: (party: EnforcerAddress) => Channel | undefined;
  readonly shutDown: () => void;
}

/** An enforcer as channels and presence know it (ID-110). */
export interface EnforcerAddress {
  readonly userId: string;
  readonly appId: string;
  readonly enforcerId: string;
}

/** Key of an enforcer in maps of this process. */
export function enforcerKey(address: EnforcerAddress): string {
  return JSON.stringify([address.userId, address.appId, address.enforcerId]);
}

/** The address of an enforcer party. */
export function addressOf(principal: EnforcerPrincipal, enforcerId: string): EnforcerAddress {
  return { userId: principal.userId, appId: appKey(principal), enforcerId };
}

class Groups<Entry> {
  readonly #groups = new Map<string, Set<Entry>>();

  add(key: string, entry: Entry): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, new Set([entry]));
    else group.add(entry);
  }

  remove(key: string, entry: Entry): void {
    const group = this.#groups.get(key);
    group?.delete(entry);
    if (group?.size === 0) this.#groups.delete(key);
  }

  of(key: string): readonly Entry[] {
    return [...(this.#groups.get(key) ?? [])];
  }

  all(): readonly Entry[] {
    return [...this.#groups.values()].flatMap((group) => [...group]);
  }
}

interface ApproverEntry {
  readonly approverId: string;
  readonly channel: Channel;
}

/** Makes an empty register. */
export function channels(): Channels {
  const enforcers = new Groups<Channel>();
  const approvers = new Groups<ApproverEntry>();

  const addEnforcer = (key: string, channel: Channel): (() => void) => {
    enforcers.add(key, channel);
    return () => enforcers.remove(key, channel);
  };
  const addApprover = (userId: string, entry: ApproverEntry): (() => void) => {
    approvers.add(userId, entry);
    return () => approvers.remove(userId, entry);
  };
  const toApproversOf: Channels['toApproversOf'] = (userId, make) => {
    for (const { approverId, channel } of approvers.of(userId)) {
      const message = make(approverId);
      channel.send(message, JSON.stringify(message));
    }
  };
  return {
    add: (party, channel) =>
      'enforcerId' in party
        ? addEnforcer(enforcerKey(addressOf(party.principal, party.enforcerId)), channel)
        : addApprover(party.principal.userId, { approverId: party.approverId, channel }),
    toEnforcer: (address, message) => {
      const channel = enforcers.of(enforcerKey(address)).at(-1);
      channel?.send(message, JSON.stringify(message));
      return channel !== undefined;
    },
    toApprover: (userId, approverId, make) => {
      const entries = approvers.of(userId).filter((entry) => entry.approverId === approverId);
      if (entries.length === 0) return;
      const message = make();
      const text = JSON.stringify(message);
      for (const entry of entries) entry.channel.send(message, text);
    },
    toApproversOf,
    enforcerChannel: (address) => enforcers.of(enforcerKey(address)).at(-1),
    shutDown: () => {
      for (const channel of enforcers.all()) channel.shutDown();
      for (const entry of approvers.all()) entry.channel.shutDown();
    },
  };
}
