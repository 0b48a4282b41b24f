import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { stopDaemon } from '@airlock/runtime/client';
import { z } from 'zod';
import { CommandFailure } from './failure.js';
import { nothingElse } from './modes.js';
import { type CommandSession, daemonOf } from './session.js';
import type { CommandProgram } from './program.js';
import { visible } from './words.js';

/** Argument by which this program is started to see a sign-in through after the hook has ended. */
export const SIGN_IN_MODE = 'sign-in-until-done';

/** Milliseconds until the gateway must have begun a sign-in. */
const FIRST_ANSWER_MS = 25_000;

const toldSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('verification'), userCode: z.string(), verificationUri: z.string() }),
  z.object({ event: z.literal('consent'), state: z.string() }),
  z.object({ event: z.literal('signed-in'), user: z.string().nullable() }),
  z.object({ event: z.literal('error'), code: z.string(), message: z.string(), fix: z.string().optional() }),
]);
type Told = z.infer<typeof toldSchema>;

/**
 * `/airlock:sign-in [URL]`: begins a sign-in by device code. What a hook says is shown when it ends, so another process
 * keeps the sign-in going while the human opens the link; `/airlock:status` says what came of it.
 */
export async function signIn(session: CommandSession, argument: string): Promise<readonly string[]> {
  const gatewayUrl = await gatewayOf(session, argument);
  for await (const told of beginElsewhere(session.program, gatewayUrl)) {
    switch (told.event) {
      case 'verification':
        return [
          `Open ${visible(told.verificationUri)} and enter ${visible(told.userCode)}`,
          'Then look whether it worked: /airlock:status',
        ];
      case 'signed-in':
        return [`Signed in${told.user === null ? '' : ` as ${visible(told.user)}`} at ${visible(gatewayUrl)}`];
      case 'consent':
        break;
      case 'error':
        throw new CommandFailure(told.code, told.message, told.fix);
    }
  }
  throw new CommandFailure('sign_in_failed', `no answer from ${gatewayUrl}`, 'airlock doctor');
}

async function gatewayOf(session: CommandSession, argument: string): Promise<string> {
  const last = (await (await daemonOf(session, { resume: true })).status()).gatewayUrl;
  const named = argument === '' ? last : argument;
  if (named !== null && URL.canParse(named) && /^https?:$/.test(new URL(named).protocol)) return named;
  throw new CommandFailure('usage', 'which gateway?', '/airlock:sign-in https://gateway.example');
}

/** The events of a sign-in that a process of its own carries through, which goes on after we end. */
async function* beginElsewhere(program: CommandProgram, gatewayUrl: string): AsyncGenerator<Told> {
  const child = spawn(process.execPath, [program.entry, SIGN_IN_MODE, gatewayUrl], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const late = setTimeout(() => child.stdout.destroy(), FIRST_ANSWER_MS);
  try {
    await once(child, 'spawn');
    for await (const line of createInterface({ input: child.stdout })) yield toldSchema.parse(JSON.parse(line));
  } finally {
    clearTimeout(late);
    child.stdout.destroy();
    child.unref();
  }
}

/** The process of {@link SIGN_IN_MODE}: one JSON line an event, as long as somebody reads them, until the sign-in ends. */
export async function signInUntilDone(
  session: Pick<CommandSession, 'program' | 'paths'>,
  gatewayUrl: string,
): Promise<number> {
  process.stdout.on('error', () => undefined);
  const client = await daemonOf(session);
  for await (const event of client.signIn({ gatewayUrl, method: 'device' })) {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  }
  return 0;
}

/** `/airlock:sign-out`: revokes the tokens and ends the daemon, at once; pairing and pinned approver stay. */
export async function signOut(session: CommandSession, argument: string): Promise<readonly string[]> {
  nothingElse(argument, 'sign-out');
  const client = await daemonOf(session, { resume: true });
  await client.signOut();
  await stopDaemon(session.paths, { deliberate: false });
  return ['Signed out: everything is denied until /airlock:sign-in'];
}
