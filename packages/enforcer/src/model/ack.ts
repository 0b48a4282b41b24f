/** Acknowledgement of one recorded decision. Never looked at by anything that decides (ACK-050). */
export type AckState =
  | { readonly name: 'Idle' }
  | {
      readonly name: 'Due';
      /** `msgId` of the decision. */
      readonly msgId: string;
      /** Attempts so far. */
      readonly attempts: number;
      readonly inFlight: boolean;
    }
  | { readonly name: 'Sent' }
  | { readonly name: 'GaveUp' };

/** Name of an ack state. */
export type AckStateName = AckState['name'];
