import { render } from '@airlock/actions';
import { isJsonObject } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { UsageError } from '../../cli/failure.js';
import { standardInputStream } from '../../cli/standard-input.js';

function readLine(line: string, number: number): { readonly raw: string; readonly mode: 'command' | 'text' } {
  try {
    // Lone surrogates are part of what is to be shown, so this is not the strict parser of the wire.
    const value: unknown = JSON.parse(line);
    if (isJsonObject(value)) {
      const { raw, mode } = value;
      if (typeof raw === 'string' && (mode === 'command' || mode === 'text')) return { raw, mode };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(
    `line ${number} is not {"raw":STRING,"mode":"command"|"text"}`,
    'airlock approver render --batch < FILE',
  );
}

/** `airlock approver render --batch`. */
export async function renderBatch(cli: Cli): Promise<number> {
  let number = 0;
  for await (const line of standardInputStream()) {
    number += 1;
    if (line.trim() === '') continue;
    const { raw, mode } = readLine(line, number);
    const { text, marks, bytes, lines } = render(raw, mode);
    printJson(cli, { text, marks, bytes, lines });
  }
  return 0;
}
