// Airlock as the permission callback of an agent SDK: every tool call is shown to the approver before it runs.
// Needs nothing but Node (20 or newer). Everything that is not an approval denies.
import { lstatSync } from 'node:fs';
import { request } from 'node:http';

/** What the SDK is told. */
export type PermissionResult =
  | { readonly behavior: 'allow'; readonly updatedInput: Record<string, unknown> }
  | { readonly behavior: 'deny'; readonly message: string };

/** The callback as agent SDKs have it. */
export type CanUseTool = (
  toolName: string,
  input: Record<string, unknown>,
  options: { readonly signal: AbortSignal },
) => Promise<PermissionResult>;

export interface AirlockOptions {
  /** Socket of the daemon (docs/authorize.md says where it is). */
  readonly socketPath: string;
  /** Absolute path of the folder whose approver decides. */
  readonly workspace: string;
  /** Of this run of the agent. */
  readonly sessionId: string;
  /** Your program's name on the card, `[a-z][a-z0-9-]*`. */
  readonly source: string;
  /** How long the human is waited for, seconds. */
  readonly timeoutSeconds: number;
  /** What to do where the signed policy gates nothing of the call, so that nobody approved it. Denied unless you say so. */
  readonly whenNotGated?: 'allow' | 'deny';
}

/** Longer than the daemon needs to say that nobody answered, milliseconds. */
const GRACE_MS = 30_000;

const LARGEST_ANSWER = 64 * 1024;

export function airlockCanUseTool(options: AirlockOptions): CanUseTool {
  return async (toolName, input, { signal }) => {
    try {
      // The text that is approved is the text that runs, whatever happens to the object meanwhile.
      const inputJson = JSON.stringify(input);
      const answer = await authorize(options, { tool: toolName, inputJson }, signal);
      const isAllowed = answer.decision === 'allow' || (answer.decision === 'pass' && options.whenNotGated === 'allow');
      if (isAllowed) return { behavior: 'allow', updatedInput: JSON.parse(inputJson) };
      return { behavior: 'deny', message: messageOf(answer) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { behavior: 'deny', message: `Airlock could not ask, so this did not run: ${why}` };
    }
  };
}

type Answer = Record<string, unknown>;

function messageOf(answer: Answer): string {
  const { code, decision, fix, reason } = answer;
  if (decision === 'pass') return 'Airlock asks about nothing of this at the moment, and nobody approved it.';
  if (decision !== 'deny') return 'Airlock gave no answer that is one.';
  if (code === 'rejected') return `The approver rejected this. ${quoted(reason)} Do not try it another way.`;
  const next = typeof fix === 'string' ? ` (try: ${fix})` : '';
  return `Airlock denied this (${String(code)}): ${typeof reason === 'string' ? reason : ''}${next}`;
}

/** Words of a human, for a model: marked as such. */
function quoted(reason: unknown): string {
  return typeof reason === 'string' && reason !== ''
    ? `Their words: ${JSON.stringify(reason)}.`
    : 'No reason was given.';
}

async function authorize(
  { sessionId, socketPath, source, timeoutSeconds, workspace }: AirlockOptions,
  call: { readonly tool: string; readonly inputJson: string },
  signal: AbortSignal,
): Promise<Answer> {
  checkSocket(socketPath);
  const body = JSON.stringify({ workspace, source, sessionId, timeoutSeconds, ...call });
  // Hanging up withdraws the question: an agent that was stopped leaves nothing on the approver's screen.
  const patience = AbortSignal.timeout(timeoutSeconds * 1000 + GRACE_MS);
  const { status, text } = await post(socketPath, body, AbortSignal.any([signal, patience]));
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null) throw new Error('the daemon gave no answer');
  if (status === 200) return { ...answer };
  throw new Error('error' in answer ? JSON.stringify(answer.error) : `the daemon said ${status}`);
}

/** Nobody else may have put a socket of their own in its place. */
function checkSocket(path: string): void {
  const found = lstatSync(path);
  const isOurs = found.isSocket() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  if (!isOurs) throw new Error(`${path} is not the socket of your daemon`);
}

function post(
  socketPath: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ socketPath, method: 'POST', path: '/v1/authorize', headers, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LARGEST_ANSWER) response.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
