import { utf8Encode } from '@airlock/protocol';
import type { HostOutcome } from '@airlock/runtime/client';
import { readCoded } from '../failure.js';
import { readFileAt, sha256 } from '../tools/files.js';
import type { ExpectedFile } from '../tools/tool-call.js';
import type { SeenCall } from './sessions.js';

/** What is wrong after a call, when something is. */
export interface Mismatch {
  /** A code for the audit log. */
  readonly incident: 'file_differs' | 'input_differs' | 'layer_skipped' | 'module_not_loaded' | 'ran_without_approval';
  readonly message: string;
}

/** What is kept of an input, however large it is. */
export function inputSha256(inputJson: string): string {
  return sha256(utf8Encode(inputJson));
}

/** A call as the host reports its end. */
export interface EndedCall {
  readonly inputJson: string;
  readonly result: HostOutcome['result'];
  /** Our modules are loaded in its session. */
  readonly hasModule: boolean;
}

/** Compares what a call did with what was let through, as far as that can be seen afterwards (ENF-140). */
export async function mismatchOf(seen: SeenCall, ended: EndedCall): Promise<Mismatch | null> {
  if (seen.verdict === 'deny' || seen.verdict === null) {
    return ended.result === 'failed'
      ? null
      : { incident: 'ran_without_approval', message: 'this call ran although nobody let it through' };
  }
  if (inputSha256(ended.inputJson) !== seen.inputSha256) {
    return {
      incident: 'input_differs',
      message: 'this call ran with other input than it was let through with: another hook or plugin rewrote it',
    };
  }
  const { leaves } = seen;
  if (seen.verdict === 'allow' && leaves !== null && !(await isAsApproved(leaves, ended.result))) {
    return {
      incident: 'file_differs',
      message: `${leaves.path} now differs from what the approver saw. A formatter, another hook or another program may have changed it`,
    };
  }
  if (!ended.hasModule || seen.isCheckedLast || ended.result === 'failed') return null;
  return {
    incident: 'layer_skipped',
    message: 'the check right before this call did not happen: another plugin may have taken its place',
  };
}

/** Said once in a session whose host has modules, when none of ours was heard of. */
export const MODULE_NOT_LOADED: Mismatch = {
  incident: 'module_not_loaded',
  message:
    'the module of the plugin is not loaded in this session, so that input which another hook rewrites is noticed only afterwards; type: airlock claude status',
};

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
