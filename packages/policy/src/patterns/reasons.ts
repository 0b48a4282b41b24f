/**
 * Why a pattern does or does not approve a command line. Closed and frozen: scripts read it from
 * `airlock policy match`.
 */
export const MATCH_REASONS = [
  'match',
  // The pattern itself (ENF-175).
  'pattern_invalid',
  'pattern_too_broad',
  // The command line (ENF-170).
  'too_long',
  'too_many_commands',
  'character',
  'empty',
  'expansion',
  'quoting',
  'operator',
  'redirection',
  'assignment',
  'reserved_word',
  'builtin',
  'wrapper',
  'interpreter',
  'shell_unsupported',
  'second_opinion',
  // The words.
  'no_match',
  'extra_words',
  'piped_input',
] as const;
/** One of {@link MATCH_REASONS}. */
export type MatchReason = (typeof MATCH_REASONS)[number];
