import { writeSync } from 'node:fs';
import { lineWriter, runProxy, startStdioServer } from '../../src/index.js';
import { scriptedDaemon } from '../support/scripted-daemon.js';

/**
 * The proxy as a process of its own, with a scripted human. Arguments: what the human answers (`approve`, `reject`, `wait`),
 * then the command of the server. At its end it says on standard error what the daemon was told.
 */
const [verdict, ...command] = process.argv.slice(2);
const daemon = scriptedDaemon();
if (verdict === 'approve' || verdict === 'reject') daemon.answers(() => verdict);
else daemon.answers(() => new Promise(() => undefined));
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort('SIGTERM'));
const say = (line: string) => void writeSync(2, `airlock: ${line}\n`);
const environment = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);
const upstream = await startStdioServer({ command, folder: process.cwd(), environment, stderr: 'inherit' });
const exitCode = await runProxy(
  { name: 'server', sessionId: 's', timeoutSeconds: 300, pendingAfterSeconds: null },
  {
    ...{ upstream, folder: process.cwd(), signal: controller.signal },
    connect: async () => daemon,
    fromClient: process.stdin,
    toClient: lineWriter(process.stdout),
    say,
    mono: () => performance.now(),
    timer: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  },
);
await new Promise((resolve) => setImmediate(resolve));
const { claimed, outcomes, withdrawn } = daemon;
say(JSON.stringify({ asked: daemon.asked.map(({ action }) => action.tool), claimed, outcomes, withdrawn }));
process.exit(exitCode);
