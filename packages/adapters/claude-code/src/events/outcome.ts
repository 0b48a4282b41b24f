import type { HostOutcome } from '@airlock/runtime/client';
import { utf8Encode } from '@airlock/protocol';
import { readFileAt, sha256 } from '../tools/files.js';
import type { ExpectedFile } from '../tools/tool-call.js';
import { readCoded } from '../failure.js';
import type { DescribedCall } from './sessions.js';

/** What is wrong after a call, when something is. */
export interface Mismatch {
  /** A code for the audit log. */
  readonly incident: 'file_differs' | 'input_differs';
  readonly message: string;
}

/** What is kept of an input, however large it is. */
export function inputSha256(inputJson: string): string {
  return sha256(utf8Encode(inputJson));
}

/** Compares what a call did with what was approved, as far as that can be seen afterwards. */
export async function mismatchOf(
  approved: DescribedCall,
  ended: { readonly inputJson: string; readonly result: HostOutcome['result'] },
): Promise<Mismatch | null> {
  if (inputSha256(ended.inputJson) !== approved.inputSha256) {
    return {
      incident: 'input_differs',
      message: 'this call ran with other input than the approver saw: another hook or plugin rewrote it',
    };
  }
  const { leaves } = approved;
  if (leaves === null || (await isAsApproved(leaves, ended.result))) return null;
  return {
    incident: 'file_differs',
    message: `${leaves.path} now differs from what the approver saw. A formatter, another hook or another program may have changed it`,
  };
}

/** A call that failed may have changed nothing. */
async function isAsApproved({ path, before, after }: ExpectedFile, result: HostOutcome['result']): Promise<boolean> {
  const now = await sha256At(path);
  return now === after || (result === 'failed' && now === before);
}

async function sha256At(path: string): Promise<string | null> {
  try {
    return (await readFileAt(path))?.sha256 ?? null;
  } catch (error) {
    return readCoded(error).code;
  }
}
