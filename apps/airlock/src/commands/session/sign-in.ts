import { readFileSync } from 'node:fs';
import type { DaemonClient, SignInBody, SignInEvent } from '@airlock/runtime/client';
import { openBrowser } from '../../cli/browser.js';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { CommandFailure, UsageError } from '../../cli/failure.js';
import { interruptible } from '../../cli/interruptible.js';
import { askSecret } from '../../cli/prompt.js';
import { standardInputLines } from '../../cli/standard-input.js';
import { visible } from '../../cli/terminal.js';
import { reachAdvice } from '../../device/unreachable.js';

export interface SignInFlags {
  readonly gateway?: string;
  readonly patStdin?: true;
  readonly patFile?: string;
  readonly device?: true;
  readonly clientId?: string;
  readonly clientSecretStdin?: true;
  readonly open: boolean;
  readonly json?: true;
}

function patFromFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${error instanceof Error ? error.message : 'error'})`);
  }
}

/** The secrets of a sign-in, read from where the flags say; on standard input the token comes before the app secret. */
async function readSecrets(cli: Cli, flags: SignInFlags): Promise<Pick<SignInBody, 'pat' | 'clientSecret'>> {
  if (flags.clientSecretStdin && flags.clientId === undefined) {
    throw new UsageError(
      '--client-secret-stdin needs --client-id',
      'airlock sign-in --client-id ID --client-secret-stdin',
    );
  }
  const onStdin = flags.patStdin === true || flags.clientSecretStdin === true;
  const lines = onStdin && !cli.stdinIsTerminal ? [...(await standardInputLines())] : null;
  const next = async (message: string) =>
    lines === null ? await askSecret(cli, { message, otherwise: 'airlock sign-in --pat-stdin < FILE' }) : lines.shift();
  const pat = flags.patFile === undefined ? undefined : patFromFile(flags.patFile);
  const typed = flags.patStdin ? await next('Personal access token') : pat;
  const clientSecret = flags.clientSecretStdin ? await next('App secret') : undefined;
  if ((flags.patStdin || flags.patFile !== undefined) && (typed === undefined || typed === '')) {
    throw new UsageError('the personal access token is empty', 'airlock sign-in --pat-stdin < FILE');
  }
  if (flags.clientSecretStdin && (clientSecret === undefined || clientSecret === '')) {
    throw new UsageError('the app secret is missing on standard input');
  }
  return {
    ...(typed === undefined ? {} : { pat: typed }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
  };
}

async function gatewayOf(client: DaemonClient, flags: SignInFlags): Promise<string> {
  if (flags.gateway !== undefined) return flags.gateway;
  const last = (await client.status()).gatewayUrl;
  if (last !== null) return last;
  throw new UsageError('which gateway?', 'airlock sign-in --gateway https://gateway.example');
}

function show(cli: Cli, flags: SignInFlags, event: SignInEvent): void {
  if (flags.json) {
    printJson(cli, event);
    return;
  }
  switch (event.event) {
    case 'verification':
      cli.say(`airlock: open ${visible(event.verificationUri)} and enter ${visible(event.userCode)}`);
      if (flags.open) openBrowser(cli, event.verificationUriComplete ?? event.verificationUri);
      break;
    case 'consent':
      cli.say(
        `airlock: this app needs your consent (${event.state})${event.consentUrl === null ? '' : `: ${visible(event.consentUrl)}`}`,
      );
      break;
    case 'signed-in':
      cli.say(`airlock: signed in${event.user === null ? '' : ` as ${visible(event.user)}`}`);
      break;
    case 'error':
      break;
  }
}

/** What helps where the daemon has no advice of its own. */
function advice(code: string, gatewayUrl: string): string | undefined {
  if (code === 'unreachable') return reachAdvice(gatewayUrl);
  if (code === 'unauthorized')
    return 'a new token, made at the gateway: airlock gateway pat create --user NAME --role enforcer';
  return undefined;
}

/** Follows the stream of a sign-in to its end. */
export async function followSignIn(
  events: AsyncIterable<SignInEvent>,
  gatewayUrl: string,
  show: (event: SignInEvent) => void,
): Promise<void> {
  for await (const event of events) {
    show(event);
    if (event.event === 'signed-in') return;
    if (event.event === 'error')
      throw new CommandFailure(event.code, event.message, { fix: event.fix ?? advice(event.code, gatewayUrl) });
  }
  throw new CommandFailure('bad_answer', 'the daemon ended without an answer');
}

/** `airlock sign-in`. */
export function signIn(cli: Cli, flags: SignInFlags): Promise<number> {
  return interruptible(cli, async (signal) => {
    const secrets = await readSecrets(cli, flags);
    const client = await daemon(cli, { resume: true, signal });
    const body: SignInBody = {
      gatewayUrl: await gatewayOf(client, flags),
      method: secrets.pat === undefined ? 'device' : 'pat',
      ...secrets,
      ...(flags.clientId === undefined ? {} : { clientId: flags.clientId }),
    };
    await followSignIn(client.signIn(body, { signal }), body.gatewayUrl, (event) => show(cli, flags, event));
    return 0;
  });
}
