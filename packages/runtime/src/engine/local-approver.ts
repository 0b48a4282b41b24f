import { join } from 'node:path';
import { parseJson } from '@airlock/protocol';
import { z } from 'zod';
import { readSecure } from '../files/secure-file.js';
import type { RuntimePaths } from '../paths/paths.js';

/** Part of the terminal approver's key file that no passphrase covers: its raw Ed25519 key, base64url. */
const keyFileSchema = z.looseObject({ signerPublicKey: z.string() });

/**
 * Public keys of the approvers that run on this computer as this user, as far as they are where they are by default. Read
 * when a pairing completes, for the approver may have been made after it began. What cannot be read is not found out.
 */
export function localApproverKeys(paths: Pick<RuntimePaths, 'data'>): readonly string[] {
  try {
    const bytes = readSecure(join(paths.data, 'approver', 'keys.json'));
    const parsed = bytes === null ? null : keyFileSchema.safeParse(parseJson(bytes));
    return parsed?.success === true ? [parsed.data.signerPublicKey] : [];
  } catch (cause) {
    if (cause instanceof Error) return [];
    throw cause;
  }
}
