import { randomUUID } from 'node:crypto';
import { lineWriter, serveMcp } from '@airlock/adapter-mcp/serve';
import type { Cli } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { interruptible } from '../../cli/interruptible.js';
import { asTyped } from '../../cli/invocation.js';
import { VERSION } from '../../cli/version.js';
import { workspaceFolder } from '../../cli/workspace.js';

/** `airlock mcp serve`. Standard output carries the protocol and nothing else. */
export async function serve(cli: Cli): Promise<number> {
  const folder = workspaceFolder(undefined);
  return await interruptible(cli, async (interruption) => {
    const gone = new AbortController();
    const write = lineWriter(process.stdout);
    // A client that reads no more has gone, whatever it may still send.
    process.stdout.on('error', () => gone.abort());
    return await serveMcp(
      { version: VERSION, sessionId: `mcp-server-${randomUUID()}` },
      {
        connect: (signal) => daemon(cli, { signal }),
        folder,
        fromClient: process.stdin,
        toClient: (message) => writeUnless(gone.signal, () => write(message)),
        say: (line) => cli.say(`airlock: ${line}`),
        asTyped: (advice) => asTyped(cli, advice),
        timer(ms, call) {
          const timer = setTimeout(call, ms);
          return () => clearTimeout(timer);
        },
        uuid: randomUUID,
        signal: AbortSignal.any([interruption, gone.signal]),
      },
    );
  });
}

/** What is said to a client that has gone is lost, and nobody's failure. */
async function writeUnless(gone: AbortSignal, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}
