import type { Socket } from 'node:net';

/**
 * The uid at the other end of a local socket, null where nobody can tell. Node has no call for it, so without a native
 * binding the daemon relies on the 0700 directory and the 0600 socket alone, and `status` says so.
 */
export type PeerUid = (socket: Socket) => number | null;

export const noPeerUid: PeerUid = () => null;
