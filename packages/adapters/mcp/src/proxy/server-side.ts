import { isJsonObject, utf8Decode } from '@airlock/protocol';
import { type IdText, type Message, readMessage } from '../jsonrpc/message.js';

/** What the proxy has to know of a message of the server; its bytes go to the client in any case. */
export interface Heard {
  /** Requests and notifications. */
  readonly calls: readonly Extract<Message, { readonly kind: 'request' | 'notification' }>[];
  readonly answers: readonly HeardAnswer[];
  /** Was not read strictly although it should have been: nobody can say what a client takes it for. */
  readonly isUnclear: boolean;
}

export interface HeardAnswer {
  readonly id: IdText;
  /** A JSON-RPC error, or a tool that says it failed. */
  readonly isError: boolean;
}

const NOTHING: Heard = { calls: [], answers: [], isUnclear: false };

/** What makes it worth reading a message at all. */
export interface Listening {
  /** A request of the client is open. */
  readonly forAnswers: boolean;
  /** A list of tools is open: what the client takes for it must not be in doubt. */
  readonly forList: boolean;
}

/**
 * Reads along with the server. A key can be spelled with `\u` escapes only, so bytes with neither are no request; that spares
 * long results the strict parser.
 */
export function hear(raw: Uint8Array, { forAnswers, forList }: Listening): Heard {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (!forList && !bytes.includes('"method"') && !bytes.includes('\\u')) {
    return forAnswers ? answersIn(bytes) : NOTHING;
  }
  const message = readMessage(raw);
  if (message.kind !== 'malformed') return ofMessage(message);
  // Some servers write plain lines between their messages.
  const isUnclear = bytes.includes('result') || bytes.includes('\\u');
  return { ...(forAnswers ? answersIn(bytes) : NOTHING), isUnclear };
}

function ofMessage(message: Message): Heard {
  switch (message.kind) {
    case 'request':
    case 'notification':
      return { ...NOTHING, calls: [message] };
    case 'response':
      return { ...NOTHING, answers: answerIn(JSON.parse(utf8Decode(message.raw))) };
    case 'malformed':
      return { ...NOTHING, isUnclear: true };
    case 'batch': {
      const parts = message.members.map(ofMessage);
      return {
        calls: parts.flatMap(({ calls }) => calls),
        answers: parts.flatMap(({ answers }) => answers),
        isUnclear: parts.some(({ isUnclear }) => isUnclear),
      };
    }
  }
}

/** Answers of what is large or not read strictly: only which ids they close. */
function answersIn(bytes: Buffer): Heard {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return NOTHING;
    throw error;
  }
  return { ...NOTHING, answers: (Array.isArray(value) ? value : [value]).flatMap(answerIn) };
}

function answerIn(value: unknown): readonly HeardAnswer[] {
  if (!isJsonObject(value) || 'method' in value) return [];
  const { id, result } = value;
  if (typeof id !== 'string' && typeof id !== 'number') return [];
  return [{ id: JSON.stringify(id), isError: isJsonObject(result) ? result['isError'] === true : true }];
}
