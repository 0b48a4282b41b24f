import { isJsonObject, JsonError, type JsonObject, type JsonValue, parseJson } from '@airlock/protocol';
import { z } from 'zod';
import { AdapterFailure } from '../failure.js';

/**
 * Decodes the bytes of a host event (ART-140, INV-17): strict JSON in UTF-8, no key twice, no lone surrogate, no number
 * that RFC 8785 would print as another one.
 * @throws AdapterFailure `input_invalid`
 */
export function readEvent(bytes: Uint8Array): JsonObject {
  const event = parsed(bytes);
  if (!isJsonObject(event)) throw new AdapterFailure('input_invalid', 'The input of the hook is no JSON object');
  return event;
}

function parsed(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(bytes, { exactNumbers: true });
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new AdapterFailure('input_invalid', `The input of the hook cannot be read exactly: ${cause.message}`, {
      cause,
    });
  }
}

/**
 * The members of an event that are relied on. All others are the host's business: versions differ in them.
 * @throws AdapterFailure `input_invalid` with the name of the first member that is missing or has a wrong form
 */
export function members<Shape extends z.ZodRawShape>(
  event: JsonObject,
  schema: z.ZodObject<Shape>,
): z.infer<z.ZodObject<Shape>> {
  const relied = Object.keys(schema.shape).filter((name) => Object.hasOwn(event, name));
  const result = schema.safeParse(Object.fromEntries(relied.map((name) => [name, event[name]])));
  if (result.success) return result.data;
  const name = String(result.error.issues[0]?.path[0] ?? 'object');
  throw new AdapterFailure('input_invalid', `The input of the hook has no usable member "${name}"`, {
    cause: result.error,
  });
}

const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !text.includes('\0'), { error: 'holds a NUL character' });

/** Id of a session, of a tool use, of an agent. */
export const idSchema = line(200);
/** Absolute path of a folder or file. */
export const pathSchema = line(4096).startsWith('/');
