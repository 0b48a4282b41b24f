import { setTimeout as pause } from 'node:timers/promises';
import type { SdkClient } from './sdk-clients.js';
import type { Transcript } from './transcript.js';

/** One step of the tour. */
type Step = (client: SdkClient) => Promise<unknown>;

const call =
  (name: string, input: Record<string, unknown> = {}): Step =>
  (client) =>
    client.call(name, input);

/** Reports progress twice, then ends. */
const longOperation: Step = (client) =>
  client.call('trigger-long-running-operation', { duration: 0.4, steps: 2 }, { onprogress: () => undefined });

/** Cancelled while the server is at work. */
const cancelled: Step = async (client) => {
  const ending = new AbortController();
  const onprogress = ({ progress }: { readonly progress: number }) => {
    if (progress >= 1) ending.abort('no longer wanted');
  };
  const input = { duration: 2, steps: 4 };
  const outcome = await client
    .call('trigger-long-running-operation', input, { onprogress, signal: ending.signal })
    .catch(() => 'cancelled');
  if (outcome !== 'cancelled') throw new Error('the call was not cancelled');
  // This server reports on to the end, which everybody shall hear.
  await pause(3000);
};

/** Every tool of the reference server but two, which want a client that itself runs tasks. */
const TOOLS: readonly Step[] = [
  call('echo', { message: 'Grüße 👋 \u0000 "quoted"\n' }),
  call('get-sum', { a: 1e21, b: -0.1 }),
  call('get-env'),
  call('get-tiny-image'),
  call('get-annotated-message', { messageType: 'error', includeImage: true }),
  call('get-resource-links', { count: 3 }),
  call('get-resource-reference', { resourceType: 'Blob', resourceId: 2 }),
  call('get-structured-content', { location: 'Chicago' }),
  call('gzip-file-as-resource', { name: 'a.gz', data: 'data:text/plain,hello', outputType: 'resource' }),
  call('get-roots-list'),
  call('trigger-sampling-request', { prompt: 'Is it so?', maxTokens: 10 }),
  call('trigger-elicitation-request'),
  call('trigger-url-elicitation', { url: 'https://example.com/', elicitationId: 'e1' }),
  call('toggle-simulated-logging'),
  call('toggle-simulated-logging'),
  call('toggle-subscriber-updates'),
  call('toggle-subscriber-updates'),
  longOperation,
  cancelled,
];

/** What servers refuse, so that errors are compared as well. */
const ERRORS: readonly Step[] = [
  call('no-such-tool'),
  call('get-sum', { a: 'not a number' }),
  (client) => client.getPrompt('no-such-prompt'),
  (client) => client.readResource('demo://resource/none'),
];

const LISTS: readonly Step[] = [
  (client) => client.listTools(),
  (client) => client.listPrompts(),
  (client) => client.listResources(),
  (client) => client.listResourceTemplates(),
  (client) => client.complete('completable-prompt', 'department', 'S'),
  (client) => client.older(),
];

const READING: readonly Step[] = [
  (client) => client.getPrompt('simple-prompt'),
  (client) => client.getPrompt('args-prompt', { city: 'Chicago', state: 'IL' }),
  (client) => client.getPrompt('completable-prompt', { department: 'Sales', name: 'Eve' }),
  (client) => client.getPrompt('resource-prompt', { resourceType: 'Blob', resourceId: '1' }),
  (client) => client.readResource('demo://resource/dynamic/text/7'),
  (client) => client.readResource('demo://resource/dynamic/blob/7'),
  (client) => client.readResource('demo://resource/static/document/features.md'),
];

/** The last, because the number of looks after a task moves the ids of all that follows. */
const task: Step = async (client) =>
  client.callAsTask?.('simulate-research-query', { topic: 'python', ambiguous: true });

const UNTASKED: readonly Step[] = [...LISTS, ...TOOLS, ...READING, ...ERRORS];
/** One of each kind. */
const FEW: readonly Step[] = [
  (client) => client.listTools(),
  call('echo', { message: 'Grüße' }),
  call('trigger-sampling-request', { prompt: 'Is it so?', maxTokens: 10 }),
  longOperation,
  (client) => client.getPrompt('simple-prompt'),
  (client) => client.readResource('demo://resource/dynamic/text/7'),
  call('no-such-tool'),
];

/**
 * What of it is gone through. `untasked` is all but the task, after which this server, on HTTP, sends old answers again to
 * whoever opens a stream.
 */
const EXTENTS = { all: [...UNTASKED, task], untasked: UNTASKED, few: FEW } as const;
export type Extent = keyof typeof EXTENTS;

/** The server asks for the roots this long after the handshake, and may announce its tools again. */
const SETTLING_MS = 1500;

/** How often somebody looks after a task is a matter of time. */
const BY_TIME = ['answer to tasks/get', 'notification notifications/tasks/status'];

/** Goes through what the reference server offers, one step after the other, and tells what it said. */
export async function tour(client: SdkClient, extent: Extent, leftOut: readonly string[] = []): Promise<Transcript> {
  try {
    await pause(SETTLING_MS);
    for (const step of EXTENTS[extent]) {
      // An error is an answer as well; the transcript has it.
      await step(client).catch((error: unknown) => {
        if (error instanceof Error && /timed out|not cancelled/i.test(error.message)) throw error;
      });
    }
    return client.recorder.transcript([...BY_TIME, ...leftOut]);
  } finally {
    await client.close();
  }
}
