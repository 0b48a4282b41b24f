import type { IdText } from './message.js';

/** What a caller gets instead of an answer of the server. */
export interface Refusal {
  /** Stable, for programs. */
  readonly code: string;
  /** For the model and the human: what happened, that nothing ran, what to do. */
  readonly text: string;
}

/** JSON-RPC code of everything that Airlock refuses although it is a proper request. */
export const REFUSED = -32001;

/** A JSON-RPC error. */
export function errorText(id: IdText | null, rpcCode: number, { code, text }: Refusal): string {
  return `{"jsonrpc":"2.0","id":${id ?? 'null'},"error":${JSON.stringify({ code: rpcCode, message: text, data: { code } })}}`;
}

/** A result of `tools/call` that reaches the model and is not taken for an outcome. */
export function toolRefusalText(id: IdText, { code, text }: Refusal, isStateless: boolean): string {
  const result = {
    content: [{ type: 'text', text }],
    isError: true,
    _meta: { 'airlock/code': code },
    ...(isStateless ? { resultType: 'complete' } : {}),
  };
  return `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`;
}

/** `notifications/progress`. */
export function progressText(token: string | number, progress: number, message: string): string {
  const params = { progressToken: token, progress, message };
  return `{"jsonrpc":"2.0","method":"notifications/progress","params":${JSON.stringify(params)}}`;
}
