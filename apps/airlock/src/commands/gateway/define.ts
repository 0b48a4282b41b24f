import { type Command, Option } from 'commander';
import { gatewayUrl, integer, jsonOption, shortText } from '../../cli/options.js';
import { withExamples } from '../../cli/examples.js';
import type { Scope } from '../../cli/scope.js';
import type { AppCreateFlags, EnrollApproverFlags, PatCreateFlags, StoreFlags } from './administration.js';
import { defineListener } from './listener-options.js';
import type { ServeFlags } from './serve.js';

const APP_KINDS = ['Agent', 'Desktop', 'VsCodeExtension', 'Web', 'Mobile'];

function store(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'data directory of the gateway')
    .option('--database-url <url>', 'database of the gateway instead')
    .addOption(jsonOption());
}

const administration = () => import('./administration.js');

function defineServe(gateway: Command, scope: Scope): void {
  const serve = withExamples(gateway.command('serve'), [
    ['airlock gateway serve --data-dir ./data', 'on this machine only'],
    ['airlock gateway serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem', 'with its own certificate'],
    ['airlock gateway serve --public-url https://gateway.example --trust-proxy 127.0.0.1', 'behind a proxy'],
  ])
    .summary('run the gateway alone')
    .option('--config <file>', 'JSON file with these options');
  defineListener(serve)
    .option('--trust-proxy <list>', 'addresses of proxies that terminate TLS, separated by commas', shortText(1000))
    .option('--data-dir <dir>', 'where it keeps everything')
    .option('--database-url <url>', 'a PostgreSQL database instead of the data directory')
    .addOption(gatewayUrl('--issuer <url>', 'an external identity provider'))
    .addOption(jsonOption())
    .action((flags: ServeFlags) => scope.perform(async () => (await import('./serve.js')).serve(scope.cli, flags)));
}

function defineUsers(gateway: Command, scope: Scope): void {
  const user = gateway.command('user').summary('create and list accounts');
  store(user.command('add').summary('create a user').argument('<name>', 'user name')).action(
    (name: string, flags: StoreFlags) =>
      scope.perform(async () => (await administration()).addUser(scope.cli, name, flags)),
  );
  store(user.command('list').summary('list all users')).action((flags: StoreFlags) =>
    scope.perform(async () => (await administration()).listUsers(scope.cli, flags)),
  );
}

function definePats(gateway: Command, scope: Scope): void {
  const pat = gateway.command('pat').summary('create, list and revoke personal access tokens');
  store(pat.command('create').summary('make one; it is shown once'))
    .requiredOption('--user <name>', 'whose')
    .addOption(new Option('--role <role>', 'what it may do').choices(['enforcer', 'approver']).makeOptionMandatory())
    .option('--name <text>', 'a name for it', shortText(128))
    .option('--days <n>', 'how many days it works', integer(1, 365))
    .action((flags: PatCreateFlags) => scope.perform(async () => (await administration()).createPat(scope.cli, flags)));
  store(pat.command('list').summary('list the tokens of a user'))
    .option('--user <name>', 'whose (default: everybody)')
    .action((flags: StoreFlags & { user?: string }) =>
      scope.perform(async () => (await administration()).listPats(scope.cli, flags)),
    );
  store(pat.command('revoke').summary('stop one at once').argument('<id>', 'its id')).action(
    (id: string, flags: StoreFlags) =>
      scope.perform(async () => (await administration()).revokePat(scope.cli, id, flags)),
  );
}

function defineApps(gateway: Command, scope: Scope): void {
  const app = gateway.command('app').summary('register and revoke third-party enforcers');
  store(app.command('create').summary('register one; its secret is shown once'))
    .requiredOption('--name <text>', 'its name', shortText(128))
    .addOption(new Option('--kind <kind>', 'what it is').choices(APP_KINDS).makeOptionMandatory())
    .option('--allowed-origin <origin...>', 'origins of a Web or Mobile app')
    .action((flags: AppCreateFlags) => scope.perform(async () => (await administration()).createApp(scope.cli, flags)));
  store(app.command('list').summary('list all apps')).action((flags: StoreFlags) =>
    scope.perform(async () => (await administration()).listApps(scope.cli, flags)),
  );
  store(app.command('rotate-secret').summary('replace its secret').argument('<id>', 'app id')).action(
    (id: string, flags: StoreFlags) =>
      scope.perform(async () => (await administration()).rotateAppSecret(scope.cli, id, flags)),
  );
  store(app.command('revoke').summary('delete it with its consents and pairings').argument('<id>', 'app id')).action(
    (id: string, flags: StoreFlags) =>
      scope.perform(async () => (await administration()).revokeApp(scope.cli, id, flags)),
  );
}

export function defineGateway(program: Command, scope: Scope): void {
  const gateway = program.command('gateway').summary('run and administer a gateway');
  defineServe(gateway, scope);
  defineUsers(gateway, scope);
  definePats(gateway, scope);
  defineApps(gateway, scope);
  const approver = gateway.command('approver').summary('enroll approver devices');
  store(approver.command('enroll').summary('print a one-time link that enrolls an approver'))
    .requiredOption('--user <name>', 'whose approver')
    .addOption(gatewayUrl('--public-url <url>', 'origin of the gateway (default: the one it served last)'))
    .action((flags: EnrollApproverFlags) =>
      scope.perform(async () => (await administration()).enrollApprover(scope.cli, flags)),
    );
}
