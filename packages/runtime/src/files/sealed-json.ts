import { parseJson, utf8Decode, utf8Encode, type JsonValue } from '@airlock/protocol';
import { z } from 'zod';
import type { FsPort } from './fs-port.js';
import type { Integrity } from './integrity.js';
import { readSecure, replaceDurably } from './secure-file.js';

const sealedSchema = z.strictObject({ json: z.string(), mac: z.string() });

export interface Sealing {
  readonly integrity: Integrity;
  readonly fs: FsPort;
  /** Separates files from each other, so that one cannot be put in the place of another. */
  readonly label: string;
}

/** The value of a protected file, undefined when there is none. Throws on any damage. */
export function readSealed(file: string, sealing: Sealing): JsonValue | undefined {
  const bytes = readSecure(file, sealing.fs);
  if (bytes === null) return undefined;
  const { json, mac } = sealedSchema.parse(parseJson(utf8Decode(bytes)));
  if (!sealing.integrity.verify(sealing.label, json, mac)) throw new Error('the MAC is wrong');
  return parseJson(json);
}

/** Replaces a protected file atomically and durably. */
export function writeSealed(file: string, value: unknown, sealing: Sealing): void {
  const json = JSON.stringify(value);
  const mac = sealing.integrity.mac(sealing.label, json);
  replaceDurably(file, utf8Encode(JSON.stringify({ json, mac })), sealing.fs);
}
