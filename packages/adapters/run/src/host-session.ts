/** By which Claude Code tells what its shell starts whose session it is (seen in 2.1.197 and 2.1.330). */
const VARIABLE = 'CLAUDE_CODE_SESSION_ID';

const ID = /^[\w.:-]{1,200}$/;

/**
 * The host's session that this process runs in, as the host's variable says. Anybody can set it, so it only ever names who
 * asks: limits and grants of that session count, and an approval of that session's own call may be used (LOC-147).
 */
export function hostSession(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const id = environment[VARIABLE];
  return id !== undefined && ID.test(id) ? id : undefined;
}
