import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Answer of the host's `$.http.fetch`. */
interface Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** One connection that stays open, as the host keeps it. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** An HTTP round trip over a Unix socket, with Node's own client. */
export function post(
  socketPath: string,
  path: string,
  { body, more = {} }: { body: string; more?: Readonly<Record<string, string>> },
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...more };
    const sent = request({ socketPath, path, method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Another process that only answers, as the daemon is another process. Ends with the function that is returned. */
export async function bareServer(socketPath: string): Promise<() => void> {
  const server = fork(new URL('./bare-process.ts', import.meta.url), [socketPath]);
  await once(server, 'message');
  return () => server.disconnect();
}

type Handler = ($: unknown, event: unknown, next: unknown) => Promise<unknown>;

/** The layer `tool.run` of a plugin's module, in the place where the host runs it. */
export async function moduleLayer(
  plugin: string,
  session: string,
  cwd: string,
): Promise<(call: object) => Promise<void>> {
  const handlers = new Map<string, Handler>();
  const module: { register(on: (event: string, handler: Handler) => object): void } = await import(
    pathToFileURL(join(plugin, 'hooks', 'gate.mjs')).href
  );
  module.register((event, handler) => {
    handlers.set(event, handler);
    return { catch: () => undefined };
  });
  const $ = {
    session: { id: () => Promise.resolve(session), cwd: () => Promise.resolve(cwd) },
    env: { get: () => Promise.resolve(undefined) },
    http: {
      fetch: (url: string, { body, socketPath }: { body: string; socketPath: string }) =>
        post(socketPath, new URL(url).pathname, { body }),
    },
  };
  const run = handlers.get('tool.run');
  if (run === undefined) throw new Error('the module has no layer tool.run');
  return async (call) => {
    const ran = { result: 'ran' };
    const next = Object.assign(() => Promise.resolve(ran), { signal: new AbortController().signal });
    const answer = await run($, call, next);
    if (answer !== ran) throw new Error(`the module denies: ${JSON.stringify(answer)}`);
  };
}
