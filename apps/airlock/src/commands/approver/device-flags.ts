/** Flags of every approver command. */
export interface DeviceFlags {
  readonly gateway?: string;
  readonly keyDir?: string;
  readonly json?: true;
}
