/**
 * A line that a terminal only shows: controls, line breaks and everything that turns or hides text become visible
 * escapes. The last gate before the terminal, for every line: errors and names come from gateways and other people.
 */
export function inert(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
}
