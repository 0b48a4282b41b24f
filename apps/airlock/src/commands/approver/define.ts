import { type Command, Option } from 'commander';
import { gatewayUrl, jsonOption, positiveNumber, shortText } from '../../cli/options.js';
import { withExamples } from '../../cli/examples.js';
import type { Scope } from '../../cli/scope.js';
import { definePolicies } from './define-policies.js';
import type { DeviceFlags } from './device-flags.js';
import type { ApproveFlags, RejectFlags } from './decide.js';
import type { InitFlags, PairFlags } from './enroll.js';

function device(command: Command): Command {
  return command
    .addOption(gatewayUrl('--gateway <url>', 'the gateway (default: the one of the keys)'))
    .option('--key-dir <dir>', 'where the keys of this approver are')
    .addOption(jsonOption());
}

function enrolling(command: Command): Command {
  return device(command)
    .option('--pat-file <file>', 'a personal access token of role approver, to enroll with')
    .option(
      '--no-passphrase',
      'do not protect the keys; announced as unprotected-key, such an approver can never loosen policy',
    )
    .option('--label <text>', 'how this approver is called', shortText(128));
}

function defineKeys(approver: Command, scope: Scope): void {
  withExamples(enrolling(approver.command('init').summary('make keys and enroll them with a gateway')), [
    ["airlock approver init 'https://gateway.example/pair#…'", 'with the link of airlock gateway approver enroll'],
    ['airlock approver init --gateway https://gateway.example --pat-file pat.txt', 'with a token'],
  ])
    .argument('[link]', 'a one-time enrollment link; - reads it from standard input')
    .action((link: string | undefined, flags: InitFlags) =>
      scope.perform(async () => (await import('./enroll.js')).init(scope.cli, link, flags)),
    );
  withExamples(enrolling(approver.command('pair').summary('pair with a workspace, by its code or link')), [
    ['airlock approver pair', 'asks for the code or the link'],
    ["airlock approver pair 'https://gateway.example/pair#…'", 'with the link that the workspace shows; quotes matter'],
    ['airlock approver pair - < link.txt', 'keeps the link out of the list of processes'],
  ])
    .argument('[code-or-link]', 'what the workspace shows; asked for when left out, - reads standard input')
    .option('--yes', 'do not ask before completing')
    .action((code: string | undefined, flags: PairFlags) =>
      scope.perform(async () => (await import('./enroll.js')).pair(scope.cli, code, flags)),
    );
  device(approver.command('pre-generate').summary('show a code that a workspace can claim'))
    .option('--note <text>', 'a note for yourself, stored at the gateway', shortText(128))
    .action((flags: DeviceFlags & { note?: string }) =>
      scope.perform(async () => (await import('./pre-generate.js')).preGenerate(scope.cli, flags)),
    );
}

function deciding(command: Command): Command {
  return device(command)
    .argument('<id>', 'request id')
    .option('--only', 'decide this one request, not the others on its card');
}

function defineRequests(approver: Command, scope: Scope): void {
  device(
    approver.command('inbox').summary('list what is waiting for you, newest last; the same content is one card'),
  ).action((flags: DeviceFlags) => scope.perform(async () => (await import('./inbox.js')).inbox(scope.cli, flags)));
  device(
    approver.command('show').summary('print one card in full, with all requests on it').argument('<id>', 'request id'),
  ).action((id: string, flags: DeviceFlags) =>
    scope.perform(async () => (await import('./inbox.js')).show(scope.cli, id, flags)),
  );
  withExamples(deciding(approver.command('approve').summary('sign an approval of each request on a card')), [
    ['airlock approver approve req-…', 'once; if its card counts several requests, each of them'],
    ['airlock approver approve req-… --for 30', 'and the very same action again for 30 minutes'],
    ['airlock approver approve req-… --scope session', 'the same, only in the session that asked, for 8 hours'],
  ])
    .addOption(new Option('--scope <scope>', 'how long it holds').choices(['once', 'session']).default('once'))
    .option('--for <minutes>', 'also allow the same action for so long', positiveNumber(1440))
    .action((id: string, flags: ApproveFlags) =>
      scope.perform(async () => (await import('./decide.js')).approve(scope.cli, id, flags)),
    );
  withExamples(deciding(approver.command('reject').summary('sign a rejection of each request on a card')), [
    ["airlock approver reject req-… --reason 'not on Fridays'", 'the reason goes back to the agent'],
  ])
    .option('--reason <text>', 'why; goes back to the agent, and the gateway can read it')
    .action((id: string, flags: RejectFlags) =>
      scope.perform(async () => (await import('./decide.js')).reject(scope.cli, id, flags)),
    );
  device(approver.command('watch').summary('print requests as they come, until interrupted')).action(
    (flags: DeviceFlags) => scope.perform(async () => (await import('./watch.js')).watch(scope.cli, flags)),
  );
}

function definePairings(approver: Command, scope: Scope): void {
  device(approver.command('pairings').summary('list the workspaces you approve for')).action((flags: DeviceFlags) =>
    scope.perform(async () => (await import('./pairings.js')).list(scope.cli, flags)),
  );
  device(approver.command('revoke').summary('end a pairing at once').argument('<pairing>', 'pairing id')).action(
    (pairing: string, flags: DeviceFlags) =>
      scope.perform(async () => (await import('./pairings.js')).revoke(scope.cli, pairing, flags)),
  );
  approver
    .command('render')
    .summary('print what the card would show for a text')
    .addOption(
      new Option(
        '--batch',
        'read JSON lines {"raw","mode"} on standard input, print a JSON line for each',
      ).makeOptionMandatory(),
    )
    .action(() => scope.perform(async () => (await import('./render.js')).renderBatch(scope.cli)));
}

export function defineApprover(program: Command, scope: Scope): void {
  const approver = program.command('approver').summary('see, approve and reject requests in this terminal');
  defineKeys(approver, scope);
  defineRequests(approver, scope);
  definePolicies(approver, scope, device);
  definePairings(approver, scope);
}
