import type { z } from 'zod';
import { MessageError } from '../errors/local-errors.js';

/**
 * Parses a value with a schema of this package.
 * @throws MessageError naming the first wrong member, without its value
 */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = (issue?.path ?? []).map(String).join('.');
  const what = issue?.code === 'unrecognized_keys' ? 'has an unknown member' : 'is missing or wrong';
  throw new MessageError(path, `${path === '' ? 'The message' : path} ${what}`, { cause: result.error });
}
