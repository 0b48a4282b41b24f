import { createServer, type Server } from 'node:http';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePaths } from '@airlock/runtime/client';
import type { CommandSession } from '../../src/commands/session.js';
import { FILE_LIST, fileListText } from '../../src/install/plugin-bytes.js';

/** One request that is not `GET /v1/status`: route and body. */
export type Asked = readonly [route: string, body: unknown];

const WORKSPACE = {
  workspaceId: 'w',
  enforcerId: 'e',
  enforcerLabel: 'l',
  workspaceName: 'n',
  paired: true,
  state: 'paired',
  assurance: 'verified',
  signerKeyId: 'signer-1',
  signerPublicKey: 'A'.repeat(43),
  capabilities: [],
  pairedAt: 1,
  recoveryUsedAt: null,
  auto: false,
  autoUntil: null,
  failMode: 'closed',
  failOpenUntil: null,
  patterns: [],
  policyVersion: 0,
};

const STATUS = {
  signedIn: true,
  auth: 'SignedIn',
  method: 'pat',
  consent: 'none',
  gatewayUrl: 'https://gateway.example',
  user: 'maya',
  presence: 'online',
  openRequests: 0,
  daemon: { running: true, pid: 7, startedAt: 1, peerUidChecked: true },
  secrets: 'file',
  problems: [],
};

/** A daemon of our own making on a real socket, and a session that talks to it. */
export class FakeDaemon {
  readonly root = mkdtempSync(join(realpathSync(tmpdir()), 'airlock-cmd-'));
  readonly folder = join(this.root, 'project');
  readonly asked: Asked[] = [];
  /** Folder of the plugin whose commands are typed: an installed copy without any file but its list. */
  readonly plugin = join(this.root, 'home', 'data', 'claude-code', 'copy', 'airlock');
  /** What each route answers: an object, or the events of a stream. */
  answers: Readonly<Record<string, object>> = {};
  status: Readonly<Record<string, unknown>> = {};
  workspace: Readonly<Record<string, unknown>> = {};
  readonly #server: Server;
  readonly #paths = resolvePaths({ fixedHome: join(this.root, 'home') });

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Uint8Array[] = [];
      request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '' } = request;
        if (url === '/v1/status') return response.end(JSON.stringify(this.#status()));
        this.asked.push([url, JSON.parse(Buffer.concat(chunks).toString('utf8'))]);
        const answer = this.answers[url];
        if (answer === undefined) return response.writeHead(500).end();
        const lines = Array.isArray(answer) ? answer : [answer];
        return response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      });
    });
  }

  async start(): Promise<void> {
    mkdirSync(join(this.folder, 'deep'), { recursive: true });
    mkdirSync(this.plugin, { recursive: true });
    writeFileSync(join(this.plugin, FILE_LIST), fileListText({}));
    mkdirSync(this.#paths.runtime, { recursive: true, mode: 0o700 });
    this.#server.listen(this.#paths.socket);
    await once(this.#server, 'listening');
    chmodSync(this.#paths.socket, 0o600);
  }

  async stop(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
    rmSync(this.root, { recursive: true, force: true });
  }

  /** A session in a folder below the workspace. */
  session(environment: CommandSession['environment'] = { PATH: '/usr/bin:/bin', SHELL: '/bin/bash' }): CommandSession {
    const program = {
      fixedHome: join(this.root, 'home'),
      daemonCommand: ['/nowhere'],
      entry: '/plugin/lib/command.js',
      plugin: this.plugin,
    };
    return { program, paths: this.#paths, folder: join(this.folder, 'deep'), environment };
  }

  #status(): object {
    return { ...STATUS, workspaces: [{ ...WORKSPACE, path: this.folder, ...this.workspace }], ...this.status };
  }
}

/** The policy of a workspace without anything in it. */
export function policyAnswer(workspace: string, rest: object = {}): object {
  return {
    workspace,
    version: 0,
    sha256: 'a'.repeat(64),
    signedBy: null,
    signedAt: null,
    autoUntil: null,
    failOpenUntil: null,
    patterns: [],
    gatesOff: [],
    unmanaged: [],
    requirements: [],
    standing: [],
    ...rest,
  };
}
