import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { run } from '../e2e/harness/command.js';
import { allCommands } from './tree.js';

const LISTENER = ['--host', '--port', '--tls-cert', '--tls-key', '--public-url'];
const DEVICE = ['--gateway', '--key-dir', '--json'];
const ENROLL = [...DEVICE, '--pat-file', '--no-passphrase', '--label'];
const ASKING = ['--timeout', '--json'];
const STORE = ['--data-dir', '--database-url', '--json'];

/** Frozen (CLI.md): names may be added, none may go. Arguments in angle brackets are required. */
const SURFACE: Readonly<Record<string, readonly string[]>> = {
  up: [...LISTENER, '--workspace', '--no-open', '--no-pair', '--json'],
  'sign-in': [
    '--gateway',
    '--pat-stdin',
    '--pat-file',
    '--device',
    '--client-id',
    '--client-secret-stdin',
    '--no-open',
    '--json',
  ],
  'sign-out': ['--json'],
  pair: ['[source]', '--claim', '--workspace', '--recovery-code-stdin', '--json'],
  unpair: ['--workspace', '--json'],
  status: ['--json'],
  run: ['[command...]', '--label', '--timeout', '--json'],
  approve: ['--command', '--shell', '--cwd', '--session-id', '--shell-pid', '--host', '--timeout', '--json'],
  patterns: [],
  'patterns list': ['--json'],
  'patterns add': ['<pattern>', '--shell', ...ASKING],
  'patterns remove': ['<pattern>', '--json'],
  auto: [],
  'auto on': ['--for', ...ASKING],
  'auto off': ['--json'],
  'fail-mode': ['[mode]', '--for', ...ASKING],
  policy: [],
  'policy show': ['--json'],
  'policy explain': ['[command...]', '--shell', '--json'],
  'policy match': ['--pattern', '--shell', '--command', '--batch', '--json'],
  'policy grants': ['--json'],
  'policy end-grant': ['<id>', '--json'],
  'policy unmanage': ['<dir>', ...ASKING],
  'policy gate-off': ['<source>', ...ASKING],
  'policy lift': ['<requirement>', ...ASKING],
  'policy renew': ASKING,
  'policy manage': ['<dir>', '--json'],
  'policy gate-on': ['<source>', '--json'],
  'policy require': ['<requirement>', '--json'],
  daemon: [],
  'daemon start': ['--json'],
  'daemon stop': ['--json'],
  'daemon status': ['--json'],
  'daemon logs': ['--lines'],
  'daemon run': [],
  approver: [],
  'approver init': ['[link]', ...ENROLL],
  'approver pair': ['[code-or-link]', ...ENROLL, '--yes'],
  'approver pre-generate': [...DEVICE, '--note'],
  'approver inbox': DEVICE,
  'approver show': ['<id>', ...DEVICE],
  'approver approve': ['<id>', ...DEVICE, '--only', '--scope', '--for'],
  'approver reject': ['<id>', ...DEVICE, '--only', '--reason'],
  'approver watch': DEVICE,
  'approver grants': DEVICE,
  'approver end': ['<policy>', ...DEVICE],
  'approver deny': [...DEVICE, '--workspace', '--all', '--for', '--command'],
  'approver pairings': DEVICE,
  'approver revoke': ['<pairing>', ...DEVICE],
  'approver render': ['--batch'],
  gateway: [],
  'gateway serve': ['--config', ...LISTENER, '--trust-proxy', '--data-dir', '--database-url', '--issuer', '--json'],
  'gateway user': [],
  'gateway user add': ['<name>', ...STORE],
  'gateway user list': STORE,
  'gateway pat': [],
  'gateway pat create': [...STORE, '--user', '--role', '--name', '--days'],
  'gateway pat list': [...STORE, '--user'],
  'gateway pat revoke': ['<id>', ...STORE],
  'gateway app': [],
  'gateway app create': [...STORE, '--name', '--kind', '--allowed-origin'],
  'gateway app list': STORE,
  'gateway app rotate-secret': ['<id>', ...STORE],
  'gateway app revoke': ['<id>', ...STORE],
  'gateway approver': [],
  'gateway approver enroll': [...STORE, '--user', '--public-url'],
  claude: [],
  'claude install': ['--managed', '--print', '--json'],
  'claude uninstall': ['--managed', '--json'],
  'claude status': ['--managed', '--json'],
  git: [],
  'git install': ['--repository', '--trailer', '--json'],
  'git uninstall': ['--json'],
  'git status': ['--json'],
  'git verify': ['<range>', '--base', '--approver', '--repository', '--json'],
  'git pre-receive': ['--json'],
  mcp: [],
  'mcp proxy': ['[command...]', '--name', '--url', '--header-env', '--timeout', '--pending-after'],
  'mcp serve': [],
  'mcp wrap': ['<config-file>', '--json'],
  'mcp unwrap': ['<config-file>', '--json'],
  'mcp allow': ['<server>', '<tool>', ...ASKING],
  'mcp disallow': ['<server>', '<tool>', '--json'],
  'mcp endpoint': [],
  'mcp endpoint on': ['--port', '--workspace', '--json'],
  'mcp endpoint off': ['--json'],
  'mcp endpoint show': ['--json'],
  audit: [],
  'audit list': ['--limit', '--auto', '--json'],
  'audit show': ['<id>', '--json'],
  'audit verify': ['--json'],
  'audit export': ['--format', '--since', '--out'],
  'audit key': ['--json'],
  doctor: ['--json', '--repair'],
  completion: ['<shell>'],
};

const DEFAULTS: ReadonlyArray<{ command: string; option: string; value: unknown }> = [
  { command: 'run', option: 'timeout', value: 300 },
  { command: 'approve', option: 'timeout', value: 300 },
  { command: 'approver approve', option: 'scope', value: 'once' },
  { command: 'approver deny', option: 'for', value: 60 },
  { command: 'approver init', option: 'passphrase', value: true },
  { command: 'up', option: 'pair', value: true },
  { command: 'auto on', option: 'for', value: 8 },
  { command: 'auto on', option: 'timeout', value: 300 },
  { command: 'fail-mode', option: 'for', value: 8 },
  { command: 'patterns add', option: 'timeout', value: 300 },
  { command: 'mcp proxy', option: 'timeout', value: 300 },
  { command: 'mcp allow', option: 'timeout', value: 300 },
];

describe('the surface that users and scripts rely on', () => {
  const commands = allCommands();

  test('is exactly this', () => {
    const actual = Object.fromEntries(
      [...commands].map(([name, command]) => {
        const operands = command.registeredArguments.map((each) => {
          const inner = each.variadic ? `${each.name()}...` : each.name();
          return each.required ? `<${inner}>` : `[${inner}]`;
        });
        return [name, [...operands, ...command.options.map((option) => option.long)].sort()];
      }),
    );
    const expected = Object.entries(SURFACE).map(([name, words]) => [name, [...words].sort()]);
    expect(actual).toEqual(Object.fromEntries(expected));
  });

  test.each(DEFAULTS)('$command: default of $option', ({ command, option, value }) => {
    expect(commands.get(command)?.opts()[option]).toBe(value);
  });

  test('no option takes a secret as its value', () => {
    const secret = /pass|secret|token|recovery|(?:^|-)pat$/;
    const takes = [...commands.values()]
      .flatMap((each) => each.options)
      .filter((option) => option.required || option.optional);
    expect(
      takes.map((option) => option.long ?? '').filter((name) => secret.test(name) && !name.endsWith('-file')),
    ).toEqual([]);
  });
});

describe('the built command', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'airlock-surface-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  test('--version', async () => {
    for (const flag of ['--version', '-V']) {
      expect(await run([flag], { home })).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    }
  });

  const names = ['', ...Object.keys(SURFACE)];
  test.concurrent.each(names)('--help on: airlock %s', async (name) => {
    const result = await run([...name.split(' ').filter(Boolean), '--help'], { home });
    expect(result.code).toBe(0);
    expect(result.stderr).toBe('');
    expect(result.stdout).toContain(`Usage: airlock${name === '' ? '' : ` ${name}`}`);
    for (const flag of (SURFACE[name] ?? []).filter((word) => word.startsWith('--')))
      expect(result.stdout).toContain(flag);
    // oxlint-disable-next-line no-control-regex -- the test is that there are none
    expect(result.stdout).not.toMatch(/\u001b/);
  });
});
