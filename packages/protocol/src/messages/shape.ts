import { z } from 'zod';
import { textOf } from '../ids.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import { LIMITS } from '../limits.js';

/**
 * Tolerant object (GW-080): unknown members are ignored and a null member counts as absent, except members
 * that may be null themselves.
 */
export function message<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(nullsDropped(shape), z.object(shape));
}

/** Like {@link message}, but unknown members are kept as they came (APPR-070). */
export function openMessage<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(nullsDropped(shape), z.looseObject(shape));
}

/** Object with exactly these members: for what is signed or comes from a hostile peer. */
export function exactMessage<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape);
}

function nullsDropped(shape: z.ZodRawShape): (value: unknown) => unknown {
  const nullable = new Set(Object.keys(shape).filter((key) => z.safeParse(shape[key] ?? z.never(), null).success));
  return (value) => {
    if (!isJsonObject(value) || !Object.values(value).includes(null)) return value;
    return Object.fromEntries(Object.entries(value).filter(([key, member]) => member !== null || nullable.has(key)));
  };
}

/** Display text of up to 128 characters (ID-140). */
export const labelSchema = textOf(0, LIMITS.labelCharacters);
/** A member that must not be empty. */
export const nonEmptySchema = z.string().min(1);
/** Whole number. */
export const integerSchema = z.int();
/** Any JSON object, passed on unchanged. */
export const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' });
/** Any JSON value. */
export const jsonValueSchema = z.custom<JsonValue>((value) => value !== undefined, { error: 'is missing' });
/** The empty object. */
export const emptySchema = z.object({});
/** Request without required members: nothing, null and `{}` are the same (GW-070). */
export const noBodySchema = z.preprocess((value) => value ?? {}, z.object({}));
