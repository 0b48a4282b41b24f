import { approverLine } from '@airlock/adapter-git';
import { type StatusAnswer, workspaceAround } from '@airlock/runtime/client';

/** The line of `.airlock/approvers` for the approver that is paired around a folder; null where there is none. */
export function approverAround(status: StatusAnswer, folder: string): string | null {
  const key = workspaceAround(status, folder)?.signerPublicKey ?? null;
  return key === null ? null : approverLine(key);
}
