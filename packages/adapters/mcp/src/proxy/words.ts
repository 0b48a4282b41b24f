import type { Refusal } from '../jsonrpc/answers.js';
import type { Denial } from './decision.js';

/** Longest piece of foreign text in an answer, characters. */
const LONGEST = 1000;

/** Foreign text that can neither act on a terminal nor hide: controls, format and bidirectional characters become escapes. */
export function inert(text: string): string {
  const escaped = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
  return escaped.length <= LONGEST ? escaped : `${escaped.slice(0, LONGEST)}…`;
}

const NOT_RUN = 'Nothing has run: the server has not seen the request.';
const NO_WAY_ROUND = 'Do not send it again and do not reach for the same in another way; tell the user.';

function fixWords(fix: string | undefined): string {
  return fix === undefined ? 'Tell the user.' : `The user can try: ${inert(fix)}.`;
}

function reasonWords(reason: string | undefined): string {
  return reason === undefined ? 'No reason was given.' : `The approver's words: "${inert(reason)}"`;
}

/** What the caller is told about a request that was not approved. */
export function denialWords(what: string, denial: Denial): Refusal {
  const { code, reason, fix } = denial;
  const end = `${NOT_RUN} (code: ${code})`;
  switch (denial.outcome) {
    case 'rejected':
      return { code, text: `Airlock: the approver rejected ${what}. ${reasonWords(reason)} ${NO_WAY_ROUND} ${end}` };
    case 'policy':
      return {
        code,
        text: `Airlock: ${what} is denied by policy${reason === undefined ? '' : `: ${inert(reason)}`}. ${fix === undefined ? NO_WAY_ROUND : fixWords(fix)} ${end}`,
      };
    case 'timeout':
      return {
        code,
        text: `Airlock: nobody answered in time about ${what}. Send it again when the approver is there. ${end}`,
      };
    case 'failed':
      return {
        code,
        text: `Airlock could not ask about ${what}: ${inert(reason ?? 'it failed')}. ${fixWords(fix)} ${end}`,
      };
  }
}

/** What a caller is told who would give up before the human decides. */
export function pendingWords(what: string): Refusal {
  return {
    code: 'pending',
    text: `Airlock: ${what} is not decided yet. ${NOT_RUN} This is no outcome. To go on waiting, call again with exactly the same arguments. (code: pending)`,
  };
}

/** What an open request gets when its server ends. */
export function goneWords(reason: string, wasSent: boolean): Refusal {
  const effect = wasSent ? 'It is unknown whether the request took effect.' : NOT_RUN;
  return {
    code: 'server_gone',
    text: `Airlock: the MCP server is gone: ${inert(reason)}. ${effect} (code: server_gone)`,
  };
}

/** Any other refusal of the proxy itself. */
export function refusal(code: string, why: string): Refusal {
  return { code, text: `Airlock: ${inert(why)}. ${NOT_RUN} (code: ${code})` };
}
