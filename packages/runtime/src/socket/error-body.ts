import { z } from 'zod';

/** A refusal on the local socket. */
export const localErrorSchema = z.object({
  code: z.string(),
  /** What happened and why, for a human. */
  message: z.string(),
  /** What to type next; absent when there is nothing to type. */
  fix: z.string().optional(),
});
/** Body of every non-2xx answer is `{error: LocalErrorBody}`. */
export type LocalErrorBody = z.infer<typeof localErrorSchema>;
