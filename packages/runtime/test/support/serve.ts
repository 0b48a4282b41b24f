import { request as httpRequest } from 'node:http';
import { afterEach } from 'vitest';
import { resolvePaths, type RuntimePaths } from '../../src/paths/paths.js';
import type { SocketService } from '../../src/socket/daemon-service.js';
import type { HostAdapter } from '../../src/socket/host-adapter.js';
import { startServer, type LocalServer, type ServerOptions } from '../../src/socket/server.js';
import { scriptedService } from './scripted-service.js';
import { temporaryFolder } from './temporary.js';

const running: LocalServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

interface Serving {
  readonly service?: Partial<SocketService>;
  readonly adapters?: readonly HostAdapter[];
  readonly peerUid?: ServerOptions['peerUid'];
  readonly paths?: RuntimePaths;
}

/** The real server on a real socket, before a service of the test. */
export async function serve(serving: Serving = {}): Promise<RuntimePaths> {
  const paths = serving.paths ?? resolvePaths({ fixedHome: temporaryFolder() });
  const server = await startServer({
    paths,
    service: scriptedService(serving.service ?? {}),
    adapters: serving.adapters ?? [],
    activity: { enter: () => undefined, leave: () => undefined },
    ...(serving.peerUid === undefined ? {} : { peerUid: serving.peerUid }),
  });
  running.push(server);
  return paths;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

export async function raw(
  paths: RuntimePaths,
  { method = 'POST', path, body }: { method?: string; path: string; body?: string | Uint8Array },
): Promise<RawAnswer> {
  return await new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath: paths.socket, method, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
