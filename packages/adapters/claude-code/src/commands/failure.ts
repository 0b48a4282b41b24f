import { type Coded, readCoded } from '../failure.js';
import { visible } from './words.js';

/** A command that was not carried out: coded as everywhere, with what to type next. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    readonly code: string,
    message: string,
    readonly fix?: string,
  ) {
    super(message);
  }
}

/** What has a command of its own in the plugin; everything else is typed in a terminal. */
const OWN = /^airlock (sign-in|sign-out|pair|unpair|status|patterns)\b.*$/;

/** What to type next, as a command of the plugin where there is one. */
function nextStep(fix: string): string {
  const own = OWN.exec(fix)?.[1];
  return own === undefined ? fix : `/airlock:${own}`;
}

/** The lines that say why a command was not carried out. */
export function failureLines(thrown: unknown): readonly string[] {
  const { code, message, fix }: Coded = readCoded(thrown);
  const next = fix === undefined ? [] : [`Next: ${visible(nextStep(fix))}`];
  return [`Not done (${visible(code)}): ${visible(message)}`, ...next];
}
