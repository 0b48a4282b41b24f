import { type PolicyRequirement, policyRequirementSchema } from '@airlock/protocol';
import { z } from 'zod';

/** Requirements as an entry of the list holds them: a word each, sorted, once, separated by a space. */
export function requiresText(requirements: readonly PolicyRequirement[]): string {
  return policyRequirementSchema.options.filter((one) => requirements.includes(one)).join(' ');
}

/** The requirements that such a text names. */
export function requirementsIn(text: string): readonly PolicyRequirement[] {
  const words = text.split(' ');
  return policyRequirementSchema.options.filter((one) => words.includes(one));
}

/** A text that {@link requiresText} makes; an entry with any other is damage. */
export const requiresSchema = z.string().refine((text) => requiresText(requirementsIn(text)) === text, {
  error: 'must name known requirements, sorted, once',
});
